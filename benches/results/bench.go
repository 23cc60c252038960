package results

import (
	"slices"
	"strconv"
	"strings"
)

// Bench is a benchmark that puts servers under cases. Reports show each but Echo
// as a table of medians, and curves over the first key of its cases.
type Bench struct {
	Base  string   // of the benchmarks' names
	ID    string   // of its section in reports
	Title string   // what it measures
	Note  string   // what the columns of its table are
	Keys  []string // of the names: those that say what a server is put under
	Drawn []string // units that are drawn
	Kept  []string // units that have a column where others are left out for want of room
	// Judged are the units by which servers are compared, the first one first; none:
	// they are not.
	Judged []string
}

// Benches are the benchmarks that put servers under cases. Those of any other
// base name are microbenchmarks.
var Benches = []Bench{
	{Base: "Echo", ID: "matrix", Title: "Echo matrix", Keys: []string{"conns", "size", "depth", "op", "rate", "segment", "gap", "mtu", "delay", "profile"},
		Judged: []string{"cpu-ns/msg", "msg/s"}}, // CPU time first: two ends that saturate each other leave it comparable
	{
		Base: "Conns", ID: "idle", Title: "Idle connections", Keys: []string{"conns"}, Drawn: []string{"B/conn", "cpu-ns/open"},
		Note: "Medians over n processes, with their range in brackets, drawn from 0 to the most. B/conn: resident memory per idle connection, less the empty server's (the kernel's own memory for sockets is in neither). CPU/open: the server's CPU time, user and system, for a connection's opening handshake and first echo. empty: resident memory after one connection that was closed.",
	},
	{
		Base: "Chunk", ID: "chunk", Title: "Tiny frames", Keys: []string{"frames", "mode", "shape", "answer"}, Drawn: []string{"cpu-ns/frame"},
		Note: "Medians over n runs, with their range in brackets, drawn from 0 to the most. Mode A sends many frames in one segment, mode B one at a time. CPU/frame: the server's CPU time, user and system, less what it takes while idle.",
	},
	{
		Base: "Accept", ID: "accept", Title: "Accept queue", Keys: []string{"rate", "request"}, Judged: []string{"cpu-ns/req"},
	},
	{
		Base: "JSON", ID: "json", Title: "JSON over HTTP", Keys: []string{"conns", "profile"}, Drawn: []string{"req/s", "cpu-ns/req"}, Kept: []string{"p50-ns", "p99-ns", "errors"}, Judged: []string{"cpu-ns/req", "req/s"},
		Note: "Medians over n runs, with their range in brackets, drawn from 0 to the most. Each connection is kept and asks GET /json/{count}?m={m}, one request at a time, the seven pairs of the public suite in turn; every answer is compared whole with one whose totals were checked. The most requests per second are what the suite publishes.",
	},
	{
		Base: "Handshake", ID: "handshakes", Title: "TLS handshakes", Keys: []string{"conns", "resume"}, Drawn: []string{"handshakes/s", "cpu-ns/handshake"}, Kept: []string{"p50-ns", "p99-ns", "resumed-share"}, Judged: []string{"cpu-ns/handshake", "handshakes/s"},
		Note: "Medians over n runs, with their range in brackets, drawn from 0 to the most. So many dialers connect, do the handshake of TLS 1.3, end the connection once the server has, and begin again; latency is from connect to the end of the client's handshake. resume all: with a session that the server gave before, and the share that it took; none: without.",
	},
	{Base: "AcceptSeries", ID: "accept_series", Title: "Accept queue over time", Keys: []string{"rate", "request", "ms"}},
}

// BenchOf returns the benchmark of a base name; ok is false of a microbenchmark,
// whose name may have the keys of an echo: it returns Echo.
func BenchOf(base string) (b Bench, ok bool) {
	if i := slices.IndexFunc(Benches, func(b Bench) bool { return b.Base == base }); i >= 0 {
		return Benches[i], true
	}
	return Benches[0], false
}

// Case returns the keys that say what the server was put under.
func (n Name) Case() Case { return Case(joined(n.part(true))) }

// Server returns the keys that tell servers apart.
func (n Name) Server() Server { return Server(joined(n.part(false))) }

func (n Name) part(ofCase bool) (keys []KV) {
	b, _ := BenchOf(n.Base)
	for _, k := range n.Keys {
		if slices.Contains(b.Keys, k.Key) == ofCase {
			keys = append(keys, k)
		}
	}
	return keys
}

// Case is what servers are put under, as keys: conns=100/size=20/depth=1.
type Case string

// EchoCase returns the case of so many connections, bytes per message, and
// messages in flight per connection.
func EchoCase(conns, size, depth int) Case {
	return Case("conns=" + strconv.Itoa(conns) + "/size=" + strconv.Itoa(size) + "/depth=" + strconv.Itoa(depth))
}

// Keys returns the keys of the case.
func (c Case) Keys() []KV { return keysOf(string(c)) }

// With returns the case with one key more.
func (c Case) With(k KV) Case { return Case(joined(append(c.Keys(), k))) }

// Value returns the value of a key; "" if it is not there.
func (c Case) Value(key string) string { return value(c.Keys(), key) }

// Int returns the value of a key; 0 if it is not there or no whole number.
func (c Case) Int(key string) int {
	n, _ := strconv.Atoi(value(c.Keys(), key))
	return n
}

// String returns conns/size/depth, without a depth of 1 and what is not there,
// and any other keys behind it. The profile of a load with a name stands for size,
// depth and op.
func (c Case) String() string {
	var parts []string
	profile := c.Value("profile")
	if profile != "" {
		parts = []string{profile}
	}
	for _, k := range c.Keys() {
		switch {
		case profile != "" && (k.Key == "profile" || k.Key == "size" || k.Key == "depth" || k.Key == "op"):
		case k.Key == "depth" && k.Value == "1":
		case k.Key == "conns" || k.Key == "size" || k.Key == "depth":
			parts = append(parts, k.Value)
		default:
			parts = append(parts, k.Key+"="+k.Value)
		}
	}
	return strings.Join(parts, "/")
}
