package report

import (
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/results"
)

// Thresholds of the verdicts on tiny frames, CPU time in ns per frame.
const (
	perFrameAbove = 1000  // mode A
	perRecvAbove  = 10000 // mode B, beyond what the null sink takes
	quadraticFrom = 1.5   // the exponent
)

const chunkThresholds = "Verdicts, by the server's CPU time, each by a whole interval: crashes: the server ended during a run. quadratic: the exponent is above 1.5. per frame: not that, but a frame costs more than 1 µs in mode A. per recv: neither, but more than 10 µs in mode B, beyond what the null sink takes beside it. batches: none of these. unknown: something was not measured, the runs are too few for an interval, or an interval holds the threshold."

// chunkSummaries judges every server under every shape.
func (v *view) chunkSummaries(groups []*results.Group) (list []*chunkSummary) {
	at := map[[3]string]*chunkSummary{}
	for _, g := range groups {
		key := [3]string{string(g.Name.Server()), g.Name.Value("shape"), g.Name.Value("answer")}
		if at[key] == nil {
			at[key] = &chunkSummary{server: g.Name.Server(), shape: key[1], answer: key[2]}
			list = append(list, at[key])
		}
		at[key].groups = append(at[key].groups, g)
	}
	for _, f := range v.chunkFaults() {
		if !slices.ContainsFunc(list, f.of) {
			list = append(list, &chunkSummary{server: f.server, shape: f.shape, answer: f.answer})
		}
	}
	common := v.commonFrames(list)
	for _, s := range list {
		s.measure(common[[2]string{s.shape, s.answer}])
		s.judge(v.chunkFault(s))
	}
	return list
}

// chunkFault is why a server, or its runs under a case, were skipped. One without a
// shape is of all cases: the server did not start.
type chunkFault struct {
	server              results.Server
	shape, answer, text string
}

func (v *view) chunkFaults() (list []chunkFault) {
	for _, r := range v.res.Skipped {
		if n := results.ParseName(r.Name); n.Base == "Chunk" && n.Server() != "" {
			list = append(list, chunkFault{n.Server(), n.Value("shape"), n.Value("answer"), r.Text})
		}
	}
	return list
}

// of reports whether the fault is one of s.
func (f chunkFault) of(s *chunkSummary) bool {
	return f.server == s.server && (f.shape == "" || f.shape == s.shape && f.answer == s.answer)
}

// chunkFault returns why runs of s ended early, and whether the server ended in a
// run, and not before the first.
func (v *view) chunkFault(s *chunkSummary) (why string, ended bool) {
	for _, f := range v.chunkFaults() {
		if !f.of(s) {
			continue
		}
		if f.shape != "" && strings.HasPrefix(f.text, "the server ended") {
			return f.text, true
		}
		why = f.text
	}
	return why, false
}

// beside compares an estimate with a threshold: 1 above, -1 below, 0 where its
// interval holds it, or is unknown.
func beside(e *Estimate, threshold float64) int {
	switch {
	case e == nil || e.Interval == nil:
	case e.Interval.Lo > threshold:
		return 1
	case e.Interval.Hi <= threshold:
		return -1
	}
	return 0
}

// judge sets the verdict; fault is why runs ended early. What the other runs tell
// against the server counts nevertheless.
func (s *chunkSummary) judge(fault string, ended bool) {
	s.verdict, s.why = s.judged()
	switch {
	case ended:
		s.verdict, s.why = "crashes", fault
	case fault == "":
	case s.verdict == "batches" || s.verdict == "unknown":
		s.verdict, s.why = "unknown", fault
	default:
		s.why = fault
	}
}

// judged returns the verdict of the runs that came to their end.
func (s *chunkSummary) judged() (verdict, why string) {
	grows, costs, reads := beside(s.exponent, quadraticFrom), beside(s.a, perFrameAbove), beside(s.net, perRecvAbove)
	switch {
	case s.shape == "bytes":
		return "unknown", "the shape bytes has no frames that come many in one segment"
	case s.a == nil:
		return "unknown", "mode A was not measured"
	case grows > 0:
		return "quadratic", ""
	case s.exponent == nil:
		return "unknown", "mode A has one number of frames only, which tells no exponent: give -frames several, or leave -for at 1s"
	case len(s.sloping()) < results.LadderRungs:
		return "unknown", fmt.Sprintf("the exponent rests on %d numbers of frames, and %d are wanted: leave -for at 1s or more, or name more -frames", len(s.sloping()), results.LadderRungs)
	case grows == 0:
		return "unknown", undecided(s.exponent, "the exponent", "1.5")
	case costs > 0:
		return "per frame", ""
	case costs == 0:
		return "unknown", undecided(s.a, "mode A", "1 µs")
	case s.b == nil:
		return "unknown", "mode B was not measured"
	case s.net == nil:
		return "unknown", "the null sink was not measured in mode B"
	case reads > 0:
		return "per recv", ""
	case reads == 0:
		return "unknown", undecided(s.net, "mode B", "10 µs beyond the null sink")
	}
	return "batches", ""
}

// undecided says why an estimate is not judged.
func undecided(e *Estimate, what, threshold string) string {
	if e.Interval == nil {
		return "too few runs for an interval of " + what + ": more runs (-rounds) tell"
	}
	return "the interval of " + what + " holds " + threshold + ": more runs (-rounds) tell"
}
