package conform

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
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

// What RFC 6455 leaves to the server is not held against it.
func TestLegal(t *testing.T) {
	for name, h := range map[string]*honest{
		"fragments": {echo: func(c *session, op uint8, payload []byte) {
			c.write(op, payload[:len(payload)/2])
			c.write(ping, []byte("between"))
			c.write(last, payload[len(payload)/2:])
		}},
		"closes without a code":    {closed: func(c *session, _ []byte) { c.write(shut, nil) }},
		"refuses without a code":   {fail: func(c *session, _ int) { c.write(shut, nil) }},
		"closes with 1000":         {closed: func(c *session, _ []byte) { c.write(shut, []byte("\x03\xE8bye")) }},
		"unasked pings and pauses": {echo: slowly},
		"ends TCP at once":         {end: func(c *session) { c.Close() }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range runAll(t, listen(t, h.serve), selected(t, "1.*.2", "2.2", "2.9", "5.3", "5.6", "6.2", "7.3.1", "7.3.3", "7.7", "x.1", "x.9.1")) {
				if !r.Strict() || r.Behavior != OK || r.Close != OK {
					t.Errorf("%s", r.Detail())
				}
			}
		})
	}
}

func slowly(c *session, op uint8, payload []byte) {
	c.write(ping, nil)
	time.Sleep(time.Millisecond)
	c.write(op|fin, payload)
}

// mutants are servers with one fault each, and the cases that must find it. An
// id behind "!" is of a case that only the strict verdict fails.
var mutants = map[string]struct {
	server honest
	caught string
}{
	"drops TCP instead of failing": {honest{fail: func(c *session, _ int) { c.Close() }},
		"!2.5 !3.1 !4.1.1 !5.1 !6.3.1 !6.4.1 !7.3.2 !7.5.1 !7.9.1 !x.2.1 !x.3.1 !x.8.1"},
	"drops TCP instead of answering": {honest{closed: func(c *session, _ []byte) { c.Close() }}, "1.1.1 7.3.3 7.7.1"},
	"drops TCP instead of echoing":   {honest{echo: func(c *session, _ uint8, _ []byte) { c.Close() }}, "1.1.1 5.3"},
	"drops TCP within a frame":       {honest{echo: func(c *session, _ uint8, _ []byte) { c.Write([]byte{text, 5, 'h'}); c.Close() }}, "1.1.1 1.2.3"},
	"corrupts one octet":             {honest{echo: corrupt}, "1.1.2 1.2.7 5.3 6.2.3 10.1.1 !9.1.1 !9.4.1 !9.8.3"},
	"loses the last octet":           {honest{echo: shorten}, "1.1.2 9.1.1"},
	"echoes text as binary":          {honest{echo: func(c *session, _ uint8, p []byte) { c.write(bin, p) }}, "1.1.2 9.1.1 9.7.1"},
	"echoes twice":                   {honest{echo: func(c *session, op uint8, p []byte) { c.write(op|fin, p); c.write(op|fin, p) }}, "1.1.1 9.7.2"},
	"echoes nothing":                 {honest{echo: func(*session, uint8, []byte) {}}, "1.1.2 7.1.1"},
	"masks its frames":               {honest{echo: func(c *session, op uint8, p []byte) { c.Write([]byte{op | fin, 0x80, 0, 0, 0, 0}) }}, "1.1.1 1.2.1"},
	"writes lengths too long":        {honest{echo: func(c *session, op uint8, p []byte) { c.Write([]byte{op | fin, 126, 0, 0}) }}, "1.1.1 1.2.1"},
	"sets RSV1":                      {honest{echo: func(c *session, op uint8, p []byte) { c.write(op|fin|0x40, p) }}, "1.1.1"},
	"sends text that is none":        {honest{echo: func(c *session, op uint8, p []byte) { c.write(text, []byte("\xC0")) }}, "1.1.1"},
	"closes after an echo":           {honest{echo: func(c *session, op uint8, p []byte) { c.write(op|fin, p); c.violated(1000) }}, "9.7.1"},
	"pongs twice":                    {honest{pong: func(c *session, p []byte) { c.write(pong, p); c.write(pong, p) }}, "2.10 5.6"},
	"pongs not":                      {honest{pong: func(*session, []byte) {}}, "2.1 2.10 5.6"},
	"pongs without payload":          {honest{pong: func(c *session, _ []byte) { c.write(pong, nil) }}, "2.2 2.9"},
	"closes with a wrong code":       {honest{fail: func(c *session, _ int) { c.write(shut, []byte(closePayload(1008, ""))) }}, "2.5 3.1 6.3.1 7.9.1 x.2.1"},
	"closes text with 1002":          {honest{fail: func(c *session, _ int) { c.write(shut, []byte(closePayload(1002, ""))) }}, "6.3.1 6.4.1"},
	"closes with a forbidden code":   {honest{fail: func(c *session, _ int) { c.write(shut, []byte(closePayload(1006, ""))) }}, "3.1"},
	"closes by a frame of one octet": {honest{fail: func(c *session, _ int) { c.write(shut, []byte{3}) }}, "3.1"},
	"answers closing by 1001":        {honest{closed: func(c *session, _ []byte) { c.write(shut, []byte(closePayload(1001, ""))) }}, "1.1.1 7.1.2 7.3.3 7.7.1"},
	"answers closing late":           {honest{closed: func(c *session, p []byte) { time.Sleep(1300 * time.Millisecond); c.write(shut, p) }}, "1.1.1 7.3.3"},
	"answers closing twice":          {honest{closed: func(c *session, p []byte) { c.write(shut, p); c.write(shut, p) }}, "!1.1.1 !7.3.3"},
	"sends on behind its close":      {honest{fail: func(c *session, code int) { c.write(shut, []byte(closePayload(code, ""))); c.write(pong, nil) }}, "!3.1 !6.3.1"},
	"ends TCP late":                  {honest{end: func(*session) { time.Sleep(1300 * time.Millisecond) }}, "1.1.1 3.1 7.3.3"},
	"resets TCP":                     {honest{end: reset}, "!1.1.1 !3.1 !7.3.3"},
	"pongs behind the close":         {honest{after: func(c *session, f *received) { c.write(pong, nil) }}, "!7.1.3"},
	"echoes behind the close":        {honest{after: func(c *session, f *received) { c.write(text, nil) }}, "!7.1.4"},
}

func corrupt(c *session, op uint8, p []byte) {
	if len(p) > 0 {
		p = slices.Clone(p)
		p[len(p)/2] ^= 1
	}
	c.write(op|fin, p)
}

func shorten(c *session, op uint8, p []byte) { c.write(op|fin, p[:max(len(p)-1, 0)]) }

func reset(c *session) {
	c.Conn.(*net.TCPConn).SetLinger(0)
	c.Close()
}

// rules are those that a server may lack, and the cases that must find it.
var rules = map[string]string{
	"rsv":                                   "3.1 3.2 3.3 3.4 3.5 3.6 x.8.1",
	"opcode":                                "4",
	"mask":                                  "x.3",
	"minimal":                               "x.2.1 x.2.2 x.2.3 x.2.4 x.2.5 x.2.6",
	"minimal,control size":                  "x.2.9 x.2.10 x.2.11 x.2.12",
	"top bit,minimal":                       "x.2.7 x.2.8",
	"control fin":                           "5.1 x.7.6",
	"control size":                          "2.5 7.3.6",
	"continuation":                          "5.9 5.10 5.11 5.17",
	"interleaving":                          "5.18",
	"close size":                            "7.3.2",
	"close code":                            "7.9 7.13 x.1.4",
	"1012":                                  "x.1.1",
	"close reason":                          "7.5.1 x.7.5",
	"utf8,utf8 in frames,utf8 of fragments": "6.3 6.4 6.6.1 6.12 6.15.1 6.21 x.5.5 x.6",
	"utf8 in frames,utf8 of fragments":      "6.4 x.6",
	"utf8 in frames":                        "6.4.3 6.4.4 x.6.4 x.6.5 x.6.6 x.6.7",
}

// Each fault is found by the cases that are there for it.
func TestMutants(t *testing.T) {
	all := map[string]struct {
		server honest
		caught string
	}{}
	for name, m := range mutants {
		all[name] = m
	}
	for lacks, caught := range rules {
		m := all[lacks]
		m.server.without, m.caught = strings.Split(lacks, ","), caught
		all["without "+lacks] = m
	}
	for name, m := range all {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			catch(t, &m.server, strings.Fields(m.caught))
		})
	}
}

func catch(t *testing.T, h *honest, ids []string) {
	var patterns []string
	onlyStrict := map[string]bool{}
	for _, id := range ids {
		id, only := strings.CutPrefix(id, "!")
		onlyStrict[id] = only
		patterns = append(patterns, id)
	}
	for _, r := range runAll(t, listen(t, h.serve), selected(t, patterns...)) {
		passed := (r.Behavior == OK || r.Behavior == Informational) && (r.Close == OK || r.Close == Informational)
		switch only := onlyStrict[r.Case.ID]; {
		case r.Strict():
			t.Errorf("case %s finds nothing: %s", r.Case.ID, r.Came)
		case only && !passed:
			t.Errorf("case %s: Autobahn's verdict is %s, closing %s; OK is due\n%s", r.Case.ID, r.Behavior, r.Close, fmt.Sprint(r.Faults))
		case !only && passed && !r.Case.Informational:
			t.Errorf("case %s: Autobahn's verdict is OK, a failure is due\n%s", r.Case.ID, r.Detail())
		}
	}
}
