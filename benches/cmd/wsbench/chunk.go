package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

var chunkExperiment = experiment{
	name: "chunk", summary: "what servers pay per tiny frame, many in one segment and one at a time", synopsis: "[flags]",
	examples: `  wsbench chunk
  wsbench chunk -mode A -shape all -rounds 5
  wsbench chunk -io epoll -answer echo -server mine='./server -port {port}'`,
	new: newChunk,
}

// chunk is one call of wsbench chunk.
type chunk struct {
	modes, shapes, answer, frames string
	gap, idle, window             time.Duration
	pairs                         int
}

// surveyFrames are the numbers of frames of the published survey, as -frames has them.
var surveyFrames = strings.Trim(strings.ReplaceAll(fmt.Sprint(results.SurveyFrames), " ", ","), "[]")

func newChunk(c *call) body {
	b := &chunk{}
	c.servers("epoll")
	c.output()
	c.flags.StringVar(&b.modes, "mode", "A,B", "how frames are sent: A, many in one segment; B, one at a time")
	c.flags.StringVar(&b.shapes, "shape", lab.ShapeFrames, "what is sent, comma-separated: "+strings.Join(lab.Shapes(), ", ")+"; or all")
	c.flags.StringVar(&b.answer, "answer", lab.AnswerCount, "what the server answers: count (/ws?n=N once, by {\"frames\":N}) or echo (every message)")
	c.flags.StringVar(&b.frames, "frames", surveyFrames, "`numbers` of frames that every server is sent in one run")
	c.flags.DurationVar(&b.window, "for", time.Second, "`time` that the longest run of mode A takes at least: more frames are sent until it does; 0: only -frames")
	c.flags.DurationVar(&b.gap, "gap", defaultGap, "`time` between two frames of mode B, spent with the CPU busy")
	c.flags.DurationVar(&b.idle, "idle", 100*time.Millisecond, "`time` before each run in which the idle server's CPU time is taken")
	c.rounds(3, "runs of each server under each case")
	c.flags.IntVar(&b.pairs, "pairs", 15, fmt.Sprintf("runs by which several servers are compared, of each under the greatest of -frames in mode A and under %d frames in mode B", pairedFrames))
	c.noise()
	c.seed("the order of runs is")
	c.folder()
	c.cpus()
	return b
}

// Bounds and defaults of the flags.
const (
	defaultGap          = 100 * time.Microsecond
	leastTiny, mostTiny = 4, 100_000_000
	mostWindow          = 10 * time.Second
	mostGap             = time.Second
	mostIdle            = time.Minute
	mostPaced           = 10 * time.Minute // one run of mode B

	// pairedFrames are those of the short runs of mode B by which servers are compared.
	pairedFrames = 2000
)

// check implements body.
func (b *chunk) check(c *call) error {
	switch {
	case b.answer != lab.AnswerCount && b.answer != lab.AnswerEcho:
		return fmt.Errorf("-answer %q: want count or echo", b.answer)
	case b.window < 0 || b.window > mostWindow:
		return fmt.Errorf("-for %v: want 0 to %v", b.window, mostWindow)
	case b.gap <= 0 || b.gap > mostGap:
		return fmt.Errorf("-gap %v: want more than 0, %v at most", b.gap, mostGap)
	case b.pairs < 0:
		return fmt.Errorf("-pairs %d: want 0 or more", b.pairs)
	case b.idle < time.Millisecond || b.idle > mostIdle:
		return fmt.Errorf("-idle %v: want 1ms to %v", b.idle, mostIdle)
	}
	frames, err := parseFrames(b.frames)
	if err != nil {
		return err
	}
	modes, err := parseNames("-mode", b.modes, []string{lab.Coalesced, lab.Paced})
	if err != nil {
		return err
	}
	if longest := time.Duration(slices.Max(frames)) * b.gap; slices.Contains(modes, lab.Paced) && longest > mostPaced {
		return fmt.Errorf("-frames %d with -gap %v: one run of mode B would take %v, want %v at most: name fewer frames, a shorter gap, or -mode A", slices.Max(frames), b.gap, longest.Round(time.Second), mostPaced)
	}
	shapes := lab.Shapes()
	if b.shapes != "all" {
		if shapes, err = parseNames("-shape", b.shapes, shapes); err != nil {
			return fmt.Errorf("%w; or all", err)
		}
	}
	p := &c.session.Plan
	p.Window = b.window
	p.Probe = &lab.Chunk{Gap: b.gap, Idle: b.idle, Frames: frames}
	if p.Cases = b.cases(modes, shapes, frames); len(p.Cases) == 0 {
		return errors.New("-shape bytes is sent a byte at a time as it is: it has mode A only")
	}
	for i, s := range p.Servers {
		p.Servers[i] = unlimited(s)
	}
	if len(p.Servers) > 1 {
		c.session.Facts = append(c.session.Facts, results.Fact{Key: report.ReferenceKey, Value: string(p.Servers[0].Key)})
		b.pair(p, slices.Max(frames))
	}
	return nil
}

// pair adds the runs by which servers are compared to a plan: more rounds of a case of
// each mode, so that a block has one of each server.
func (b *chunk) pair(p *lab.Plan, most int) {
	long := p.Rounds
	if b.pairs <= long {
		return
	}
	p.Rounds, p.Few = b.pairs, map[results.Case]int{}
	for _, c := range slices.Clone(p.Cases) {
		mode, shape := c.Value("mode"), c.Value("shape")
		p.Few[c] = long
		paired := c
		if mode == lab.Paced {
			paired = lab.ChunkCase(min(pairedFrames, most), mode, shape, b.answer)
		}
		if c.Int("frames") != most {
			continue
		}
		if !slices.Contains(p.Cases, paired) {
			p.Cases = append(p.Cases, paired)
		}
		delete(p.Few, paired)
	}
}

// cases returns those of the flags: the frames of every server, and the ladder.
func (b *chunk) cases(modes, shapes []string, frames []int) (list []results.Case) {
	for _, shape := range shapes {
		for _, mode := range modes {
			all := slices.Clone(frames)
			switch {
			case mode == lab.Paced && shape == lab.ShapeBytes:
				continue
			case mode == lab.Coalesced && b.window > 0:
				all = append(all, lab.ChunkLadder(shape)...)
			}
			slices.Sort(all)
			for _, n := range slices.Compact(all) {
				list = append(list, lab.ChunkCase(n, mode, shape, b.answer))
			}
		}
	}
	return list
}

// unlimited returns the reference server without the limits that a flood of
// tiny frames would pass: of other servers they are part of what is measured.
func unlimited(s lab.Server) lab.Server {
	if s.Key.Value("server") == results.Own && s.Key.Value("io") != "raw" {
		s.Argv = append(s.Argv, "-max-control", strconv.Itoa(mostTiny), "-max-fragments", strconv.Itoa(mostTiny))
	}
	return s
}

// parseFrames reads -frames.
func parseFrames(list string) (frames []int, err error) {
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < leastTiny || n > mostTiny {
			return nil, fmt.Errorf("-frames: %q: want numbers of %d to %d, such as %s", s, leastTiny, mostTiny, surveyFrames)
		}
		if slices.Contains(frames, n) {
			return nil, fmt.Errorf("-frames: duplicate %d", n)
		}
		frames = append(frames, n)
	}
	return frames, nil
}

// parseNames reads a comma-separated list of some of names.
func parseNames(flag, list string, names []string) (chosen []string, err error) {
	for s := range strings.SplitSeq(list, ",") {
		s = strings.TrimSpace(s)
		switch {
		case !slices.Contains(names, s):
			return nil, fmt.Errorf("%s: %q is not one of %s", flag, s, strings.Join(names, ", "))
		case slices.Contains(chosen, s):
			return nil, fmt.Errorf("%s: duplicate %q", flag, s)
		}
		chosen = append(chosen, s)
	}
	return chosen, nil
}

// run implements body.
func (b *chunk) run(ctx context.Context, c *call) (*outcome, error) { return c.compare(ctx) }

// planChunk makes a plan one of short runs of tiny frames.
func planChunk(p *lab.Plan) {
	const many, paced = 100_000, 1000
	p.Probe = &lab.Chunk{Gap: defaultGap, Idle: 10 * time.Millisecond, Frames: []int{many, paced}}
	p.Cases = []results.Case{
		lab.ChunkCase(many, lab.Coalesced, lab.ShapeFrames, lab.AnswerEcho),
		lab.ChunkCase(paced, lab.Paced, lab.ShapeFrames, lab.AnswerEcho),
	}
}
