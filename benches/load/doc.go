// Package load is the load generator: it opens WebSocket connections to an
// echo server, keeps a number of messages in flight on each (a closed loop) or
// sends them on a schedule (an open loop), checks what comes back and measures
// how long it took.
//
// Open connects and does the opening handshakes; each Group.Run measures one
// window on the same connections; Group.Close ends them. A Report puts a
// Result in words, in the Go benchmark format, in JSON or in an HDR log.
//
// A generator disturbs what it measures by what it uses itself. Hence one
// epoll loop a thread with raw system calls, frames that are masked before the
// first is sent, one clock reading a read event, and no allocation a message:
// on loopback, with one message in flight, over 95 % of its CPU time is the
// kernel's. Result says what it used, and where that makes a figure doubtful.
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
