package results

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// KV is a key of a benchmark's name with its value. A part of a name that has
// no "=" has no Key.
type KV struct{ Key, Value string }

// Name is the name of a benchmark.
type Name struct {
	Base  string // without "Benchmark": Echo
	Keys  []KV   // in order
	Procs string // GOMAXPROCS, where the name ends in it
}

// ParseName reads a name; the prefix "Benchmark" may be missing.
func ParseName(s string) Name {
	base, parts := benchfmt.Name(strings.TrimPrefix(s, "Benchmark")).Parts()
	n := Name{Base: string(base)}
	for _, p := range parts {
		if procs, ok := strings.CutPrefix(string(p), "-"); ok {
			n.Procs = procs
			continue
		}
		n.Keys = append(n.Keys, keysOf(strings.TrimPrefix(string(p), "/"))...)
	}
	return n
}

// keysOf reads what joined writes.
func keysOf(s string) (keys []KV) {
	for part := range strings.SplitSeq(s, "/") {
		key, value, ok := strings.Cut(part, "=")
		switch {
		case ok:
			keys = append(keys, KV{key, value})
		case part != "":
			keys = append(keys, KV{"", part})
		}
	}
	return keys
}

// String returns the name as it is in a file, "Benchmark" included.
func (n Name) String() string {
	s := "Benchmark" + n.Base
	if len(n.Keys) > 0 {
		s += "/" + joined(n.Keys)
	}
	if n.Procs != "" {
		s += "-" + n.Procs
	}
	return s
}

func joined(keys []KV) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = k.Value
		if k.Key != "" {
			parts[i] = k.Key + "=" + k.Value
		}
	}
	return strings.Join(parts, "/")
}

// Value returns the value of a key; "" if it is not there.
func (n Name) Value(key string) string { return value(n.Keys, key) }

func value(keys []KV, key string) string {
	if i := slices.IndexFunc(keys, func(k KV) bool { return k.Key == key }); i >= 0 {
		return keys[i].Value
	}
	return ""
}

// Server is the keys of a name that tell servers apart:
// server=wsbench/io=epoll.
type Server string

// ServerOf returns the server of a name, with its io; "" is none.
func ServerOf(name, io string) Server {
	s := Server("").With(KV{"server", name})
	if io != "" {
		s = s.With(KV{"io", io})
	}
	return s
}

// With returns the server with one key more.
func (s Server) With(k KV) Server { return Server(joined(append(s.Keys(), k))) }

// Own is this project's reference server as the value of the key server.
const Own = "wsbench"

const aaMark = "-aa"

// Value returns the value of a key, less the mark of an A/A process; "" if the
// key is not there.
func (s Server) Value(key string) string {
	return strings.TrimSuffix(value(keysOf(string(s)), key), aaMark)
}

// AA reports whether the server is the second process of the reference.
func (s Server) AA() bool { return s != s.First() }

// First returns the server without the mark of an A/A process.
func (s Server) First() Server { return s.mark("") }

// Second returns the server as the second process of the reference.
func (s Server) Second() Server { return s.mark(aaMark) }

// Keys returns the keys of the server.
func (s Server) Keys() []KV { return keysOf(string(s)) }

func (s Server) mark(mark string) Server {
	keys := keysOf(string(s))
	key := "server"
	if value(keys, "io") != "" {
		key = "io"
	}
	for i, k := range keys {
		if k.Key == key {
			keys[i].Value = strings.TrimSuffix(k.Value, aaMark) + mark
		}
	}
	return Server(joined(keys))
}

// Unobserved returns the server without the key observer.
func (s Server) Unobserved() Server {
	keys := slices.DeleteFunc(keysOf(string(s)), func(k KV) bool { return k.Key == "observer" })
	return Server(joined(keys))
}

// Label returns what the server is called in tables: the io of the reference
// server, the name of another, and the switches and the observer behind it.
func (s Server) Label() string {
	label := s.Value("server")
	var more string
	for _, k := range keysOf(string(s)) {
		switch k.Key {
		case "server":
		case "": // the microbenchmarks
			label = k.Value
		case "io":
			if label == Own {
				label = s.Value("io")
			}
		case "observer":
			more += " + " + k.Value
		default:
			more += " " + k.Key + "=" + k.Value
		}
	}
	if s.AA() {
		label += " A/A"
	}
	return label + more
}

// CheckName returns why name cannot be the name of an external server.
func CheckName(name string) error {
	switch name {
	case "":
		return fmt.Errorf("the server has no name")
	case Own:
		return fmt.Errorf("the name %q is the reference server's own", name)
	}
	if strings.HasSuffix(name, aaMark) {
		return fmt.Errorf("the name %q: the ending %s marks an A/A process", name, aaMark)
	}
	return CheckValue(name)
}

// valueLetters are what a value in a benchmark's name may have.
const valueLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+"

// CheckValue returns why value cannot be one in a benchmark's name.
func CheckValue(value string) error {
	if value == "" {
		return fmt.Errorf("the name is empty")
	}
	for _, r := range value {
		if !strings.ContainsRune(valueLetters, r) {
			return fmt.Errorf("the name %q: a benchmark's name has only letters, digits and . _ - +", value)
		}
	}
	return nil
}

// ValueOf returns text as a value in a benchmark's name: an underscore stands in
// the place of what a value may not have, and of the hyphen of a "-16" at its
// end, which would be read as GOMAXPROCS.
func ValueOf(text string) string {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(valueLetters, r) {
			return r
		}
		return '_'
	}, text)
	i := strings.LastIndexByte(text, '-')
	if i >= 0 && i < len(text)-1 && strings.Trim(text[i+1:], "0123456789") == "" {
		return text[:i] + "_" + text[i+1:]
	}
	return text
}
