package conform

import "time"

// ending is how the TCP connection ended.
type ending uint8

const (
	byFIN     ending = iota // the peer's
	byRST                   // the peer's
	dropped                 // ours: the case's timer ended, or a violation came behind our close frame
	impatient               // ours: the peer's part of the closing handshake did not come
	tooLate                 // ours: the case's context was done
)

// ours reports whether it was us who ended TCP.
func (e ending) ours() bool { return e >= dropped }

// record is what was seen of a connection. As with Autobahn, events are also
// those behind a close frame, and pongs behind a violation.
type record struct {
	refused error // why it was not opened; nothing else is there then
	got     []Event
	first   Side // who sent the first close frame
	sent    bool // our close frame
	came    bool // the peer's, in time
	code    int  // of the peer's; 0: none
	badCode bool // it had one, which is 0
	breach  *violation
	expired time.Duration // how long the case's timer ran, if it ended the case
	gaveUp  bool          // our close frame is the timer's, of which the peer may return the code
	end     ending
	waited  time.Duration // where the end is ours, since the last close frame; 0: there was none
	cut     bool          // TCP ended within a frame
	extra   int64         // bytes behind the peer's close frame
}
