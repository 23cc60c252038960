package conform

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// The rules of both verdicts, the first that applies. Fault is part of what
// the strict one says; "" is OK.
func TestJudge(t *testing.T) {
	hi, ho := textEvent("hi"), textEvent("ho")
	clean := record{got: events(hi), first: Us, sent: true, came: true, code: 1000}
	failed := record{first: Peer, sent: true, came: true, code: 1002}
	with := func(r record, change func(*record)) record { change(&r); return r }
	n := Case{Want: events(hi), Close: normal, Timer: kill(1)}
	p := Case{Want: nil, NonStrict: [][]Event{{hi}}, Close: protocolError, Timer: kill(1)}
	u := Case{Close: invalidData, Timer: kill(1)}
	length := n
	length.LengthOnly = true
	trips := length
	trips.Want = events(hi, ho)
	informs := n
	informs.Informational = true
	a := Case{Want: events(hi), Close: answered, Timer: kill(1)}
	po := pongEvent("p")
	apart := Case{Want: events(hi, po, ho), PongsApart: true, Close: normal, Timer: kill(1)}
	strict := apart
	strict.PongsApart = false
	got := func(list ...Event) record { return with(clean, func(r *record) { r.got = list }) }
	for name, tt := range map[string]struct {
		c        Case
		r        record
		server   bool
		behavior Verdict
		closing  Verdict
		fault    string
	}{
		"clean":                 {n, clean, false, OK, OK, ""},
		"no code":               {n, with(clean, func(r *record) { r.code = 0 }), false, OK, OK, ""},
		"pong in its place":     {apart, got(hi, po, ho), false, OK, OK, ""},
		"pong overtakes":        {apart, got(po, hi, ho), false, NonStrict, OK, ""},
		"pong comes late":       {apart, got(hi, ho, po), false, NonStrict, OK, ""},
		"pong is missing":       {apart, got(hi, ho), false, Failed, OK, "2 of 3 events"},
		"messages change place": {apart, got(ho, po, hi), false, Failed, OK, "byte 1"},
		"pong must keep place":  {strict, got(po, hi, ho), false, Failed, OK, "pong"},
		"refused":               {n, record{refused: errors.New("no")}, false, Failed, Failed, "no"},
		"nothing came":          {n, with(clean, func(r *record) { r.got = nil }), false, Failed, OK, "0 of 1 events"},
		"something else":        {n, with(clean, func(r *record) { r.got = events(ho) }), false, Failed, OK, "byte 1 of the payload is 0x6f, want 0x69"},
		"too much":              {n, with(clean, func(r *record) { r.got = events(hi, ho) }), false, Failed, OK, "more came"},
		"length alone":          {length, with(clean, func(r *record) { r.got = events(ho) }), false, OK, OK, "byte 1"},
		"it closed":             {n, with(clean, func(r *record) { r.first = Peer }), false, OK, Failed, "it closed the connection first"},
		"it dropped TCP":        {n, record{got: events(hi)}, false, OK, Failed, "without a close frame"},
		"it dropped TCP later":  {n, record{got: events(hi), first: Us, sent: true}, false, OK, Unclean, "without a close frame"},
		"it kept TCP":           {n, with(clean, func(r *record) { r.end = impatient }), false, OK, Unclean, "did not end TCP"},
		"it kept TCP, timer":    {n, with(clean, func(r *record) { r.end = dropped }), false, OK, FailedByClient, "did not end TCP"},
		"client kept TCP":       {n, with(clean, func(r *record) { r.end = impatient }), true, OK, OK, ""},
		"it reset TCP":          {n, with(clean, func(r *record) { r.end = byRST }), false, OK, OK, "RST"},
		"client reset TCP":      {n, with(clean, func(r *record) { r.end = byRST }), true, OK, OK, ""},
		"wrong code":            {n, with(clean, func(r *record) { r.code = 1001 }), false, OK, WrongCode, "close code 1001, want 1000"},
		"code 0":                {n, with(clean, func(r *record) { r.code, r.badCode = 0, true }), false, OK, WrongCode, ""},
		"timer's code returned": {n, with(clean, func(r *record) { r.got, r.code, r.gaveUp = events(ho), 1001, true }), false, Failed, WrongCode, "byte 1"},
		"round trips":           {trips, with(clean, func(r *record) { r.got = events(hi, ho, hi) }), false, OK, OK, "more came"},
		"round trips, one bad":  {trips, with(clean, func(r *record) { r.got = events(hi, ho, textEvent("")) }), false, Failed, OK, "more came"},
		"length, then another":  {length, with(clean, func(r *record) { r.got = events(ho, textEvent("")) }), false, OK, OK, "byte 1"},
		"wrong code counts":     {a, with(clean, func(r *record) { r.code = 1001 }), false, Failed, WrongCode, "close code 1001"},
		"bytes behind":          {n, with(clean, func(r *record) { r.extra = 2 }), false, OK, OK, "2 bytes"},
		"within a frame":        {n, record{cut: true}, false, Failed, Failed, "within a frame"},
		"out of time":           {n, with(clean, func(r *record) { r.end = tooLate }), false, OK, Unclean, "within its time"},
		"timer":                 {n, record{first: Us, sent: true, expired: 3 * time.Second, end: dropped}, false, Failed, Unclean, "nothing ended it within 3s"},
		"breach":                {n, record{first: Us, sent: true, breach: errText, end: dropped}, false, Failed, Unclean, "it sent a text message that is not UTF-8"},
		"informational":         {informs, clean, false, Informational, Informational, ""},
		"informational, judged": {informs, record{}, false, Informational, Informational, "0 of 1"},
		"failed":                {p, failed, false, OK, OK, ""},
		"failed, non-strictly":  {p, with(failed, func(r *record) { r.got = events(hi) }), false, NonStrict, OK, "more came"},
		"failed, dropped TCP":   {p, record{}, false, OK, OK, "without a close frame"},
		"failed, kept TCP":      {p, with(failed, func(r *record) { r.end = dropped }), false, OK, FailedByClient, "did not end TCP"},
		"not failed":            {p, record{first: Us, sent: true, expired: 3 * time.Second, came: true, code: 1001}, false, OK, Failed, "nothing ended it"},
		"not failed, text":      {u, record{first: Us, sent: true, expired: 3 * time.Second, came: true, code: 1001}, false, Failed, Failed, "nothing ended it"},
		"failed, wrong code":    {u, failed, false, OK, WrongCode, "close code 1002, want 1007"},
	} {
		r := judge(&tt.c, tt.r, tt.server)
		faults := strings.Join(r.Faults, "; ")
		if r.Behavior != tt.behavior || r.Close != tt.closing || r.Strict() != (tt.fault == "") || !strings.Contains(faults, tt.fault) {
			t.Errorf("%s: %s, %s, %q; want %s, %s, %q", name, r.Behavior, r.Close, faults, tt.behavior, tt.closing, tt.fault)
		}
	}
}

// A case that ended before any close frame was due tells no time that it waited
// for one.
func TestEndedBeforeClosing(t *testing.T) {
	var p player
	p.drop(tooLate)
	if p.rec.waited != 0 {
		t.Errorf("waited %v", p.rec.waited)
	}
}
