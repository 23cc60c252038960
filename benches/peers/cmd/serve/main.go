// Command serve is an echo server of another library, for wsbench to measure.
//
//	serve NAME -addr 127.0.0.1:port   serve with the library, until it is ended
//	serve -prepare NAME,...           get what the libraries need, and list their
//	                                  versions; all: every library
//
// Package libraries lists the names. GOMAXPROCS is left to the Go runtime, as
// the libraries' authors leave it: the CPUs that the process may use.
package main

import (
	"fmt"
	"net"
	"os"
	"runtime/debug"

	"wsbench/benches/internal/libraries"
	"wsbench/benches/peers"
	"wsbench/benches/peers/node"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "-prepare":
		return prepare(args[1])
	case len(args) == 3 && args[1] == "-addr" && args[0] == libraries.WS:
		return node.Exec(args[2])
	case len(args) == 3 && args[1] == "-addr":
		return serve(args[0], args[2])
	}
	return fmt.Errorf("want NAME -addr host:port, or -prepare NAME[,NAME]")
}

func serve(name, addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return peers.Serve(name, l)
}

// prepare prints a line for each of the libraries: its name, a tab and its
// version; or its name, a tab, "-", a tab and why it cannot be had.
func prepare(names string) error {
	list, err := libraries.Parse(names)
	if err != nil {
		return err
	}
	for _, l := range libraries.All() {
		for _, name := range list {
			if l.Name == name {
				fmt.Printf("%s\t%s\n", name, version(l))
			}
		}
	}
	return nil
}

// version returns the library's module and version.
func version(l libraries.Library) string {
	if l.Name == libraries.WS {
		v, err := node.Install()
		if err != nil {
			return "-\t" + err.Error()
		}
		return v
	}
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if m.Path == l.Module {
			return m.Path + " " + m.Version
		}
	}
	return l.Module + " unknown version"
}
