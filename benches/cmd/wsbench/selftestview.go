package main

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/benches/selftest"
	"wsbench/benches/stat"
)

// The aims of the instrument, on sessions of aimLength.
const (
	aimLength = 5 * time.Minute
	aimAlarms = 0.05 // of families of ten, at most
	aimShare  = 0.02 // is to be found
	aimFound  = 0.80 // of such sessions, at least
)

// document returns what was recorded and judged; path is that of the results
// file.
func (b *selfTest) document(path string, res *results.Results) report.Document {
	d := report.Document{Facts: res.Facts()}
	d.Sections = append(d.Sections, selftestRemarks(path, res))
	if len(b.judged) == 0 {
		return d
	}
	d.Sections = append(d.Sections, report.Section{ID: "aims", Blocks: []report.Block{b.aims(), b.liveTable()}},
		report.Section{ID: "recorded", Title: "Recorded sessions", In: report.HTML | report.Markdown, Blocks: []report.Block{b.recorded(res), b.alarms(), b.detections(), b.injected()}},
		report.Section{ID: "simulated", Title: "Simulated sessions", In: report.HTML | report.Markdown, Blocks: []report.Block{b.simulationTable()}})
	return d
}

func selftestRemarks(path string, res *results.Results) report.Section {
	blocks := []report.Block{report.Values{In: report.JSON, List: []report.Value{
		{Key: "results", Cell: path}, {Key: "command_line", Cell: res.Command},
	}}}
	for _, w := range res.Warnings {
		blocks = append(blocks, report.Warning(w.Error()))
	}
	for _, n := range res.Notes {
		blocks = append(blocks, report.Note(n))
	}
	blocks = append(blocks, report.ReasonTable("skipped", res.Skipped, 0))
	return report.Section{Blocks: blocks}
}

// recorded says what the record is, and what the host did meanwhile.
func (b *selfTest) recorded(res *results.Results) report.Block {
	r := b.judged[0]
	rounds, epochs := r.Rounds()
	discarded := float64(len(res.Discarded)) / float64(max(1, len(res.Discarded)+len(res.Samples)))
	list := []report.Value{
		{Key: "length_s", Name: "length, s", Cell: math.Round(r.Length().Seconds())},
		{Key: "rounds", Name: "rounds", Cell: rounds}, {Key: "epochs", Name: "epochs (starts of all servers)", Cell: epochs},
		{Key: "discarded_share", Name: "discarded share of runs", Unit: plainShare, Cell: discarded},
		{Key: "spread", Name: "spread of a block's ratio of identical servers", Unit: plainShare, Cell: r.Spread()},
	}
	waited, ok := waitShare(res)
	if ok {
		list = append(list, report.Value{Key: "wait_share", Name: "run-queue delay, share of a run", Unit: plainShare, Cell: waited})
	} else {
		list = append(list, report.Value{Key: "wait_share", Name: "run-queue delay", Cell: nil})
	}
	list = append(list, report.Value{Key: "steal", Name: "steal, share of the CPUs' time", Unit: plainShare, Cell: known(stolen(res))},
		report.Value{Key: "most_steal", Name: "most steal in one start of the servers", Unit: plainShare, Cell: known(mostStolen(res))})
	return report.Values{ID: "record", Title: "the record", List: list}
}

// plainShare is shareUnit where its name does not follow the number.
var plainShare = results.Unit{Kind: results.Ratio}

// waitShare returns the mean run-queue delay of all runs, those discarded among
// them; ok is false where it is not known.
func waitShare(res *results.Results) (mean float64, ok bool) {
	sum, n := 0.0, 0
	add := func(s results.Sample) {
		if v, ok := s.Values["wait-share"]; ok {
			sum, n = sum+v, n+1
		}
	}
	for _, s := range res.Samples {
		add(s)
	}
	for _, d := range res.Discarded {
		add(d.Sample)
	}
	return sum / float64(max(1, n)), n > 0
}

// stolen returns the mean steal of a session's starts of the servers; ok is false where it
// is not known.
func stolen(res *results.Results) (mean float64, ok bool) {
	for _, s := range res.Steal {
		mean += s.Share / float64(len(res.Steal))
	}
	return mean, len(res.Steal) > 0
}

func mostStolen(res *results.Results) (most float64, ok bool) {
	for _, s := range res.Steal {
		most = max(most, s.Share)
	}
	return most, len(res.Steal) > 0
}

// known returns v where ok, else nothing.
func known(v float64, ok bool) any {
	if !ok {
		return nil
	}
	return v
}

// aims returns what is to be reached, beside what is.
func (b *selfTest) aims() report.Table {
	t := report.Table{ID: "aims", Title: "to reach, in CPU time per message", Columns: []report.Column{
		{Key: "aim", Head: "aim", Least: 20}, {Key: "share", Head: "share", Unit: shareUnit, Bounds: "interval"}, {Key: "outcome", Head: "outcome", Least: 20},
	}}
	alarms := fmt.Sprintf("at most %.0f %% false alarms in a family of %d, of five-minute sessions", 100*aimAlarms, selftest.Family)
	found := fmt.Sprintf("a difference of %.0f %% found in at least %.0f of 100 five-minute sessions", 100*aimShare, 100*aimFound)
	for _, five := range b.judged[0].tallies {
		if five.Length != aimLength {
			continue
		}
		host := fmt.Sprintf(", with run-queue delay and steal %s %.0f %%", map[bool]string{true: "up to", false: "above, or not known to be up to,"}[five.Quiet], 100*selftest.QuietShare)
		a := five.Alarms()
		t.Rows = append(t.Rows, []any{alarms + host, rated(a), outcomeOfAim(a.Hi <= aimAlarms, a.Lo > aimAlarms, five)})
		for _, f := range five.Found {
			if f.Share == aimShare {
				s := f.Slower()
				t.Note = cmp.Or(t.Note, minutesToFind(s.Share())) // quiet stretches come first
				t.Rows = append(t.Rows, []any{found + host, rated(s), outcomeOfAim(s.Lo >= aimFound, s.Hi < aimFound, five)})
			}
		}
	}
	if len(t.Rows) == 0 {
		const few = "too few sub-sessions to say: the record is shorter than one of five minutes"
		t.Rows = [][]any{{alarms, nil, few}, {found, nil, few}}
	}
	return t
}

// minutesToFind says how long sessions had to be to find aimShare, which a share of those
// of aimLength found.
func minutesToFind(found float64) string {
	longer := stat.Longer(found, aimAlarms/selftest.Family)
	if found <= 0 || found >= 1 || math.IsInf(longer, 0) {
		return ""
	}
	return fmt.Sprintf("%.0f %% would be found in %.0f of 100 sessions of about %.0f minutes on this host", 100*aimShare, 100*aimFound, math.Ceil(longer*aimLength.Minutes()))
}

// leastSessions is how many sub-sessions tell something.
const leastSessions = 200

func outcomeOfAim(reached, missed bool, t selftest.Tally) string {
	stretches := fmt.Sprintf("on the %d disjoint stretches recorded", t.Stretches)
	switch {
	case t.Sessions < leastSessions:
		return fmt.Sprintf("too few sub-sessions to say: %d, want %d", t.Sessions, leastSessions)
	case reached:
		return "reached, " + stretches
	case missed:
		return "not reached, " + stretches
	}
	return "too few sub-sessions to say: the interval holds the aim"
}

// rated returns a rate with its interval.
func rated(r selftest.Rate) report.Estimate {
	return report.Estimate{Value: r.Share(), Interval: &stat.Interval{Lo: r.Lo, Hi: r.Hi, Level: r.Level}, N: r.N}
}

// lengthName returns the length of sessions for people.
func lengthName(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.3g min", d.Minutes())
}

// kindColumns begin the tables of sub-sessions.
var kindColumns = []report.Column{
	{Key: "unit", Head: "of", Group: true}, {Key: "session_s", In: report.JSON}, {Head: "session"},
	{Key: "quiet", In: report.JSON}, {Head: "host"}, {Key: "sub_sessions", Head: "sub-\nsessions"}, {Key: "stretches", Head: "disjoint\nstretches"},
}

var hostWords = map[bool]string{true: "quiet", false: "busy"}

func kindCells(j judged, t selftest.Tally, others ...any) []any {
	return append([]any{j.Unit.Name, math.Round(t.Length.Seconds()), lengthName(t.Length), t.Quiet, hostWords[t.Quiet], t.Sessions, t.Stretches}, others...)
}

func (b *selfTest) alarms() report.Table {
	t := report.Table{ID: "false_alarms", Title: fmt.Sprintf("identical servers, in families of %d comparisons", selftest.Family),
		Note: "false alarms: the share of families in which a comparison of identical servers is faster or slower, with the 95 % interval of Clopper and Pearson. equivalent: the share of comparisons within the margin. Sub-sessions of one stretch of the record differ in their labels only: the interval takes them for independent, and how much of the host was seen is the number of stretches. quiet: stretches in which run-queue delay was at most 2 % of the runs, and steal of the CPUs' time; busy: the others, and those of which that is not known. Sessions are judged at looks, as live ones are; decided early: the share of comparisons that a look before the end decided.",
		Columns: append(kindColumns[:len(kindColumns):len(kindColumns)], report.Column{Key: "blocks", Head: "blocks"},
			report.Column{Key: "families", Head: "with false\nalarms"}, report.Column{Key: "share", Head: "share", Unit: shareUnit, Bounds: "interval"},
			report.Column{Key: "equivalent_share", Head: "equivalent", Unit: shareUnit}, report.Column{Key: "early_share", Head: "decided\nearly", Unit: shareUnit})}
	for _, j := range b.judged {
		for _, y := range j.tallies {
			of := float64(max(1, y.Sessions*selftest.Family))
			t.Rows = append(t.Rows, kindCells(j, y, y.Blocks, y.FalseAlarms, rated(y.Alarms()), float64(y.Equivalent)/of, float64(y.Early)/of))
		}
	}
	return t
}

func (b *selfTest) detections() report.Table {
	t := report.Table{ID: "detections", Title: "one of ten comparisons with a server slower by a known share of its CPU time per message",
		Note: "found: it is called slower. A slow-down below the margin may rightly be called equivalent. By msg/s the slow-down is what is left of it where server and generator limit each other.",
		Columns: append(kindColumns[:len(kindColumns):len(kindColumns)], report.Column{Key: "slower_by", Head: "slower by", Unit: shareUnit, Digits: 2},
			report.Column{Key: "found", Head: "found"}, report.Column{Key: "share", Head: "share", Unit: shareUnit, Bounds: "interval"},
			report.Column{Key: "equivalent", Head: "equi-\nvalent"}, report.Column{Key: "undecided", Head: "un-\ndecided"}, report.Column{Key: "faster", Head: "faster"})}
	for _, j := range b.judged {
		for _, y := range j.tallies {
			for _, f := range y.Found {
				t.Rows = append(t.Rows, kindCells(j, y, f.Share, f.Kinds[results.Slower], rated(f.Slower()), f.Kinds[results.Equivalent], f.Kinds[results.Undecided], f.Kinds[results.Faster]))
			}
		}
	}
	return t
}

// injected returns what slow servers really took more.
func (b *selfTest) injected() report.Table {
	t := report.Table{ID: "injected", Title: "what was injected: slow servers beside the mean of the identical ones, over the whole record",
		Columns: []report.Column{{Key: "unit", Head: "of", Group: true}, {Key: "case", Head: "case"}, {Key: "slower_by", Head: "slower by", Unit: shareUnit, Digits: 2},
			{Key: "spin_ns", Head: "-spin"}, {Key: "ratio", Head: "ratio", Unit: shareUnit, Digits: 4, Bounds: "interval"}}}
	for _, j := range b.judged {
		for _, s := range j.Slow {
			d := j.Injected(s, results.DefaultMargin)
			e := report.Estimate{Value: d.Ratio, N: d.N}
			if d.HasCI {
				e.Interval = &d.Interval
			}
			t.Rows = append(t.Rows, []any{j.Unit.Name, s.Case.String(), s.Share, s.Server.Value("spin"), e})
		}
	}
	return t
}

func (b *selfTest) simulationTable() report.Table {
	s := b.simulated
	t := report.Table{ID: "simulations",
		Title: fmt.Sprintf("simulated: %d sessions of %d blocks for each kind of noise and number of epochs, of a spread of %.3g beside the mean of two processes (as recorded, where that is known)", s.Sessions, s.Blocks, s.Spread),
		Columns: []report.Column{{Key: "noise", Head: "noise"}, {Key: "meaning", Head: "meaning", Least: 20}, {Key: "epochs", Head: "epochs"},
			{Key: "families", Head: "with false\nalarms"}, {Key: "share", Head: "share", Unit: shareUnit, Bounds: "interval"}}}
	for _, share := range selftest.Levels {
		percent := fmt.Sprintf("%g", 100*share)
		t.Columns = append(t.Columns, report.Column{Key: "found_" + percent + "_percent", Head: "found\n" + percent + " %", Unit: shareUnit, Digits: 2})
	}
	for _, m := range b.simulations {
		row := []any{m.Model.Name, m.Model.Meaning, m.Epochs, m.FalseAlarms, rated(m.Alarms())}
		for _, f := range m.Found {
			row = append(row, rated(f.Slower()))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
