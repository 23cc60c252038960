package load

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

// Result is what one window measured. It belongs to the caller.
type Result struct {
	Config    Config                  // as Open completed it
	Messages  int64                   // echoes of the window: of what was due in it (open loop), or that came in it (closed loop)
	Bytes     int64                   // payload bytes of those
	Completed int64                   // echoes that came within Elapsed: in an open loop, of what was due in the warm-up too
	Echoes    int64                   // of the whole run, warm-up and drain included
	Elapsed   time.Duration           // the recorded time: the window, and in an open loop the overtime
	Latency   *hdrhistogram.Histogram // ns, of Messages; from the due time (open loop) or from the send (closed loop)
	Service   *hdrhistogram.Histogram // ns; from the send; nil in a closed loop (the same)
	Pongs     *hdrhistogram.Histogram // as Latency, of the pings of a mix alone; else nil

	// Of connections with turns, else 0 and nil.
	Opened     int64                   // connections opened in the place of others, within the window
	Handshakes *hdrhistogram.Histogram // ns from connect to the answer of the opening handshake, of those

	// What the generator's threads used within Elapsed. The kernel
	// estimates how CPU time divides in user and system at its timer tick:
	// it takes seconds to be good to a percent.
	User, System time.Duration
	Busy         float64 // share of Elapsed that the busiest thread was on its CPU
	Waits        int64   // epoll_wait calls
	Recvs, Sends int64   // recv and send calls

	// An open loop's schedule.
	Due        int64         // messages that were due in the window
	Unanswered int64         // of those, not echoed within Config.Grace of its end
	Overtime   time.Duration // from the window's end until the last of those due was back, or the grace over
	Late       int64         // of those due, left over a millisecond late by the generator's own doing
	Lag        time.Duration // the longest such delay
	Overdue    int64         // of those due, not sent when the window ended, as connections had no room

	Corrupt    int64               // corrupted echoes of the whole run, warm-up and drain included
	Corruption *Corruption         // the first of them, or nil
	Errors     map[ErrorKind]int64 // of the whole run; others than corrupted echoes only with Config.Endure
	Statuses   map[int]int64       // of exchanges: answers of the whole run by status
	Warnings   []string            // why this sample is invalid or limited, one line each, with advice to users of wsbench load
	Invalid    error               // the first of them that makes it no measurement of what was asked for, without the advice, or nil

	behind bool // see Behind
}

// Window returns how long the window was, without the overtime.
func (r *Result) Window() time.Duration { return r.Elapsed - r.Overtime }

// Rate returns the window's messages per second. In an open loop a server that
// answered all that was due has the rate that was asked for, however late its
// last echoes came; Latency tells that.
func (r *Result) Rate() float64 { return perSecond(r.Messages, r.Window()) }

// ByteRate returns payload bytes per second.
func (r *Result) ByteRate() float64 { return r.Rate() * r.Config.messageBytes() }

// messageBytes returns the bytes of a message's payload, of exchanges those of a
// body on average.
func (c *Config) messageBytes() float64 {
	if len(c.Exchanges) == 0 {
		return float64(c.Size)
	}
	total := 0
	for _, x := range c.Exchanges {
		total += len(x.Body)
	}
	return float64(total) / float64(len(c.Exchanges))
}

func perSecond(n int64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}

// collect puts the threads' windows together.
func (g *Group) collect() Result {
	r := Result{Config: g.cfg, Latency: newHistogram(&g.cfg), Errors: map[ErrorKind]int64{}}
	if g.cfg.Rate > 0 {
		r.Service = newHistogram(&g.cfg)
	}
	var disowned int64
	for _, t := range g.threads {
		r.add(t)
		disowned += t.window.disowned
		r.Late += t.pacer.late
		r.Lag = max(r.Lag, time.Duration(t.pacer.lag))
		r.Corrupt += t.count.corrupt
		for kind, n := range t.errors {
			r.Errors[kind] += n
		}
		if r.Corruption == nil {
			r.Corruption = t.corruption
		}
	}
	if r.Corrupt > 0 {
		r.Errors[Corrupted] = r.Corrupt
	}
	if r.Messages = r.Completed; r.Service != nil {
		r.Messages = r.Latency.TotalCount()
		r.Unanswered = r.Due - r.Messages
	}
	r.Bytes = int64(float64(r.Messages) * g.cfg.messageBytes())
	r.warn(disowned)
	return r
}

func (r *Result) add(t *thread) {
	if t.answers != nil {
		r.addStatus(200, t.statusOK)
		for status, n := range t.statuses {
			r.addStatus(status, n)
		}
	}
	w := &t.window
	elapsed := time.Duration(w.ended - w.began)
	if elapsed > r.Elapsed {
		r.Elapsed, r.Overtime = elapsed, time.Duration(w.overtime)
	}
	r.Completed += w.count.messages
	r.Echoes += t.echoes
	r.Waits += w.count.waits
	r.Recvs += w.count.recvs
	r.Sends += w.count.sends
	r.User += w.user
	r.System += w.system
	if elapsed > 0 {
		r.Busy = max(r.Busy, float64(w.user+w.system)/float64(elapsed))
	}
	r.Due += w.due
	r.Overdue += w.overdue
	r.Latency.Merge(t.latency)
	if t.ponged != nil {
		if r.Pongs == nil {
			r.Pongs = newHistogram(&r.Config)
		}
		r.Pongs.Merge(t.ponged)
	}
	r.Opened += w.count.opened
	if t.handshakes != nil {
		if r.Handshakes == nil {
			r.Handshakes = newHistogram(&r.Config)
		}
		r.Handshakes.Merge(t.handshakes)
	}
	if t.service != nil {
		r.Service.Merge(t.service)
	}
}

// statusesOf returns how often each status came, in words, of the errors of status.
func (r *Result) statusesOf(kind ErrorKind) string {
	if kind != Status {
		return ""
	}
	var list []string
	for _, status := range slices.Sorted(maps.Keys(r.Statuses)) {
		list = append(list, fmt.Sprintf("%d × %d", r.Statuses[status], status))
	}
	return " (" + strings.Join(list, ", ") + ")"
}

func (r *Result) addStatus(status int, n int64) {
	if r.Statuses == nil {
		r.Statuses = map[int]int64{}
	}
	if n > 0 {
		r.Statuses[status] += n
	}
}

// warn records what the run itself found wrong. disowned is how many of
// the unanswered messages the generator itself never sent.
func (r *Result) warn(disowned int64) {
	if r.Messages == 0 && r.Due == 0 {
		r.invalid("raise -for, or -rate in an open loop", "no echo came in the window")
	}
	if r.Corrupt > 0 {
		r.invalid("", "%d corrupted %s, the first: %s", r.Corrupt, r.Config.answersWord(), r.Corruption.where())
	}
	for _, kind := range ErrorKinds {
		if n := r.Errors[kind]; n > 0 && kind != Corrupted {
			r.invalid("", "errors: %d %s%s", n, kind.what(n), r.statusesOf(kind))
		}
	}
	// One late message in a thousand moves the 99.9th percentile.
	if r.Late*1000 > r.Due {
		r.invalid("lower -rate or raise -threads", "the generator fell behind its schedule by up to %v (%d of %d messages left over %v late)",
			r.Lag.Round(time.Microsecond), r.Late, r.Due, tolerance)
	}
	if r.behind = r.Unanswered > disowned; r.behind {
		r.invalid("", "server: %d of %d messages due in the window were not answered %s", r.Unanswered, r.Due, r.Bound())
	}
	if r.Overdue*100 > r.Due {
		r.behind = true
		r.invalid("lower -rate, or raise -conns or -depth", "the server did not keep up with %.6g msg/s: when the window ended %d messages were due and not sent, as every connection had %d in flight",
			r.Config.Rate, r.Overdue, r.Config.Depth)
	}
}

// cut writes down the error that ended a run of a window d, if there was one: what
// was measured before it is not what was asked for.
func (r *Result) cut(err error, d time.Duration) {
	switch {
	case errors.Is(err, context.Canceled):
		r.invalid("", "interrupted after %v of %v", r.Window().Round(time.Millisecond), d)
	case err != nil:
		r.invalid("", "the run failed: %s", strings.TrimPrefix(err.Error(), "load: "))
	}
}

// Bound returns, in words, how long the unanswered messages were waited for.
func (r *Result) Bound() string {
	if r.Overtime == 0 {
		return "when the run ended early"
	}
	return fmt.Sprintf("within %v of its end", r.Overtime.Round(time.Microsecond))
}

// Behind reports whether the server did not keep the rate of an open loop.
func (r *Result) Behind() bool { return r.behind }

// invalid adds a warning, with advice, that makes the result invalid.
func (r *Result) invalid(advice, format string, args ...any) {
	why := fmt.Errorf(format, args...)
	r.Warnings = append(r.Warnings, advised("invalid: "+why.Error(), advice))
	if r.Invalid == nil {
		r.Invalid = why
	}
}

// advised returns a warning with advice to users of wsbench load; "" is none.
func advised(warning, advice string) string {
	if advice == "" {
		return warning
	}
	return warning + "; " + advice
}

// saturated is the share of the time on its CPU above which a thread is taken
// to have had no time left. The rest of 1 is waiting that nobody can use:
// switches, and the moments between two waits.
const saturated = 0.95

// idle is the share of one CPU below which a server had time left.
const idle = 0.90

// Bottleneck returns why, and advice to users of wsbench load, if the generator
// and not the server set the pace, else "". server is the CPU time, user and system, that the
// server used within Elapsed; 0 if that is not known.
//
// In a closed loop one of the two ends is always waited for. A generator thread
// that had no time left is not the bottleneck by that alone: on loopback both
// ends do nearly the same work in the kernel, so both may be near 100 %. It is
// the bottleneck if the server meanwhile had idle time on even one CPU: more
// load would have used it. A server of several threads that used more than one
// CPU may have had time left too, which its CPU time cannot show.
func (r *Result) Bottleneck(server time.Duration) (why, advice string) {
	switch share := float64(server) / float64(max(r.Elapsed, 1)); {
	case r.Busy < saturated:
		return "", ""
	case server <= 0:
		return fmt.Sprintf("limited: a generator thread was busy %.0f %% of the time, so it may have been the bottleneck (the server's CPU time is not known)", 100*r.Busy),
			fmt.Sprintf("try -threads %d or another CPU", r.Config.Threads+1)
	case share < idle:
		return fmt.Sprintf("limited: the generator was the bottleneck: its thread was busy %.0f %% of the time, the server only %.0f %%", 100*r.Busy, 100*share),
			fmt.Sprintf("raise -threads to %d, or give it a CPU of its own (-load-cpu)", r.Config.Threads+1)
	}
	return "", ""
}
