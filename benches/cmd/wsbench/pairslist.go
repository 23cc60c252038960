package main

import (
	"regexp"
	"slices"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// pairing is a switch of the reference server and the microbenchmark of what it
// switches.
type pairing struct {
	io          string // of the server
	flag        string // switch of the server
	value, base string // whose costs are compared: value costs more
	component   string // folder of the microbenchmark
	// bench is its name: SIZE, CONNS and DEPTH stand for those of an echo case,
	// VALUE for one of the next two.
	bench                 string
	benchValue, benchBase string
	unit                  string // of its lines, per message
	size                  int    // the only size of messages that it has; 0: any
}

// pairings are the switches that have a microbenchmark.
var pairings = []pairing{
	{"epoll", "mask", "octet", "auto", "mask", "UnmaskFresh/impl=VALUE/size=SIZE/align=1", "octet", "auto", "ns/op", 0},
	{"epoll", "mask", "word", "auto", "mask", "UnmaskFresh/impl=VALUE/size=SIZE/align=1", "word", "auto", "ns/op", 0},
	{"epoll", "parse", "bytewise", "fast", "parse", "ParseHeader/impl=VALUE/from=client/size=SIZE", "bytewise", "fast", "ns/op", 0},
	{"epoll", "parse", "general", "fast", "parse", "ParseHeader/impl=VALUE/from=client/size=SIZE", "general", "fast", "ns/op", 0},
	{"epoll", "buffers", "conn", "shared", "scratch", "Receive/buffers=VALUE/conns=CONNS/buffer=65536/size=SIZE", "conn", "shared", "ns/op", 0},
	{"epoll", "buffers", "pool", "shared", "scratch", "Receive/buffers=VALUE/conns=CONNS/buffer=65536/size=SIZE", "pool", "shared", "ns/op", 0},
	{"epoll", "flush", "frame", "batch", "syscalls", "Answer/frames=DEPTH/size=SIZE/via=VALUE", "send-each", "send-once", "cpu-ns/msg", 0},
	{"epoll", "write", "writev", "slot", "syscalls", "Answer/frames=DEPTH/size=SIZE/via=VALUE", "writev", "send-once", "cpu-ns/msg", 0},
	{"epoll", "read", "drain", "once", "syscalls", "EpollRead/trigger=level/read=VALUE/ready=32", "drain", "once", "cpu-ns/msg", 20},
	{"epoll", "nodelay", "false", "true", "syscalls", "NoDelay/frames=DEPTH/size=20/via=send-once/nodelay=VALUE", "false", "true", "cpu-ns/msg", 20},
	{"net", "write", "slot", "direct", "syscalls", "Write/frames=DEPTH/size=SIZE/write=VALUE", "net", "direct", "cpu-ns/msg", 0},
}

// unpaired says why other switches have no pairing.
const unpaired = "-utf8 and -message have none, as the echo cases send whole binary messages; nor do -handler, -write copy and -io, as what they change is no part of mask, parse, scratch or syscalls alone"

// pairedIOs are the I/O modes of pairings.
var pairedIOs = []string{"epoll", "net"}

// named returns the name of the benchmark of a case with one of its values.
func (p pairing) named(c results.Case, value string) string {
	at := map[string]string{}
	for _, k := range c.Keys() {
		at[k.Key] = k.Value
	}
	return strings.NewReplacer("VALUE", value, "SIZE", at["size"], "CONNS", at["conns"], "DEPTH", at["depth"]).Replace(p.bench)
}

// fits reports whether the benchmark has messages of the case's size.
func (p pairing) fits(c results.Case) bool { return p.size == 0 || p.size == c.Int("size") }

// packages returns the microbenchmarks of pairings under cases.
func packages(list []pairing, cases []results.Case) (all []lab.MicroPackage) {
	patterns := map[string][]string{}
	for _, p := range list {
		for _, c := range cases {
			for _, value := range []string{p.benchValue, p.benchBase} {
				pattern := exactly(p.named(c, value))
				if p.fits(c) && !slices.Contains(patterns[p.component], pattern) {
					patterns[p.component] = append(patterns[p.component], pattern)
				}
			}
		}
	}
	for _, component := range components() {
		if one := patterns[component]; one != nil {
			all = append(all, lab.MicroPackage{Dir: component, Bench: strings.Join(one, "|")})
		}
	}
	return all
}

// exactly returns the pattern of go test -bench for one name.
func exactly(name string) string {
	parts := strings.Split("Benchmark"+name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}

// servers returns those that the pairings compare, in each of their I/O modes.
func servers(list []pairing) (all []lab.Server, err error) {
	for _, io := range pairedIOs {
		of := slices.DeleteFunc(slices.Clone(list), func(p pairing) bool { return p.io != io })
		if len(of) == 0 {
			continue
		}
		own, err := (&serverFlags{io: io, varied: switches(of)}).list()
		if err != nil {
			return nil, err
		}
		all = append(all, own...)
	}
	return all, nil
}

// switches returns the values of the switches in the order of the list, for
// servers that vary.
func switches(list []pairing) (varied []switched) {
	for _, p := range list {
		i := slices.IndexFunc(varied, func(v switched) bool { return v.name == p.flag })
		if i < 0 {
			i = len(varied)
			varied = append(varied, switched{name: p.flag})
		}
		for _, value := range []string{p.value, p.base} {
			if !slices.Contains(varied[i].values, value) {
				varied[i].values = append(varied[i].values, value)
			}
		}
	}
	return varied
}
