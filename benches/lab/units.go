package lab

// Unit is one unit of the samples, with the direction that is better.
type Unit struct {
	Name   string // as written in bench.txt
	Better string // "higher" or "lower"
	Is     string // what it measures
}

// Units is the vocabulary of the echo samples, in the order of a line.
var Units = []Unit{
	{"ns/op", "lower", "time between two echoes over all connections: 1e9 / (msg/s)"},
	{"B/s", "higher", "payload octets echoed a second"},
	{"msg/s", "higher", "messages echoed a second"},
	{"p50-ns", "lower", "latency from the send (closed loop) to the whole echo"},
	{"p90-ns", "lower", "latency"},
	{"p99-ns", "lower", "latency"},
	{"p99.9-ns", "lower", "latency"},
	{"max-ns", "lower", "latency"},
	{"cpu-ns/msg", "lower", "server's CPU time, user and system, from its CPU clock"},
	{"user-ns/msg", "lower", "user share of cpu-ns/msg, by the kernel's tick; of windows of 500 ms or more"},
	{"sys-ns/msg", "lower", "system share of cpu-ns/msg, by the kernel's tick; of windows of 500 ms or more"},
	{"ctxsw/msg", "lower", "context switches of the server's threads"},
	{"syscalls/msg", "lower", "recv, send and epoll_wait calls a frame, with io=uring those of io_uring_enter, as wsbench's server counts them; not of io=net, whose waiting package net hides"},
	{"frames/recv", "higher", "frames a recv call brought, as wsbench's server counts them"},
	{"gen-cpu-ns/msg", "lower", "the generator's CPU time"},
	{"gen-user-ns/msg", "lower", "user share of gen-cpu-ns/msg, by the kernel's tick; of windows of 500 ms or more"},
	{"observer-ns/msg", "lower", "CPU time of the program that observed the server"},
	{"rss-B", "lower", "server's resident memory at the end of the window, all cases' connections open"},
}

// ConnsUnits is the vocabulary of the samples of idle connections, in the order
// of a line.
var ConnsUnits = []Unit{
	{"B/conn", "lower", "server's resident memory an idle connection, less the empty server's"},
	{"cpu-ns/open", "lower", "server's CPU time, user and system, a connection opened and echoed once"},
	{"empty-B", "lower", "server's resident memory without a connection, after its first one"},
}

// ServerUnits are those of a reference server's counters, since it began.
// Which way is better is said of ratios alone.
var ServerUnits = []Unit{
	{"syscalls/msg", "lower", "system calls a frame"},
	{"EAGAIN/msg", "lower", "recv and send calls a frame that found the socket not ready"},
	{"frames/recv", "higher", "frames a recv call brought"},
	{"pauses", "lower", "times a connection was not read from until its peer took its answers"},
}

// ComponentUnits are those that the components' benchmarks report besides: of
// ns/op, B/s, B/op and allocs/op benchstat knows the direction.
var ComponentUnits = []Unit{
	{"ns/event", "lower", "time an event that epoll_wait returned took"},
	{"server-ns/msg", "lower", "of a message over a pair of sockets, the time within the receiving end's calls"},
}
