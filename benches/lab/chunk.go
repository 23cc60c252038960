package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"runtime"
	"slices"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/benches/results"
	"wsbench/benches/stat"
	"wsbench/parse/opening"
)

// Chunk is the probe of what a server pays per tiny frame. A run is one
// connection that sends the frames of a case (see ChunkCase) and waits for the
// answer.
//
// A case in mode A whose frames are not among Frames is one of a ladder, each
// rung twice as long as the one before: a server has those from the longest
// that it needs for Plan.Window down to a thirty-second of that, or to the survey's
// fewest frames, with which those of fast servers begin.
type Chunk struct {
	Gap    time.Duration // of mode B
	Idle   time.Duration // in which the idle server's CPU time is taken
	Frames []int         // that every server is put under

	patience time.Duration                // with the first few frames; 0: 10 s
	tried    map[rungKey]error            // what the first few frames came to
	known    map[rungKey]int              // the longest rung that is needed
	said     map[string]bool              // notes
	idle     map[results.Server][]float64 // CPU time per time
}

// rungKey names what is tried once, and has one ladder: a server under a shape.
type rungKey struct {
	server        results.Server
	shape, answer string
}

// ErrBeyond says that a server is not put under a case: it needs more or fewer frames.
var ErrBeyond = errors.New("the case is not on the server's ladder")

// ChunkLadder lists the frames of the ladder's rungs for a shape. Messages in
// fragments, whose length many servers limit, have fewer.
func ChunkLadder(shape string) (list []int) {
	for n := leastRung; n <= mostFrames(shape); n *= 2 {
		list = append(list, n)
	}
	return list
}

func mostFrames(shape string) int {
	if shape == ShapeFragments || shape == ShapeEmpty {
		return leastRung << 8
	}
	return leastRung << 14
}

const (
	leastRung = 3125
	// rungs is how many doublings a ladder has: it has one rung more, or fewer
	// where it begins with leastRung.
	rungs = results.LadderRungs - 1

	// chunkLimit bounds one exchange in time, beside its gaps.
	chunkLimit = 2 * time.Minute
	// tryLimit bounds the first few frames of a server in time.
	tryLimit = 10 * time.Second
	// mostWarm is how many frames a warm-up has at most; leastWarm at least.
	mostWarm, leastWarm = 50_000, 1000
)

// floorFrames is how many frames a sink gets at most, by mode.
var floorFrames = map[string]int{Coalesced: 1_000_000, Paced: 2000}

// Base implements Probe.
func (*Chunk) Base() string { return "Chunk" }

// Fresh implements Probe.
func (*Chunk) Fresh() bool { return false }

// Open implements Probe. It wants the right answer to a few frames of the case
// first.
func (k *Chunk) Open(ctx context.Context, p *Process, c results.Case) (Client, error) {
	addr, err := netip.ParseAddrPort(p.addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", p.addr, err)
	}
	cl := &chunkClient{probe: k, process: p, of: chunkCaseOf(c), addr: addr, clock: host.ServerClock(p.pid())}
	if err := k.try(ctx, cl); err != nil {
		return nil, err
	}
	if n := cl.of.frames; cl.of.mode == Coalesced && !slices.Contains(k.Frames, n) {
		top, err := k.top(ctx, cl)
		if err != nil {
			return nil, err
		}
		if n > top || n < min(top>>rungs, results.SurveyFrames[0]) {
			return nil, ErrBeyond
		}
	}
	return cl, nil
}

// try sends a few frames of a shape to the server, once: a server that does not
// answer them right costs tryLimit, whatever the number of cases.
func (k *Chunk) try(ctx context.Context, c *chunkClient) error {
	key := c.key()
	if err, ok := k.tried[key]; ok {
		return err
	}
	few, limit := c.of.sized(10), cmp.Or(k.patience, tryLimit)
	few.mode = Coalesced
	bounded, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("the first %d frames were not answered within %v", few.frames, limit))
	defer cancel()
	_, err := c.exchange(bounded, few)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if k.tried == nil {
		k.tried = map[rungKey]error{}
	}
	k.tried[key] = err
	return err
}

func (c *chunkClient) key() rungKey {
	return rungKey{c.process.Server.Key, c.of.shape, c.of.answer}
}

// top returns the longest rung that the server needs.
func (k *Chunk) top(ctx context.Context, c *chunkClient) (int, error) {
	key := c.key()
	if n, ok := k.known[key]; ok {
		return n, nil
	}
	window := c.process.stage.Plan.Window
	top := leastRung
	most := mostFrames(c.of.shape)
	for n := leastRung; n <= most; n *= 4 {
		s, err := c.exchange(ctx, c.of.sized(n))
		if err != nil {
			return 0, err
		}
		each := s.wall / time.Duration(n)
		for top = n; top < most && time.Duration(top)*each < window; top *= 2 {
		}
		if s.wall > window/16 {
			break
		}
	}
	if k.known == nil {
		k.known = map[rungKey]int{}
	}
	k.known[key] = top
	return top, nil
}

type chunkClient struct {
	probe   *Chunk
	process *Process
	of      chunkCase
	addr    netip.AddrPort
	clock   host.CPUClock
}

// Close implements Client. Nothing is open between runs.
func (*chunkClient) Close() {}

// exchange opens a connection and sends the frames of a case over it.
func (c *chunkClient) exchange(ctx context.Context, of chunkCase) (sent, error) {
	conn, a, err := c.open(ctx, of)
	if err != nil {
		return sent{}, err
	}
	defer conn.close()
	return c.send(ctx, conn, of, a)
}

// send sends the frames of a case over a connection, in bounded time.
func (c *chunkClient) send(ctx context.Context, conn *chunkConn, of chunkCase, a *chunkAnswer) (sent, error) {
	limit := chunkLimit
	if of.mode == Paced {
		limit += 2 * time.Duration(of.frames) * c.probe.Gap
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("%d frames were not answered within %v", of.frames, limit))
	defer cancel()
	return conn.exchange(ctx, of, a)
}

// open opens a connection for the frames of a case.
func (c *chunkClient) open(ctx context.Context, of chunkCase) (*chunkConn, *chunkAnswer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerLate, errHandshakeLate)
	defer cancel()
	u, err := wsclient.ParseURL(c.process.URL())
	if err != nil {
		return nil, nil, err
	}
	if of.answer == AnswerCount {
		u.Path, u.RawPath, u.RawQuery = "/ws", "", fmt.Sprintf("n=%d", of.messages())
	}
	conn, early, err := c.dial(ctx, u)
	a := newChunkAnswer(of, c.process.Server.Masked)
	if err == nil {
		err = a.take(early)
	}
	if err != nil {
		if conn != nil {
			conn.close()
		} else if !errors.Is(err, opening.ErrResponse) {
			return nil, nil, err
		}
		if err = fmt.Errorf("%s: %w", u.RequestURI(), err); of.answer == AnswerCount && ctx.Err() == nil {
			err = fmt.Errorf("%w; -answer echo measures an echo server", err)
		}
		return nil, nil, err
	}
	return conn, a, nil
}

// dial opens a connection to the server at u. early are bytes behind its answer to
// the opening handshake.
func (c *chunkClient) dial(ctx context.Context, u *url.URL) (conn *chunkConn, early []byte, err error) {
	offer := c.process.Offer()
	if wsclient.Secure(u) {
		raw, err := offer.DialRaw(ctx, u, answerLate)
		if err != nil {
			return nil, nil, err
		}
		return secureChunk(raw, c.probe.Gap), raw.Early, nil
	}
	if conn, err = connectChunk(ctx, c.addr, c.probe.Gap); err != nil {
		return nil, nil, wsclient.Advise(err)
	}
	h := offer.Handshake(u.Host, u.RequestURI())
	if err = send(conn.fd, h.Append(nil)); err == nil {
		early, err = wsclient.Await(receiver{ctx, conn.fd}, &h)
	}
	return conn, early, err
}

// Run implements Client. There is no window: a run ends with the answer.
func (c *chunkClient) Run(ctx context.Context, _, _ time.Duration) (Outcome, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	m, err := c.measured(ctx)
	if err != nil {
		return Outcome{}, err
	}
	m.idle = c.probe.usualIdle(c.process.Server.Key, m.idle)
	out := Outcome{
		Messages: int64(c.of.frames), Echoes: int64(c.of.messages()), Values: m.values(c.of, c.probe.Gap),
		Discard: m.harm, Pacing: m.late, Notes: c.probe.notes(c, m),
	}
	floor := c.of.sized(min(c.of.frames, floorFrames[c.of.mode]))
	f, err := sinkFloor(ctx, floor, c.probe.Gap, c.process.stage.ServerCPU)
	if err != nil {
		out.Notes = append(out.Notes, fmt.Sprintf("a run of %s has no floor: %v", c.process.Server.Key.Label(), err))
		return out, nil
	}
	maps.Copy(out.Values, f.values(floor, c.probe.Gap))
	return out, nil
}

// usualIdle returns the median of a server's idle rates so far, of which rate is
// the last: one reading of a short time is too coarse to subtract.
func (k *Chunk) usualIdle(s results.Server, rate float64) float64 {
	if k.idle == nil {
		k.idle = map[results.Server][]float64{}
	}
	k.idle[s] = append(k.idle[s], rate)
	return stat.Median(k.idle[s])
}

// notes returns what the reader must know of a run, once.
func (k *Chunk) notes(c *chunkClient, m chunkMeasured) (list []string) {
	label := c.process.Server.Key.Label()
	say := func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		if k.said == nil {
			k.said = map[string]bool{}
		}
		if !k.said[text] {
			list = append(list, text)
		}
		k.said[text] = true
	}
	say("CPU time of %s is read from the %s", label, c.clock.Source)
	window := c.process.stage.Plan.Window
	if most := mostFrames(c.of.shape); c.of.mode == Coalesced && c.of.frames == most && m.wall < window {
		say("runs of shape %s end at %d frames, which took %s less than -for %v: the exponent rests on shorter ones", c.of.shape, most, label, window)
	}
	if n := c.of.pings(); m.pongs < n {
		say("%s does not answer every ping, but the latest, as RFC 6455 permits", label)
	}
	return list
}
