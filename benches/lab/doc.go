// Package lab runs servers as processes under load, run by run, and writes what
// came of it into a results file.
//
// # A session
//
// A Plan has servers, cases and a Probe, which is what one run does to a server
// and measures of it. A block is one case in one round: every server has one run
// in it, in an order drawn from the seed. Values are compared only within a
// block, so that the host's drift, which is slower than a block, falls out. The
// reference runs as two processes, A and A/A: what those two differ in is what
// the session takes for noise.
//
// A run with interference, or in which the generator set the pace, is discarded, and
// with it the pairs that it is part of: a comparison loses both values whichever of
// the two was harmed. In a session with a number of rounds its whole block is first
// repeated, once, where there is time. Interference is what the threads of server
// and generator waited for a CPU beyond what is usual for the server. CPU time per
// message hardly depends on it: in a recorded session, 605 runs that waited for 2 %
// of their time or more took 0.5 % ± 0.4 % more than the others of their blocks. Of
// msg/s they lost about the share that they waited: 212 runs that waited for 2 to 4 %
// lost a median of 2 %, 100 of 4 to 7 % lost 4 %, and 51 of 7 to 10 % lost 7 %, beside
// a spread of 11 % among all. Runs up to the limit are judged by msg/s all the same:
// what a server loses of it by waiting is small beside that spread, but no part of its
// cost; CPU time per message is judged first.
//
// All servers are started anew for each of ten epochs or more, up to 64 where
// that takes little time, so that what a start decides, such as the layout of
// memory, is drawn as often. A session that stands for several has as many times as many.
// The file has a line STEAL for each start: the share of the CPUs' time that the
// hypervisor gave to others until the next, where the kernel tells.
//
// With the probe Echo every server is one process on the server's CPUs, with one
// group of connections per case open to it from the generator's. All are stopped
// by SIGSTOP but the one that is measured. Observed servers share the process of
// those that differ from them in nothing else.
//
// A server that is not the reference's must echo a text and a binary message before
// the first run; see Session.KeepGoing. What a server has started is known by a
// variable of its environment, WSBENCH_SERVER, and ends with it, whatever session
// it has gone to.
//
// # Looks
//
// Comparisons are judged while they are measured: after a quarter of the session, a
// half, and at the end. A look before the end needs ten starts of the servers, each of
// which counts as one; where these take long, there are ten in all, and the only look
// is the one at the end. One that is decided by all units leaves the
// plan: its server has no more runs under the case, and the reference has them as long
// as something else is compared with it there. The error of a family is spent over the
// looks, so that three are no more often wrong than one; see stat.Looks. The file has
// a line LOOK for each, and verdicts are made again from it and the samples.
//
// # Rates
//
// At a rate messages are sent on a schedule, whatever the server does: all servers
// do the same work, and latency counts from when a message was due. Where the rate is a
// share, what the first server echoes in a closed loop is measured first, for 2 s of
// each case. A case of which that is not known, or in which fewer than 10
// messages would be due in a run, is left out. So is a server that does not keep the
// rate for 5 runs on end.
//
// # Segments
//
// A case with the key segment has its messages cut into sends of at most so many
// bytes, with the time gap between two sends of a connection if it has that key; see
// load.Segment. Latency ends with the last byte of the echo.
//
// # System calls
//
// syscalls/msg are the calls that wsbench's server counts itself, in memory that the
// session reads too (-counters). all-syscalls/msg are all calls of the threads of any
// server, counted by the kernel in a run of 20 ms apart, which is repeated after each
// ten runs. Tracing takes time, so that nothing else is read from that run. Hosts
// that do not permit it have no such value, and a note.
//
// # TLS
//
// A server speaks TLS if its URL is wss://, if its command has the mark {tls-port}, or
// if wsbench's server says so in its first line. Clients take any certificate of a
// server that the session has started, since what listens there is what it has started,
// and judge that of another by its Offer. With the probe Chunk what is one send of a
// plain connection is one or more records; the floor of its null sink is plain all the
// same. The probe Accept, and profiles whose connections end, are plain.
//
// # Idle connections
//
// With the probe Idle every run has a process of its own: a heap that has grown
// does not shrink at once, so that further connections to the same process would
// find the memory of the first ones. One run is:
//
//   - a first connection with an echo is opened and closed, so that what a
//     server makes for the first one counts as the empty server's;
//   - after a time to settle the resident set is read, then the CPU clock;
//   - the connections are opened, 32 at a time, each with its opening handshake
//     and one echo of a short text, and the CPU clock is read again;
//   - after a time to settle, without any message, the resident set is read;
//   - some connections, drawn at random, must echo once more.
//
// The resident set is Rss of /proc/PID/smaps_rollup, of the server and its
// descendants: the kernel counts it page by page, where statm's running count
// may be off by more than 20 bytes per connection. It is memory of the process
// alone. What the kernel keeps of a connection, which is more (the socket, its
// buffers, an entry of epoll or a request of io_uring), is the same for every
// server, or nearly, and in no process's resident set. The server is not asked
// to collect garbage or to give memory back: what it has not done by itself
// after that time counts.
//
// The CPU time of opening depends on how many connections come at a time; a
// server that is woken for each one by one needs more.
//
// # Tiny frames
//
// With the probe Chunk a run is one connection that sends the frames of its case
// and waits for the answer:
//
//   - a connection is opened; the server's CPU time is read before and after a
//     time in which nothing is sent, which is its idle rate;
//   - a fifth of the frames, 1,000 to 50,000, is sent over another connection, to
//     warm the server;
//   - the CPU time is read again, before the first frame and after the whole
//     answer;
//   - the same frames, 1,000,000 at most and 2,000 paced ones, are sent to a null
//     sink on the server's CPU, which reads and discards them.
//
// CPU time is that of the server's control group, where it is alone in one, else
// of its processes; a note says which. How late paced frames were sent is in
// pacing.hlog, of the form of latency.hlog.
//
// # The accept queue
//
// With the probe Accept every run has a process of its own, and is requests at a
// rate, each on a connection of its own, whatever the server does (an open loop).
// One thread sends them and takes the answers. It closes each connection by a
// reset, so that no port stays in TIME_WAIT and one source address suffices. It has
// as many connections at a time as it has descriptors, 16,384 at most; a run that
// lacked some is discarded. After the last request answers are awaited for a time;
// what is not answered then counts with the latency that it has by then.
//
// At each point of the series the accept queues of the sockets that listen on the
// server's address are read by sock_diag, of this network namespace. What the
// server has accepted is what stands, as the generator sees it, less what waits
// there.
//
// A search doubles the rate until the 99th percentile has risen, twice in a row,
// and halves the gap, in ratios, down to 10 %. The server comes to rest between two
// steps. Each round searches anew.
//
// # What a session writes
//
// A folder with bench.txt, in the format that package results describes, and
// latency.hlog, the latencies of all echoes of the samples: an HDR interval log
// with one histogram in ns per server and case, its samples merged, tagged by
// the benchmark's name. It is replaced as a whole after each round and at the
// end, so that an interrupted session has those of its whole rounds at least.
//
// Units per message are divided by the messages echoed in the measured window;
// syscalls/msg and frames/recv, which wsbench's server counts itself, by the
// frames of the whole run, warm-up and drain included. syscalls/msg is absent
// where the server does not see its waiting (io=net). The kernel samples in ticks
// of up to 10 ms whether a process is in user or system mode, so that
// user-ns/msg, sys-ns/msg and gen-user-ns/msg are absent below windows of 500 ms.
//
// The file configuration has facts of the host (see package host) and of the
// session: go, commit and dirty (what wsbench itself was built from, or unknown
// and the reason), server-cpu, load-cpu, seed, date. To compare two sessions with
// benchstat, pass -ignore commit,dirty,seed,date.
//
// # CPUs
//
// External servers are confined to the server's CPUs. wsbench's own pin their
// loops there and have the Go runtime's own threads on the others (-background
// apart); where external servers take part, all are confined alike
// (-background same). A note in the file says which.
//
// # Time
//
// A session without a number of rounds has as many as end before its deadline.
// One with both repeats no more blocks when the deadline nears, and then drops
// rounds from the last; a note says how many were measured.
package lab
