package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"wsbench/benches/internal/libraries"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// peerServers are the servers of other libraries, all of them one program: serve
// of the module benches/peers.
type peerServers struct {
	names   []string
	all     bool   // asked for by that name: those that cannot be had are left out
	module  string // folder of benches/peers
	program string // serve, once it is built
}

// newPeers reads the value of -peers.
func newPeers(value string) (*peerServers, error) {
	p := &peerServers{all: value == "all"}
	if value == "" {
		return p, nil
	}
	var err error
	if p.names, err = libraries.Parse(value); err != nil {
		return nil, fmt.Errorf("-peers: %w", err)
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	root := results.SourceRoot(dir)
	if root == "" {
		return nil, errors.New("-peers: the current directory is not in the source tree, whose benches/peers has the libraries' servers; go there")
	}
	p.module = filepath.Join(root, "benches", "peers")
	p.program = filepath.Join(root, ".build", "peers", "serve")
	return p, nil
}

// servers returns those named; build makes their program.
func (p *peerServers) servers() (list []lab.Server) {
	for _, name := range p.names {
		list = append(list, lab.Server{Key: results.ServerOf(name, ""), Argv: []string{p.program, name, "-addr", "127.0.0.1:{port}"}})
	}
	return list
}

// build builds the program of the servers, gets what they need, and returns notes
// about them and list without those that cannot be had.
func (p *peerServers) build(ctx context.Context, list []lab.Server) (_ []lab.Server, notes []string, err error) {
	if len(p.names) == 0 {
		return list, nil, nil
	}
	if _, err := p.command(ctx, "go", "build", "-o", p.program, "./cmd/serve"); err != nil {
		return nil, nil, fmt.Errorf("-peers: %w; with a module proxy in reach, 'go mod download' in %s gets what is lacking", err, p.module)
	}
	out, err := p.command(ctx, p.program, "-prepare", strings.Join(p.names, ","))
	if err != nil {
		return nil, nil, fmt.Errorf("-peers: %w", err)
	}
	var had []string
	for line := range strings.Lines(out) {
		name, version, _ := strings.Cut(strings.TrimSpace(line), "\t")
		reason, missing := strings.CutPrefix(version, "-\t")
		switch {
		case !missing:
			had = append(had, name+" is "+version)
		case !p.all:
			return nil, nil, fmt.Errorf("-peers %s: %s", name, reason)
		default:
			notes = append(notes, fmt.Sprintf("%s is left out: %s", name, reason))
			list = slices.DeleteFunc(list, func(s lab.Server) bool { return s.Key.Value("server") == name })
		}
	}
	return list, append(notes, "other libraries: "+strings.Join(had, ", ")+"; Go's runtime takes GOMAXPROCS from the CPUs they are confined to"), nil
}

// command runs a command in the module and returns its output; an error has
// the last line of what it said.
func (p *peerServers) command(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = p.module
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		err = fmt.Errorf("%s %s: %w: %s", filepath.Base(name), args[0], err, lines[len(lines)-1])
	}
	return string(out), err
}
