package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"wsbench/benches/echo"
	"wsbench/benches/internal/libraries"
	"wsbench/benches/lab"
)

// serverFlags are the flags that name the servers of a session.
type serverFlags struct {
	io        string
	others    strangers
	libraries string
	peers     *peerServers
	varied    []switched
	optional  bool // whether a call may name none
}

// register adds the flags; io is the default of -io.
func (f *serverFlags) register(fs *flag.FlagSet, io string) {
	fs.StringVar(&f.io, "io", io, "I/O modes of the reference server, comma-separated; none: only others")
	f.others.register(fs)
	fs.StringVar(&f.libraries, "peers", "", "other `libraries`, as echo servers from benches/peers: all, or a comma-separated list of "+strings.Join(libraries.Names(), ", "))
}

// list returns the servers: the reference server's, then those of commands, then
// those of other libraries.
func (f *serverFlags) list() ([]lab.Server, error) {
	list, err := f.own()
	if err != nil {
		return nil, err
	}
	others, err := f.others.list()
	if err != nil {
		return nil, err
	}
	if f.peers, err = newPeers(f.libraries); err != nil {
		return nil, err
	}
	for _, s := range append(others, f.peers.servers()...) {
		if slices.ContainsFunc(list, func(other lab.Server) bool { return other.Key == s.Key }) {
			return nil, fmt.Errorf("-server: duplicate name %q", s.Key.Value("server"))
		}
		list = append(list, s)
	}
	if len(list) == 0 && !f.optional {
		return nil, errors.New("no server: name I/O modes with -io, a command with -server, an address with -url or libraries with -peers")
	}
	return list, nil
}

// external returns the server of name=command. The names of I/O modes are the
// reference server's in tables.
func external(spec string) (lab.Server, error) {
	s, err := lab.External(spec)
	if name := s.Key.Value("server"); err == nil && slices.Contains(echo.IOs(), name) {
		err = fmt.Errorf("%q: the name %q is the reference server's own", spec, name)
	}
	return s, err
}

// own returns the reference server in each I/O mode, or with each value of the
// switches that vary: this program, run again.
func (f *serverFlags) own() ([]lab.Server, error) {
	switch {
	case f.varied != nil:
		return f.variants()
	case f.io == "" || f.io == "none":
		return nil, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var list []lab.Server
	for _, io := range strings.Split(f.io, ",") {
		if !slices.Contains(echo.IOs(), io) {
			return nil, fmt.Errorf("-io: %q is not one of %s", io, strings.Join(echo.IOs(), ", "))
		}
		if slices.ContainsFunc(list, func(s lab.Server) bool { return s.Key.Value("io") == io }) {
			return nil, fmt.Errorf("-io: duplicate %q", io)
		}
		list = append(list, lab.OwnServer(self, io))
	}
	return list, nil
}
