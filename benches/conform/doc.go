// Package conform tests a WebSocket endpoint from outside, over TCP: it plays
// cases, each one connection, and judges what comes back byte for byte.
//
// The cases 1.1.1 to 10.1.1 are the 301 of groups 1 to 10 of the Autobahn test
// suite, by their ids there, restated as data; those of group x are of this
// project and test what that suite lacks. The peer is an echo server, or
// (Server) a client that echoes.
//
// A case has two verdicts. Autobahn's is what that suite would say: behavior
// and closing, each OK, NON-STRICT, INFORMATIONAL or a failure. The strict one
// is this project's: behavior OK, and moreover contents compared where that
// suite compares lengths, a close frame wherever one is due where that suite
// is content with a TCP connection that drops, nothing behind the close frame,
// and a connection that ends by FIN, not RST.
//
// Autobahn reads on after a violation: it then counts pongs, a close frame and
// its code, but no messages; it drops TCP at the second violation. What comes
// behind the peer's close frame counts as what came before. Its verdicts on
// servers with one fault each are recorded in testdata/faults.txt, and a test
// compares them, case by case, with those of this package. They differ where
// agreement would be wrong or would serve nobody:
//
//	where           Autobahn                       here
//	time            gives a peer a second          gives it a twentieth of Config.Timeout, 3 s by default: the machine may be busy
//	a wrong event   waits for the case's timer     does at once what the timer does: the same verdict, sooner
//	a flood         reads without end              is cut off: 16 events or 64 KiB above twice what is due, 1000 pings
//	1012, 1013      invalid close codes            valid: IANA registered them after that suite was written
//	group x         has no such cases              what its rules say of them
//
// A server may answer messages later than pings that come behind them, as one does
// that hands messages to other goroutines. The cases x.9, of messages and pings in
// turn, take such pongs for NON-STRICT, and the strict verdict for OK.
//
// Two recorded verdicts are not followed: with reserved opcodes accepted, case
// 4.2.5 lacked the pong that 4.2.4 had, and 6.23.5, a valid text, ended
// unclean. Both look like a stall of the machine, of a second where
// milliseconds were due.
//
// A server that is not reached any more has died: the cases under way whose
// connections broke are told, those that are left are not run. One that comes
// back soon plays on.
//
// Frames are encoded and checked by the few lines of this package and not by
// packages parse and mask: the server under test uses those, and a fault on
// both sides would cancel out. Only the opening handshake is parse's.
//
// Who does not need it: a test of one's own handler. It judges the protocol.
package conform
