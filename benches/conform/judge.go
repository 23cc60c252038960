package conform

import (
	"fmt"
	"slices"
	"time"
)

// Verdict is Autobahn's verdict of behavior or closing.
type Verdict string

// The verdicts.
const (
	OK             Verdict = "OK"
	NonStrict      Verdict = "NON-STRICT"
	Informational  Verdict = "INFORMATIONAL"
	Failed         Verdict = "FAILED"
	Unclean        Verdict = "UNCLEAN"
	WrongCode      Verdict = "WRONG CODE"
	FailedByClient Verdict = "FAILED BY CLIENT"
)

// same reports whether got is what was wanted.
func same(want, got Event, lengthOnly bool) bool {
	return want.Kind == got.Kind && want.Data.N == got.Data.N && (lengthOnly || want.Data.equal(got.Data))
}

func sameList(want, got []Event, lengthOnly bool) bool {
	return slices.EqualFunc(want, got, func(w, g Event) bool { return same(w, g, lengthOnly) })
}

// behavior returns Autobahn's verdict on what came, given that on the closing.
func behavior(c *Case, r *record, closing Verdict) Verdict {
	switch {
	case r.refused != nil:
		return Failed
	case c.Informational:
		return Informational
	case c.Close.UsFails && r.first == Us, c.Close.CodeFails && closing == WrongCode:
		return Failed
	case c.LengthOnly && lengths(c, r.got), sameList(c.Want, r.got, c.LengthOnly):
		return OK
	case sameList(c.arranged(r.got), r.got, c.LengthOnly),
		slices.ContainsFunc(c.NonStrict, func(l []Event) bool { return sameList(l, r.got, c.LengthOnly) }):
		return NonStrict
	}
	return Failed
}

// lengths reports whether got satisfies Autobahn in a case of group 9. Where
// one message is due, one that is right suffices; of round trips, each is
// judged.
func lengths(c *Case, got []Event) bool {
	right := 0
	for _, e := range got {
		if same(c.Want[0], e, true) {
			right++
		}
	}
	return right >= len(c.Want) && (len(c.Want) == 1 || right == len(got))
}

// closeVerdict returns Autobahn's verdict on the closing: the first that
// applies. A peer that merely drops TCP fits where it is the peer who is to
// close. Our end of TCP counts as clean behind both close frames, unless the
// peer took too long over its own.
func closeVerdict(c *Case, r *record, server bool) Verdict {
	late := r.end == impatient || r.end == tooLate
	switch {
	case r.refused != nil:
		return Failed
	case c.Informational:
		return Informational
	case (r.first == Us) != (c.Close.By == Us):
		return Failed
	case c.Close.Clean && !(r.sent && r.came && (server || !late)):
		return Unclean
	case r.badCode || r.code != 0 && !slices.Contains(c.Close.Codes, r.code):
		return WrongCode
	case r.end.ours() && !server:
		return FailedByClient
	}
	return OK
}

// faults returns what the strict verdict finds wrong: nothing, if all is well.
// The cause comes first.
func faults(c *Case, r *record, server bool) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if r.refused != nil {
		return []string{r.refused.Error()}
	}
	if r.breach != nil {
		add("it sent %s", r.breach.what)
	}
	if want := c.arranged(r.got); !sameList(want, r.got, false) {
		add("%s", difference(want, r.got))
	}
	if r.end == tooLate {
		add("the case did not end within its time")
	}
	return append(list, closingFaults(c, r, server)...)
}

// closingFaults returns what is wrong with the end of the connection.
func closingFaults(c *Case, r *record, server bool) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	switch {
	case r.breach != nil:
		return nil // what else is wrong follows from it
	case r.expired > 0:
		add("nothing ended it within %v", r.expired)
	case r.first == Us && c.Close.By == Peer:
		add("it did not close the connection")
	case r.first == Peer && c.Close.By == Us:
		add("it closed the connection first")
	}
	switch {
	case r.cut:
		add("TCP ended within a frame")
	case !r.came && (r.end == byFIN || r.end == byRST):
		add("TCP ended without a close frame")
	case !r.came && r.waited == 0:
		add("no close frame came")
	case !r.came:
		add("no close frame came within %v", r.waited.Round(100*time.Millisecond))
	case r.code != 0 && !r.gaveUp && !slices.Contains(c.Close.Codes, r.code):
		add("close code %d, want %s", r.code, oneOf(c.Close.Codes))
	}
	switch {
	case r.extra > 0:
		add("%d bytes came behind its close frame", r.extra)
	case r.came && r.end == byRST && !server:
		add("TCP ended by RST instead of FIN")
	case r.came && r.end.ours() && !server:
		add("it did not end TCP within %v of the closing handshake", r.waited.Round(100*time.Millisecond))
	}
	return list
}

// Result is the outcome of a case.
type Result struct {
	Case     *Case
	Behavior Verdict       // Autobahn's
	Close    Verdict       // Autobahn's
	Faults   []string      // of the strict verdict; none is OK
	Came     string        // what came, in words
	Took     time.Duration // of the connection, its opening included; of a client's not
	NotRun   string        // why the case was not played; "": it was
}

// Strict reports whether the strict verdict is OK.
func (r *Result) Strict() bool { return len(r.Faults) == 0 && r.NotRun == "" }

func judge(c *Case, r record, server bool) Result {
	closing := closeVerdict(c, &r, server)
	return Result{
		Case: c, Behavior: behavior(c, &r, closing), Close: closing,
		Faults: faults(c, &r, server), Came: r.String(),
	}
}
