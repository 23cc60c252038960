// Package libraries lists the WebSocket libraries that wsbench is compared with:
// for the module benches/peers, which has their servers, and for -peers of the
// commands, which start them.
package libraries

import (
	"fmt"
	"slices"
	"strings"
)

// Names of libraries, as keys of benchmark names have them.
const (
	Gorilla = "gorilla"
	Coder   = "coder"
	Gobwas  = "gobwas"
	GWS     = "gws"
	Netpoll = "netpoll"
	XNet    = "xnet"
	WS      = "ws"
)

// A Library can be started as an echo server, by benches/peers/cmd/serve.
type Library struct {
	Name   string
	Module string // whose version tells the library's
	About  string
}

// All lists the libraries.
func All() []Library {
	return []Library{
		{Gorilla, "github.com/gorilla/websocket", "on net/http"},
		{Coder, "github.com/coder/websocket", "on net/http"},
		{Gobwas, "github.com/gobwas/ws", "frames, on package net"},
		{GWS, "github.com/lxzan/gws", "its own loop on net/http"},
		{Netpoll, "github.com/cloudwego/netpoll", "event loops, with the frames of gobwas"},
		{XNet, "golang.org/x/net", "its package websocket, on net/http"},
		{WS, "ws", "of npm, on Node"},
	}
}

// Names lists the names of all.
func Names() (list []string) {
	for _, l := range All() {
		list = append(list, l.Name)
	}
	return list
}

// Parse reads a comma-separated list of names; all stands for all of them.
func Parse(s string) ([]string, error) {
	var list []string
	for _, name := range strings.Split(s, ",") {
		switch {
		case name == "all":
			list = append(list, Names()...)
		case slices.Contains(Names(), name):
			list = append(list, name)
		default:
			return nil, fmt.Errorf("%q is not one of all, %s", name, strings.Join(Names(), ", "))
		}
	}
	slices.Sort(list)
	if len(slices.Compact(slices.Clone(list))) < len(list) {
		return nil, fmt.Errorf("%q names a library twice", s)
	}
	slices.SortFunc(list, func(a, b string) int { return slices.Index(Names(), a) - slices.Index(Names(), b) })
	return list, nil
}
