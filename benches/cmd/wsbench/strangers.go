package main

import (
	"errors"
	"flag"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/internal/wsclient"
	"wsbench/benches/lab"
)

// strangers are the flags about servers that are neither the reference nor a
// library of benches/peers: commands, and servers that run already.
type strangers struct {
	commands []string // name=command
	running  []runningFlag
	paths    []string // /path or name=/path
	offer    wsclient.Offer
	within   time.Duration
	operand  bool // whether an argument of the call may be a server, too
}

// runningFlag is a value of -url and of the -pid behind it.
type runningFlag struct {
	url string
	pid int
}

// register adds the flags.
func (f *strangers) register(fs *flag.FlagSet) {
	fs.Func("server", "`name=command` of an external WebSocket echo server, with {port} where its port goes, or {tls-port} if it speaks TLS there (any certificate is taken); repeatable", func(s string) error {
		f.commands = append(f.commands, s)
		return nil
	})
	fs.Func("url", "`name=ws://host:port/path`, or wss://, of a server that runs already, and is left running; repeatable", func(s string) error {
		f.running = append(f.running, runningFlag{url: s})
		return nil
	})
	fs.Func("pid", "`process` of the -url before it, whose CPU time counts with that of its descendants (default the one that listens there)", func(s string) error {
		pid, err := strconv.Atoi(s)
		switch {
		case err != nil || pid < 1:
			return errors.New("want the number of a process")
		case len(f.running) == 0:
			return errors.New("name its -url before it")
		}
		f.running[len(f.running)-1].pid = pid
		return nil
	})
	fs.Func("path", "`/path` of the WebSocket of each -server, or name=/path of one; repeatable (default /)", func(s string) error {
		f.paths = append(f.paths, s)
		return nil
	})
	registerOffer(fs, &f.offer, " of each -server and -url")
	fs.DurationVar(&f.within, "start-timeout", lab.StartTimeout, "`time` that each -server has from its start until it takes connections")
}

// registerOffer adds the flags of opening handshakes; of says whose.
func registerOffer(fs *flag.FlagSet, o *wsclient.Offer, of string) {
	fs.Func("header", "`Name: value`, a header line of the opening handshakes"+of+"; repeatable", func(s string) error {
		o.Header = append(o.Header, s)
		return nil
	})
	fs.Func("subprotocol", "`name` of a subprotocol to offer in the opening handshakes"+of+"; repeatable", func(s string) error {
		o.Protocols = append(o.Protocols, s)
		return nil
	})
	registerTLS(fs, &o.TLS)
}

// registerTLS adds the flags of clients of wss:// addresses.
func registerTLS(fs *flag.FlagSet, t *wsclient.TLS) {
	fs.BoolVar(&t.Insecure, "insecure", false, "take any certificate of a server at wss://, as is done of servers that wsbench starts")
	fs.Func("ca", "`file` in PEM form with the certificates of authorities, to know servers at wss:// by in place of the system's; repeatable", t.ReadCA)
}

// secure reports whether address is that of a server that speaks TLS.
func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && wsclient.Secure(u)
}

// checkTLS refuses flags of registerTLS without an address that they are for.
func checkTLS(t wsclient.TLS, secure bool) error {
	if t.Given() && !secure {
		return errors.New("-insecure and -ca have no effect without a wss:// address")
	}
	return nil
}

// list returns the servers: those of commands, then those that run.
func (f *strangers) list() (list []lab.Server, err error) {
	if err := f.offer.Check(); err != nil {
		return nil, err
	}
	for _, spec := range f.commands {
		s, err := external(spec)
		if err != nil {
			return nil, fmt.Errorf("-server %w", err)
		}
		s.StartTimeout = f.within
		list = append(list, s)
	}
	if err := f.setPaths(list); err != nil {
		return nil, err
	}
	for _, r := range f.running {
		s, err := lab.AtURL(r.url, r.pid)
		if err != nil {
			return nil, fmt.Errorf("-url %s: %w", r.url, err)
		}
		list = append(list, s)
	}
	if len(list) == 0 && !f.operand && len(f.offer.Header)+len(f.offer.Protocols) > 0 {
		return nil, errors.New("-header and -subprotocol have no effect without -server or -url")
	}
	for i := range list {
		list[i].Offer = f.offer
	}
	if f.operand {
		return list, nil
	}
	return list, checkTLS(f.offer.TLS, slices.ContainsFunc(list, lab.Server.RunsSecure))
}

// setPaths sets the paths of servers that commands start.
func (f *strangers) setPaths(list []lab.Server) error {
	for _, value := range f.paths {
		name, path, named := strings.Cut(value, "=/")
		if named = named && value[0] != '/'; named {
			path = "/" + path
		} else {
			name, path = "", value
		}
		if !strings.HasPrefix(path, "/") || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return fmt.Errorf("-path %q: want /path, or name=/path of one server; spaces as %%20", value)
		}
		if named && !slices.ContainsFunc(list, func(s lab.Server) bool { return s.Key.Value("server") == name }) {
			return fmt.Errorf("-path %q: no -server is called %q", value, name)
		}
		for i := range list {
			if name == "" || list[i].Key.Value("server") == name {
				list[i].Path = path
			}
		}
	}
	if len(f.paths) > 0 && len(list) == 0 {
		return errors.New("-path has no effect without -server: a -url has its own")
	}
	return nil
}
