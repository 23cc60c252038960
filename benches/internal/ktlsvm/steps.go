package main

import (
	"slices"
	"time"
)

// step is a thing to run in the machine: the tests of a package, or a command of
// wsbench. It fails if its program does, if what is printed lacks what it should
// have, or if nothing is asked for and no test passes.
type step struct {
	name    string
	without bool // before the module tls is loaded
	spare   bool // as time allows
	limit   time.Duration

	tests, run string   // a package, and which of its tests
	serve      []string // flags of a wsbench echo that runs meanwhile
	args       []string // of wsbench, or more for the tests; ADDR stands for that server's address
	want, says string   // regular expressions for the output of the program and of the server
}

const (
	inUser   = `user=[1-9]`                // of the server's counters: connections whose records it made itself
	inKernel = `kernel=[1-9][0-9]* user=0` // and only such as the kernel made
	cases    = `[0-9]+ cases in \S+`
)

var steps = []step{
	{name: "syscalls, no module", without: true, limit: 30 * time.Second, tests: "syscalls", run: "TLS"},
	{name: "fallback of echo", without: true, limit: 30 * time.Second,
		serve: []string{"-io", "epoll", "-tls", "ktls"}, args: conform("1.1,7.1.*"), want: cases, says: "(?s)seals and opens records instead.*" + inUser},
	{name: "syscalls", limit: 30 * time.Second, tests: "syscalls", run: "TLS"},
	{name: "syscalls, benchmarks", spare: true, limit: 60 * time.Second, tests: "syscalls", run: "^$",
		args: []string{"-test.bench", "TLSSocket/tls=ktls", "-test.benchtime", "10x"}, want: `cipher=chacha20-poly1305/size=16384\S*\s+10\s.+`},
	{name: "tls13", limit: 90 * time.Second, tests: "benches/internal/tls13", run: "Kernel"},
	{name: "reactor", limit: 120 * time.Second, tests: "benches/reactor", run: "^TestTLS/./^tls=kernel$"},
	{name: "echo", limit: 120 * time.Second, tests: "benches/echo", run: "^TestTLS/tls=ktls$"},
	{name: "conform, epoll, ktls", limit: 150 * time.Second,
		serve: []string{"-io", "epoll", "-tls", "ktls"}, args: conform(some), want: cases, says: inKernel},
	{name: "wsbench tls", limit: 120 * time.Second,
		args: []string{"tls", "-rounds", "1", "-cases", "2/20,2/16384", "-for", "100ms", "-idle", "10", "-handshakes", "100ms", "-noise", "off", "-format", "bench", "-o", "/tmp/tls"},
		want: `(?m)^BenchmarkEcho/\S*tls=ktls\S*size=16384\S* .*`},
	{name: "conform, uring, ktls", spare: true, limit: 60 * time.Second,
		serve: []string{"-io", "uring", "-tls", "ktls"}, args: conform(some), want: cases, says: inKernel},
	{name: "conform, epoll, user", spare: true, limit: 60 * time.Second,
		serve: []string{"-io", "epoll", "-tls", "user"}, args: conform(some), want: cases, says: inUser},
	{name: "conform, net, user", spare: true, limit: 60 * time.Second,
		serve: []string{"-io", "net", "-tls", "user"}, args: conform(some), want: cases},
}

// some are cases of each kind, but for those that take long: on an emulated CPU
// all of them take minutes.
const some = "1,2,3,4,5,6.1,6.2,7,10"

// conform returns the arguments for cases against the server.
func conform(cases string) []string {
	return []string{"conform", "-insecure", "-color", "never", "-j", "8", "-timeout", "10m", "-cases", cases, "wss://ADDR/"}
}

// testedPackages returns the packages whose tests steps run, each once.
func testedPackages() (list []string) {
	for _, s := range steps {
		if s.tests != "" && !slices.Contains(list, s.tests) {
			list = append(list, s.tests)
		}
	}
	return list
}
