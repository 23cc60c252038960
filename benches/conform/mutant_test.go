package conform

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A server that keeps to the rules passes every case, so that each can be
// passed.
func TestHonest(t *testing.T) {
	cases := Cases()
	if testing.Short() || raced {
		cases = slices.DeleteFunc(cases, slow)
	}
	for _, r := range runAll(t, listen(t, (&honest{}).serve), cases) {
		if !r.Strict() {
			t.Errorf("%s", r.Detail())
		}
	}
}

// mutant is a server with one fault.
type mutant struct {
	server honest
	// caught are the cases that must find the fault. An id behind "!" is of a
	// case that only the strict verdict fails.
	caught string
	// recorded is the fault's name in testdata/faults.txt; "": it is not there.
	recorded string
}

// legal are servers that do what RFC 6455 leaves to them, and so are not
// caught.
var legal = map[string]mutant{
	"fragments":                {honest{echo: func(c *session, op uint8, p []byte) { inFragments(c, op, p, (len(p)+1)/2) }}, "", "fragments"},
	"many fragments":           {honest{echo: func(c *session, op uint8, p []byte) { inFragments(c, op, p, 3) }}, "", "manyfragments"},
	"a ping between fragments": {honest{echo: pingBetween}, "", ""},
	"unasked pings":            {honest{echo: func(c *session, op uint8, p []byte) { c.write(ping, nil); c.write(op|fin, p) }}, "", "extraping"},
	"unasked pings and pauses": {honest{echo: slowly}, "", ""},
	"closes by code":           {honest{closed: codeOnly}, "", "ok"},
	"closes by code, reason":   {honest{closed: func(c *session, p []byte) { c.write(shut, p) }}, "", "echoreason"},
	"closes without a code":    {honest{closed: func(c *session, _ []byte) { c.write(shut, nil) }}, "", "replyempty"},
	"closes with 1000":         {honest{closed: func(c *session, _ []byte) { c.write(shut, []byte(closePayload(1000, ""))) }}, "", "reply1000"},
	"closes with a reason":     {honest{closed: func(c *session, _ []byte) { c.write(shut, []byte("\x03\xE8bye")) }}, "", ""},
	"refuses without a code":   {honest{fail: func(c *session, _ int) { c.write(shut, nil) }}, "", "emptyclose"},
	"ends TCP at once":         {honest{end: func(c *session) { c.Close() }}, "", "nodrain"},
}

// What RFC 6455 leaves to the server is not held against it.
func TestLegal(t *testing.T) {
	for name, m := range legal {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range runAll(t, listen(t, m.server.serve), selected(t, "1.*.2", "2.2", "2.9", "5.3", "5.6", "6.2", "7.3.1", "7.3.3", "7.7", "x.1", "x.9.1")) {
				if !r.Strict() || r.Behavior != OK || r.Close != OK {
					t.Errorf("%s", r.Detail())
				}
			}
		})
	}
}

// mutants are servers that do something wrong.
var mutants = map[string]mutant{
	"drops TCP instead of failing": {honest{fail: func(c *session, _ int) { c.Close() }},
		"!2.5 !3.1 !4.1.1 !5.1 !6.3.1 !6.4.1 !7.3.2 !7.5.1 !7.9.1 !x.2.1 !x.3.1 !x.8.1", "droperr"},
	"drops TCP instead of answering": {honest{closed: func(c *session, _ []byte) { c.Close() }}, "1.1.1 7.3.3 7.7.1", "dropreply"},
	"drops TCP instead of closing": {honest{fail: func(c *session, _ int) { c.Close() }, closed: func(c *session, _ []byte) { c.Close() }},
		"1.1.1 !3.1 !6.3.1 7.3.3", "dropall"},
	"resets TCP instead of closing": {honest{fail: func(c *session, _ int) { reset(c) }, closed: func(c *session, _ []byte) { reset(c) }}, "1.1.1 !3.1 7.3.3", "rst"},
	"drops TCP instead of echoing":  {honest{echo: func(c *session, _ uint8, _ []byte) { c.Close() }}, "1.1.1 5.3", ""},
	"drops TCP within a frame":      {honest{echo: func(c *session, _ uint8, _ []byte) { c.Write([]byte{text, 5, 'h'}); c.Close() }}, "1.1.1 1.2.3", ""},
	"hangs instead of failing":      {honest{fail: func(c *session, _ int) { time.Sleep(30 * time.Second) }}, "2.5 3.1 6.3.1 7.3.2 x.2.1", "hang"},
	"is slow with large texts":      {honest{echo: quadratic}, "1.1.6 9.1.1", "failfast"},
	"corrupts one byte":             {honest{echo: func(c *session, op uint8, p []byte) { c.write(op|fin, corrupted(p)) }}, "1.1.2 1.2.7 5.3 6.2.3 10.1.1 !9.1.1 !9.4.1 !9.8.3", "flip"},
	"corrupts large messages":       {honest{echo: corruptLarge}, "1.1.6 1.2.8 10.1.1 !9.1.1", "fliplarge"},
	"loses the last byte":           {honest{echo: func(c *session, op uint8, p []byte) { c.write(op|fin, p[:max(len(p)-1, 0)]) }}, "1.1.2 9.1.1", "drop1"},
	"echoes text as binary":         {honest{echo: func(c *session, _ uint8, p []byte) { c.write(bin, p) }}, "1.1.2 9.1.1 9.7.1", ""},
	"swaps text and binary":         {honest{echo: func(c *session, op uint8, p []byte) { c.write((opText+opBinary-op)|fin, p) }}, "1.1.2 1.2.1 9.1.1 9.2.1", "swapop"},
	"echoes twice":                  {honest{echo: func(c *session, op uint8, p []byte) { c.write(op|fin, p); c.write(op|fin, p) }}, "1.1.1 !9.7.2", "dupmsg"},
	"echoes nothing":                {honest{echo: func(*session, uint8, []byte) {}}, "1.1.2 7.1.1", ""},
	"masks its frames":              {honest{put: masked}, "1.1.1 1.2.1", "masked"},
	"writes lengths too long":       {honest{put: longest}, "1.1.1 1.2.1", "longlen"},
	"sets RSV1":                     {honest{put: reserved}, "1.1.1", "rsv"},
	"sends text that is none":       {honest{echo: func(c *session, op uint8, p []byte) { c.write(text, []byte("\xC0")) }}, "1.1.1", ""},
	"closes after an echo":          {honest{echo: func(c *session, op uint8, p []byte) { c.write(op|fin, p); c.violated(1000) }}, "9.7.1", "closeafter"},
	"pongs twice":                   {honest{pong: func(c *session, p []byte) { c.write(pong, p); c.write(pong, p) }}, "2.10 5.6", "duppong"},
	"pongs not":                     {honest{pong: func(*session, []byte) {}}, "2.1 2.10 5.6", "nopong"},
	"pongs without payload":         {honest{pong: func(c *session, _ []byte) { c.write(pong, nil) }}, "2.2 2.9", "emptypong"},
	"pongs upon pongs":              {honest{ponged: func(c *session, p []byte) { c.write(pong, p) }}, "2.7 2.9", "pongpong"},
	"pongs late":                    {honest{pong: pongLate}, "2.10 5.6", "latepong"},
	"closes with a wrong code":      {honest{fail: failBy(1008)}, "2.5 3.1 6.3.1 7.9.1 x.2.1", ""},
	"closes with 1000 upon faults":  {honest{fail: failBy(1000)}, "2.5 3.1 6.3.1 7.9.1 x.2.1", "code1000err"},
	"closes with 1011 upon faults":  {honest{fail: failBy(1011)}, "2.5 3.1 6.3.1 7.9.1 x.2.1", "code1011"},
	"closes text with 1002":         {honest{fail: failBy(1002)}, "6.3.1 6.4.1", "code1002"},
	"closes with a forbidden code":  {honest{fail: failBy(1006)}, "3.1", ""},
	"closes by a frame of one byte": {honest{fail: func(c *session, _ int) { c.write(shut, []byte{3}) }}, "3.1", ""},
	"answers closing by 1001":       {honest{closed: func(c *session, _ []byte) { c.write(shut, []byte(closePayload(1001, ""))) }}, "1.1.1 7.1.2 7.3.3 7.7.1", ""},
	"answers closing late":          {honest{closed: func(c *session, p []byte) { time.Sleep(4 * time.Second); c.write(shut, p) }}, "1.1.1 7.3.3", ""},
	"answers closing twice":         {honest{closed: func(c *session, p []byte) { c.write(shut, p); c.write(shut, p) }}, "!1.1.1 !7.3.3", ""},
	"sends a pong behind its close": {honest{put: func(c *session, first uint8, p []byte) { c.send(first, p); behind(c, first, pong) }}, "1.1.1 3.1 6.3.1", ""},
	"sends a text behind its close": {honest{put: func(c *session, first uint8, p []byte) { c.send(first, p); behind(c, first, text) }}, "1.1.1 3.1 6.3.1 !9.1.1", "aftermath"},
	"ends TCP late":                 {honest{end: func(*session) { time.Sleep(4 * time.Second) }}, "1.1.1 3.1 7.3.3", "slowfin"},
	"ends TCP very late":            {honest{end: func(*session) { time.Sleep(20 * time.Second) }}, "1.1.1 3.1 7.3.3", "nofin"},
	"resets TCP":                    {honest{end: reset}, "!1.1.1 !3.1 !7.3.3", ""},
	"pongs behind the close":        {honest{after: func(c *session, f *received) { c.write(pong, nil) }}, "7.1.3", ""},
	"echoes behind the close":       {honest{after: func(c *session, f *received) { c.write(text, nil) }}, "7.1.4", ""},
	"checks no close frame":         {honest{without: []string{"close code", "close reason", "close size"}, closed: func(c *session, p []byte) { c.write(shut, p) }}, "7.3.2 7.5.1 7.9", "nochecks"},
}

// rules are those that a server may lack, the cases that must find it, and its
// name in testdata/faults.txt.
var rules = map[string][2]string{
	"rsv":                       {"3.1 3.2 3.3 3.4 3.5 3.6 x.8.1", "norsv"},
	"opcode":                    {"4", "noopcode"},
	"mask":                      {"x.3"},
	"minimal":                   {"x.2.1 x.2.2 x.2.3 x.2.4 x.2.5 x.2.6"},
	"minimal,control size":      {"x.2.9 x.2.10 x.2.11 x.2.12"},
	"top bit,minimal":           {"x.2.7 x.2.8"},
	"control fin":               {"5.1 x.7.6"},
	"control size":              {"2.5 7.3.6"},
	"control fin,control size":  {"2.5 5.1 7.3.6 x.7.6", "nocontrol"},
	"continuation":              {"5.9 5.10 5.11 5.17"},
	"interleaving":              {"5.18"},
	"continuation,interleaving": {"5.9 5.12 5.16 5.18", "nocont"},
	"close size":                {"7.3.2"},
	"close code":                {"7.9 7.13 x.1.4", "anycode"},
	"1012":                      {"x.1.1"},
	"close reason":              {"7.5.1 x.7.5"},
	"utf8,utf8 in frames,utf8 of fragments,close reason": {"6.3 6.4 6.6.1 6.12 6.15.1 6.21 7.5.1 x.5.5 x.6", "noutf8"},
	"utf8 in frames,utf8 of fragments":                   {"6.4 x.6", ""},
	"utf8 in frames":                                     {"6.4.3 6.4.4 x.6.4 x.6.5 x.6.6 x.6.7", "early"},
}

// allMutants are mutants, and the servers that lack rules.
func allMutants() map[string]mutant {
	all := map[string]mutant{}
	for name, m := range mutants {
		all[name] = m
	}
	for lacks, r := range rules {
		all["without "+lacks] = mutant{honest{without: strings.Split(lacks, ",")}, r[0], r[1]}
	}
	return all
}

// Each fault is found by the cases that are there for it.
func TestMutants(t *testing.T) {
	for name, m := range allMutants() {
		bubble(t, name, func(t *testing.T) { catch(t, &m) })
	}
}

// bubble runs a test in time of its own, which passes while all wait.
func bubble(t *testing.T, name string, f func(*testing.T)) {
	t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) { synctest.Test(t, f) })
}

func catch(t *testing.T, m *mutant) {
	for id := range strings.FieldsSeq(m.caught) {
		id, only := strings.CutPrefix(id, "!")
		for _, c := range selected(t, id) {
			r := meet(&c, &m.server, termsOf(DefaultTimeout, false))
			passed := (r.Behavior == OK || r.Behavior == Informational) && (r.Close == OK || r.Close == Informational)
			switch {
			case r.Strict():
				t.Errorf("case %s finds nothing: %s", c.ID, r.Came)
			case only && !passed:
				t.Errorf("case %s: Autobahn's verdict is %s, closing %s; OK is due\n%s", c.ID, r.Behavior, r.Close, fmt.Sprint(r.Faults))
			case !only && passed && !c.Informational:
				t.Errorf("case %s: Autobahn's verdict is OK, a failure is due\n%s", c.ID, r.Detail())
			}
		}
	}
}

// TCP that ends by RST is told from one that ends by FIN on sockets, too.
func TestReset(t *testing.T) {
	for _, r := range runAll(t, listen(t, (&honest{end: reset}).serve), selected(t, "1.1.1", "3.1", "7.3.3")) {
		if r.Strict() {
			t.Errorf("case %s finds nothing: %s", r.Case.ID, r.Came)
		}
	}
}
