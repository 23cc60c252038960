// Package load is the load generator: it opens WebSocket connections to an
// echo server, keeps a number of messages in flight on each (a closed loop) or
// sends them on a schedule (an open loop), checks what comes back and measures
// how long it took.
//
// Open connects and does the opening handshakes; each Group.Run measures one
// window on the same connections; Group.Close ends them. A Report puts a
// Result in words, in the Go benchmark format, in JSON or in an HDR log.
//
// Latency. In an open loop a message is due by the schedule, whatever became of
// those before it, and its latency counts from that time: the wait for a
// connection that has its depth in flight, or whose socket is full, is part of
// it. A message belongs to the window in which it was due. Those that were due
// in the window are sent and recorded after its end too, until the last is back
// or Config.Grace is over; those that were due before it are not recorded,
// whenever they come. So percentiles are of all messages due in the window but
// Result.Unanswered, which make the result invalid: of each it is known only
// that it took longer. The rate is that of the same messages over the window
// (Result.Messages by Result.Window), so a server that answered all that was due
// has the rate that was asked for. CPU time is counted through window and
// overtime (Result.Elapsed). It is given per echo that came in that time, which
// the last of the warm-up are among (Result.Completed).
//
// In a closed loop a message is sent when the one before it is back. A server
// that stalls is sent less, so its stall is one latency per message in flight and
// not one per message that would have come: percentiles of a closed loop say what
// the server does at full load, never what users at some rate would see. What
// comes within the window belongs to it.
//
// A generator disturbs what it measures by what it uses itself. So a
// thread has one epoll loop with raw system calls, frames are masked before the
// first is sent, the clock is read once per read event, and nothing is allocated
// per message: on loopback, with one message in flight, over 95 % of its CPU time is the
// kernel's. Result says what it used, and where that makes a figure unreliable.
//
// Over wss:// the dialers do the handshake of TLS 1.3 and hand its secrets over; the
// loops then open what they receive, in place, and seal what they send: a send is
// one record, or several of 16 KiB, and Segment cuts those. Session tickets are
// skipped, keys updated when the server asks for it. Connections with Turns are
// plain.
//
// Pings (Op parse.Ping) are answered by pongs with the same payload. A server
// may answer only the latest of several pings (RFC 6455, section 5.5.3), so a
// Depth above 1 suits only servers that answer each.
//
// Reflect is the opposite of load: a client that sends back what the server
// sends, for suites that test clients.
//
// Who does not need it: a test that wants a WebSocket client.
package load
