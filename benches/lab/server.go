package lab

import (
	"fmt"
	"strings"
	"time"

	"wsbench/benches/internal/wsclient"
	"wsbench/benches/results"
	"wsbench/syscalls"
)

// Server is a server of a session: how it is started, and the key that tells
// its results apart.
type Server struct {
	Key results.Server
	// Argv starts the server. Where an argument holds {port}, a free port is
	// put in its place, and the server is ready once that accepts; so with
	// {tls-port}, where it speaks TLS. Otherwise its first line of output gives its
	// address, as that of wsbench echo does, and tells whether it speaks TLS.
	Argv []string
	// PinsItself reports that the server is wsbench echo, and takes its CPUs by
	// flags, see pin. Another is started with that affinity, which all its
	// threads inherit.
	PinsItself bool
	// Counts reports that the server takes -counters, as wsbench echo does.
	Counts bool
	// Masked reports that the server sends payloads back still masked, so that
	// clients check all of an echo but those.
	Masked bool
	// Case is the only one that the server is put under; "": all are.
	Case results.Case
	// Builds are programs that take turns, an epoch each, in the place of {out}
	// in Argv: the same code in several layouts, say. nil: Argv has no {out}.
	Builds []string
	// Source is what the server was built from; zero where the running process
	// tells.
	Source results.Source
	// Path is that of the WebSocket; "": /.
	Path string
	// Offer is what clients say in the opening handshake.
	Offer wsclient.Offer
	// StartTimeout bounds the time from the start to the first accept; 0: the constant
	// of that name.
	StartTimeout time.Duration
	// Running is where the server is, if it ran before the session; nil: Argv
	// starts it.
	Running *Running
}

// OutMark in a server's command is where the program of its epoch goes, see
// Server.Builds.
const OutMark = "{out}"

// argv returns the command of an epoch, from 1.
func (s Server) argv(epoch int) (list []string) {
	for _, a := range s.Argv {
		if len(s.Builds) > 0 {
			a = strings.ReplaceAll(a, OutMark, s.Builds[(epoch-1)%len(s.Builds)])
		}
		list = append(list, a)
	}
	return list
}

// OwnServer returns this project's server: program is the wsbench command.
func OwnServer(program, io string) Server {
	return Server{
		Key: results.ServerOf(results.Own, io), Masked: io == "raw",
		Argv: []string{program, "echo", "-addr", "127.0.0.1:0", "-io", io}, PinsItself: true, Counts: true,
	}
}

// OwnWith returns this project's server with flags of "wsbench echo", under a
// name of its own.
func OwnWith(program, name string, flags []string) Server {
	io := ioOf(flags)
	s := OwnServer(program, io)
	s.Key = results.ServerOf(name, io)
	s.Argv = append(s.Argv, flags...) // of a flag that is there twice the last one counts
	return s
}

// Varied returns s, the reference server, with another value of a switch, which is
// in its key.
func (s Server) Varied(name, value string) Server {
	s.Argv = append(s.Argv[:len(s.Argv):len(s.Argv)], "-"+name+"="+value)
	if name == "io" {
		s.Key, s.Masked = results.ServerOf(results.Own, value), value == "raw"
	} else {
		s.Key = s.Key.With(results.KV{Key: name, Value: results.ValueOf(value)})
	}
	return s
}

// ioOf returns the value of -io among flags.
func ioOf(flags []string) string { return flagOf(flags, "io", "epoll") }

// flagOf returns the last value of a flag among flags, byDefault if it is not
// there.
func flagOf(flags []string, flag, byDefault string) string {
	last := byDefault
	for i, f := range flags {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(f, "-"), "-"), "=")
		switch {
		case name != flag || !strings.HasPrefix(f, "-"):
		case ok:
			last = value
		case i+1 < len(flags):
			last = flags[i+1]
		}
	}
	return last
}

// confined reports whether the server has all its threads in one place: one that
// is not this project's, or that answers or does TLS handshakes beside its loops.
func (s Server) confined() bool {
	return !s.PinsItself || flagOf(s.Argv, "tls", "off") != "off" || flagOf(s.Argv, "handler", "loop") != "loop" || flagOf(s.Argv, "work-on", "loop") != "loop"
}

// External returns the server of a specification name=command, the command being
// the shell's, with {port} where its port goes, or {tls-port} of one that speaks TLS. The shell may stay as the
// server's parent: signals go to the process group, and the usage is that of
// the shell and its descendants.
func External(spec string) (Server, error) {
	name, command, ok := strings.Cut(spec, "=")
	if !ok || strings.TrimSpace(command) == "" {
		return Server{}, fmt.Errorf("%q: want name=command, such as mine='./echo -p %s'", spec, portMark)
	}
	switch plain, secure := strings.Contains(command, portMark), strings.Contains(command, securePortMark); {
	case !plain && !secure:
		return Server{}, fmt.Errorf("%s: %s is not in its command; put it where the server takes its port, or %s if it speaks TLS there", name, portMark, securePortMark)
	case plain && secure:
		return Server{}, fmt.Errorf("%s: %s and %s are in its command; want one of them: connections go to one port", name, portMark, securePortMark)
	}
	if err := results.CheckName(name); err != nil {
		return Server{}, fmt.Errorf("%q: %w", spec, err)
	}
	return Server{Key: results.ServerOf(name, ""), Argv: []string{"sh", "-c", command}}, nil
}

// Observed returns s as it is called while a program observes it.
func (s Server) Observed(by string) Server {
	s.Key = s.Key.With(results.KV{Key: "observer", Value: by})
	return s
}

// observer returns the name of the program that observes s; "" if there is none.
func (s Server) observer() string { return s.Key.Value("observer") }

// pin returns the flags by which a server that pins itself does; net has no
// threads to put apart.
func (s Server) pin(cpus syscalls.CPUs, background string) []string {
	flags := []string{"-pin", cpus.String()}
	if s.Key.Value("io") != "net" {
		flags = append(flags, "-background", background)
	}
	return flags
}

// WithAA returns list with the A/A process of its reference added: of raw, or of
// the first where there is no raw.
func WithAA(list []Server) []Server {
	if len(list) == 0 {
		return nil
	}
	ref := list[0]
	for _, s := range list {
		if s.Key == results.ServerOf(results.Own, "raw") {
			ref = s
			break
		}
	}
	return WithAAOf(list, ref)
}

// WithAAOf returns list with the A/A process of ref added.
func WithAAOf(list []Server, ref Server) []Server {
	ref.Key = ref.Key.Second()
	return append(append([]Server(nil), list...), ref)
}
