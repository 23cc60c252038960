package results

import (
	"slices"
	"strings"
)

// Kind is what the values of a unit are, which decides how they are written for
// people.
type Kind int

// The kinds of units.
const (
	Count Kind = iota // a number
	Time              // ns
	Bytes             // bytes
	Rate              // per second; of B/s bytes per second
	Ratio             // a share of 1, or a quotient
)

// Unit is a unit of benchmark lines.
type Unit struct {
	Name    string // as in a benchmark line: cpu-ns/msg
	Better  string // "higher" or "lower"; "" where neither is
	Kind    Kind
	Meaning string
}

// Units are the units of wsbench's own benchmark lines, in the order of a line.
// Units that are not listed follow, in the order of their names.
var Units = []Unit{
	{"ns/op", "lower", Time, "time per operation; of echoes, 1e9 / (msg/s)"},
	{"B/s", "higher", Rate, "payload bytes per second"},
	{"msg/s", "higher", Rate, "messages echoed per second"},
	{"req/s", "higher", Rate, "requests answered per second"},
	{"handshakes/s", "higher", Rate, "handshakes of TLS per second"},
	{"p50-ns", "lower", Time, "latency from the send (of an open loop: from when it was due) to the whole echo"},
	{"p90-ns", "lower", Time, "latency"},
	{"p99-ns", "lower", Time, "latency"},
	{"p99.9-ns", "lower", Time, "latency"},
	{"max-ns", "lower", Time, "latency"},
	{"service-p50-ns", "lower", Time, "latency from the send, of an open loop"},
	{"service-p99-ns", "lower", Time, "latency from the send, of an open loop"},
	{"pong-p50-ns", "lower", Time, "round trip of pings among messages"},
	{"pong-p99-ns", "lower", Time, "round trip of pings among messages"},
	{"errors", "lower", Count, "connections lost and answers missing or corrupted, by whatever kind, of loads with pings and of requests"},
	{"corrupted-errors", "lower", Count, "of these, answers that differ from what was sent"},
	{"unanswered-errors", "lower", Count, "messages in flight when the drain's time was over"},
	{"closed-errors", "lower", Count, "connections that the server closed by a close frame"},
	{"EOF-errors", "lower", Count, "connections that it ended without one"},
	{"reset-errors", "lower", Count, "connections reset"},
	{"unopened-errors", "lower", Count, "connections in the place of others that could not be opened"},
	{"protocol-errors", "lower", Count, "connections on which the server broke the protocol"},
	{"failed-errors", "lower", Count, "connections on which a system call failed otherwise"},
	{"status-errors", "lower", Count, "answers of HTTP with another status than 200"},
	{"reconnects/s", "higher", Rate, "connections opened in the place of others that had done their messages"},
	{"handshake-p50-ns", "lower", Time, "latency from connect to the whole answer of the opening handshake, of those"},
	{"handshake-p99-ns", "lower", Time, "latency of opening handshakes"},
	{"time-wait", "", Count, "sockets of the host in TIME_WAIT at the end of a run"},
	{"cpu-ns/msg", "lower", Time, "server's CPU time, user and system, per message"},
	{"user-ns/msg", "lower", Time, "user share of cpu-ns/msg, by the kernel's tick; of windows of 500 ms or more"},
	{"sys-ns/msg", "lower", Time, "system share of cpu-ns/msg, by the kernel's tick; of windows of 500 ms or more"},
	{"ctxsw/msg", "lower", Count, "context switches of the server's threads"},
	{"syscalls/msg", "lower", Count, "recv, send and epoll_wait calls per message, with io=uring io_uring_enter calls, as wsbench's server counts them; of captures all system calls"},
	{"all-syscalls/msg", "lower", Count, "system calls of all threads of the server per message, counted by the kernel in a run apart"},
	{"frames/recv", "higher", Count, "frames per recv call, as wsbench's server counts them"},
	{"gen-cpu-ns/msg", "lower", Time, "the generator's CPU time"},
	{"gen-user-ns/msg", "lower", Time, "user share of gen-cpu-ns/msg, by the kernel's tick; of windows of 500 ms or more"},
	{"observer-ns/msg", "lower", Time, "CPU time of the program that observed the server"},
	{"wait-share", "lower", Ratio, "time that the working threads of server and generator waited for a CPU, as a share of the run"},
	{"rss-B", "lower", Bytes, "server's resident memory at the end of the window, all cases' connections open"},

	{"B/conn", "lower", Bytes, "server's resident memory per idle connection, less the empty server's"},
	{"cpu-ns/open", "lower", Time, "server's CPU time, user and system, per connection opened and echoed once"},
	{"empty-B", "lower", Bytes, "server's resident memory without a connection, after its first one"},

	{"cpu-ns/frame", "lower", Time, "server's CPU time, user and system, per frame, less what it takes while idle"},
	{"idle-ns/s", "lower", Time, "server's CPU time per second while a connection is open and nothing is sent"},
	{"wall-ns/frame", "lower", Time, "time from the first frame to the whole answer, per frame"},
	{"gen-cpu-ns/frame", "lower", Time, "the prober's CPU time per frame; of paced frames, which it waits for with the CPU busy, that of the gaps too"},
	{"floor-ns/frame", "lower", Time, "time per frame, less the gaps, that the same frames take to a null sink: a reader that discards them"},
	{"sink-cpu-ns/frame", "lower", Time, "CPU time of the null sink per frame: what receiving costs without any protocol"},
	{"survey-ns/frame", "lower", Time, "server's cost per frame by the formula of the published survey: wall time, of paced frames less the gaps"},
	{"late-p50-ns", "lower", Time, "how late a paced frame was sent"},
	{"late-p99-ns", "lower", Time, "how late a paced frame was sent"},
	{"late-max-ns", "lower", Time, "how late a paced frame was sent"},

	{"offered/s", "", Rate, "requests that were due per second, until the last of them was"},
	{"accepted/s", "higher", Rate, "connections that the server accepted per second: those that stood, less those that waited in the accept queue"},
	{"done/s", "higher", Rate, "requests that were answered per second"},
	{"knee/s", "higher", Rate, "requests per second from which the 99th percentile of the latency rises"},
	{"below-knee/s", "higher", Rate, "most requests per second at which it had not risen"},
	{"base-p99-ns", "lower", Time, "99th percentile of the latency that knee/s compares with"},
	{"cpu-ns/req", "lower", Time, "server's CPU time, user and system, per request answered"},
	{"ctxsw/req", "lower", Count, "context switches of the server's threads per request answered"},
	{"gen-cpu-ns/req", "lower", Time, "the generator's CPU time per request answered"},
	{"resumed-share", "", Ratio, "share of the handshakes of TLS that resumed a session"},
	{"cpu-ns/handshake", "lower", Time, "server's CPU time, user and system, per handshake of TLS, connecting and ending included"},
	{"gen-cpu-ns/handshake", "lower", Time, "the generator's CPU time per handshake of TLS"},
	{"cpus", "lower", Count, "CPUs that the server used"},
	{"work-ns", "", Time, "CPU time of one piece of work, by the clocks of the threads of wsbench's server"},
	{"offered-conns", "", Count, "requests that were due so far"},
	{"done-conns", "higher", Count, "requests that were answered so far"},
	{"refused-conns", "lower", Count, "connections that the server's host refused"},
	{"unanswered-conns", "lower", Count, "requests not answered when the last of them was due"},
	{"waiting-conns", "lower", Count, "connections that waited in the accept queue"},
	{"most-waiting-conns", "lower", Count, "most connections that waited in the accept queue at a time"},
	{"backlog-conns", "", Count, "connections that the accept queue holds"},
	{"overflows", "lower", Count, "connections that the kernel turned away because an accept queue was full, of the whole network namespace"},

	{"failed/op", "lower", Count, "cases of the protocol that failed strictly"},
	{"autobahn-failed/op", "lower", Count, "cases of the protocol that failed by Autobahn's verdict"},

	{"errors/msg", "lower", Count, "system calls that failed, however"},
	{"EAGAIN/msg", "lower", Count, "calls that found a descriptor not ready; not of futex, whose EAGAIN means that a word has changed"},
	{"frames/wait", "higher", Count, "messages per call of epoll_wait or io_uring_enter that returned something"},
	{"syscall-ns/msg", "lower", Time, "time in system calls, from entry to return; of strace -c without -w system time"},
	{"signals/msg", "lower", Count, "signals delivered"},
	{"cycles/msg", "lower", Count, "CPU cycles"},
	{"instructions/msg", "lower", Count, "instructions retired"},
	{"branches/msg", "lower", Count, "branches"},
	{"branch-misses/msg", "lower", Count, "branches predicted wrong"},
	{"cache-references/msg", "lower", Count, "accesses to the last level cache"},
	{"cache-misses/msg", "lower", Count, "accesses that missed the last level cache"},
	{"migrations/msg", "lower", Count, "moves of a thread to another CPU"},
	{"faults/msg", "lower", Count, "page faults"},
	{"minor-faults/msg", "lower", Count, "page faults served from memory"},
	{"major-faults/msg", "lower", Count, "page faults that read from a disk"},
	{"cpu-percent", "", Count, "percentage of the server's CPU time"},
	{"flat-share", "", Ratio, "share of all samples that were taken in the function itself"},
	{"cum-share", "", Ratio, "share of all samples that were taken in the function or what it calls"},
	{"accepted-conns", "", Count, "connections that the server accepted"},
	{"open-conns", "", Count, "of those, still open"},
	{"frames", "", Count, "whole frames that the server handled"},
	{"bytes", "", Bytes, "bytes that the server received"},
	{"recvs", "", Count, "recv calls"},
	{"sends", "", Count, "send and writev calls"},
	{"waits", "", Count, "epoll_wait or io_uring_enter calls"},
	{"calls", "", Count, "system calls of these kinds"},
	{"EAGAINs", "", Count, "of those, the ones that found a socket not ready"},
	{"pauses", "lower", Count, "times a connection was not read from until its peer took its answers"},

	{"ns", "", Time, "time"},
	{"ns/call", "lower", Time, "time per system call"},
	{"ns/msg", "lower", Time, "time per message"},
	{"ns/frame", "lower", Time, "time per frame"},
	{"ns/B", "lower", Time, "time per byte of payload"},
	{"ns/event", "lower", Time, "time per event that epoll_wait returned"},
	{"MB/s", "higher", Rate, "as B/s, of go test"},
	{"B/op", "lower", Bytes, "bytes allocated per operation"},
	{"conns/op", "", Count, "connections looked at per operation"},
	{"touched-B", "", Bytes, "bytes of receive buffers that the messages of all connections touch"},
	{"ratio", "", Ratio, "a value divided by the reference's"},
	{"share", "", Ratio, "a part, of 1"},
	{"allocs/op", "lower", Count, "allocations per operation"},
}

// UnitOf returns the unit of a name: the registered one; the part of one in a
// mode of the CPU, such as user-cycles/msg; one of a whole capture, such as
// syscalls/capture; a sum over the samples of a pprof profile, such as
// cpu-nanoseconds; else one whose kind follows from the name's form, such as
// Time of p75-ns and ns/read, and whose better direction is not known.
func UnitOf(name string) Unit {
	if i := order(name); i < len(Units) {
		return Units[i]
	}
	for _, d := range derived {
		if from, ok := d.from(name); ok {
			if u := UnitOf(from); u.Meaning != "" {
				return Unit{name, u.Better, u.Kind, u.Meaning + d.meaning}
			}
		}
	}
	for suffix, kind := range map[string]Kind{"-nanoseconds": Time, "-bytes": Bytes, "-count": Count} {
		if strings.HasSuffix(name, suffix) {
			return Unit{Name: name, Kind: kind, Meaning: "sum over the samples of a profile"}
		}
	}
	return Unit{Name: name, Kind: kindOf(name)}
}

// derived are units that are made of others.
var derived = []struct {
	from    func(name string) (unit string, ok bool)
	meaning string
}{
	{func(name string) (string, bool) { return strings.CutPrefix(name, "user-") }, ", in user mode"},
	{func(name string) (string, bool) { return strings.CutPrefix(name, "sys-") }, ", in the kernel"},
	{func(name string) (string, bool) {
		quantity, ok := strings.CutSuffix(name, "/capture")
		return quantity + "/msg", ok
	}, ", of the whole capture"},
}

// order returns the index of a name in Units; len(Units) if it is not there.
func order(name string) int {
	if i := slices.IndexFunc(Units, func(u Unit) bool { return u.Name == name }); i >= 0 {
		return i
	}
	return len(Units)
}

func kindOf(name string) Kind {
	quantity, per, _ := strings.Cut(name, "/")
	switch {
	case per == "s":
		return Rate
	case quantity == "ns" || strings.HasSuffix(quantity, "-ns"):
		return Time
	case quantity == "B" || strings.HasSuffix(quantity, "-B"):
		return Bytes
	case strings.HasSuffix(quantity, "share") || strings.HasSuffix(quantity, "ratio"):
		return Ratio
	}
	return Count
}

// inOrder returns the names of values as a line has them.
func inOrder(values map[string]float64) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := order(a) - order(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names
}
