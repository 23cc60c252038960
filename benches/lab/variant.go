package lab

import (
	"fmt"
	"strconv"
	"strings"
)

// Variant is one server of the comparison, and how it is started.
type Variant struct {
	Server string // key server of its samples
	IO     string // key io of its samples; "" for external servers
	AA     bool   // the second process of the reference
	// Observer is the key observer: what watched the server during the turn,
	// "" for nothing.
	Observer string
}

// Own is the name of this project's reference server as key server.
const Own = "wsbench"

const aaMark = "-aa"

// Label is how the variant is called in tables: the io of the reference
// server, the name of another.
func (v Variant) Label() string {
	label := v.Server
	if v.Server == Own && v.IO != "" {
		label = v.IO
	}
	if v.AA {
		label += " A/A"
	}
	if v.Observer != "" {
		label += " + " + v.Observer
	}
	return label
}

// Prefix is the part of its benchmarks' names that all cases share.
func (v Variant) Prefix() string { return v.prefix("BenchmarkEcho") }

// LabelOf returns the label of the server that has these keys, as SOURCE lines
// do.
func LabelOf(keys string) string {
	v, _, _ := parseName("Echo/" + keys)
	if v.Server == "" {
		return keys
	}
	return v.Label()
}

// prefix is the name of a benchmark, less what is no key of the variant.
func (v Variant) prefix(benchmark string) string {
	server, io := v.Server, v.IO
	if v.AA && io != "" {
		io += aaMark
	} else if v.AA {
		server += aaMark
	}
	s := benchmark + "/server=" + server
	if io != "" {
		s += "/io=" + io
	}
	if v.Observer != "" {
		s += "/observer=" + v.Observer
	}
	return s
}

// Name is the benchmark's name of the variant under c.
func (v Variant) Name(c Case) string {
	return fmt.Sprintf("%s/conns=%d/size=%d/depth=%d", v.Prefix(), c.Conns, c.Size, c.Depth)
}

// parseName is the inverse of Variant.Name; ok is false for the name of
// another benchmark. The prefix "Benchmark" may be missing.
func parseName(name string) (v Variant, c Case, ok bool) {
	parts := strings.Split(strings.TrimPrefix(name, "Benchmark"), "/")
	if parts[0] != "Echo" {
		return v, c, false
	}
	for _, p := range parts[1:] {
		key, value, _ := strings.Cut(p, "=")
		switch n, err := strconv.Atoi(value); {
		case key == "server":
			v.Server = value
		case key == "io":
			v.IO = value
		case key == "observer":
			v.Observer = value
		case err != nil:
			return v, c, false
		case key == "conns":
			c.Conns = n
		case key == "size":
			c.Size = n
		case key == "depth":
			c.Depth = n
		}
	}
	if v.IO != "" {
		v.IO, v.AA = strings.CutSuffix(v.IO, aaMark)
	} else {
		v.Server, v.AA = strings.CutSuffix(v.Server, aaMark)
	}
	return v, c, v.Server != "" && c.Conns > 0 && c.Depth > 0
}
