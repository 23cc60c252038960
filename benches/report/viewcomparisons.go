package report

import (
	"math"
	"slices"

	"wsbench/benches/internal/term"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

var ratioUnit = results.UnitOf("ratio")

// compared returns ratio and verdict of s under c by a response; blank for the
// reference itself.
func (v *view) compared(response int, s results.Server, c results.Case) []any {
	for _, d := range v.judged[response].Others {
		if d.Case == c && d.Server == s {
			e := ratio(d)
			e.Band = band(v.judged[response], c)
			return []any{e, Styled{d.Verdict.Short(), style(d)}}
		}
	}
	return []any{nil, nil}
}

// band returns the interval of the A/A pair's ratio under c; with too few blocks, its
// distance from 1 to both sides; nil where there is no such pair.
func band(j results.Judgement, c results.Case) *stat.Interval {
	for _, a := range j.AA {
		switch far := math.Abs(a.Ratio - 1); {
		case a.Case != c:
		case a.HasCI:
			return &a.Interval
		default:
			return &stat.Interval{Lo: 1 - far, Hi: 1 + far}
		}
	}
	return nil
}

// ratio returns a comparison as a number.
func ratio(d results.Comparison) Estimate {
	e := Estimate{Value: d.Ratio, N: d.N, Style: style(d)}
	if d.HasCI {
		e.Interval = &d.Interval
	}
	return e
}

var styles = map[results.Finding]Style{results.Faster: Good, results.Slower: Bad, results.Undecided: Unsure}

func style(d results.Comparison) Style {
	if d.Server.AA() {
		return Plain
	}
	return styles[d.Verdict.Kind]
}

// scale returns the one on which all ratios are, to be compared by eye.
func scale(judged []results.Judgement) *term.Scale {
	var ends []float64
	for _, j := range judged {
		for _, d := range slices.Concat(j.Others, j.Pooled, j.AA) {
			ends = append(ends, d.Ratio)
			if d.HasCI {
				ends = append(ends, d.Interval.Lo, d.Interval.Hi)
			}
		}
	}
	all := term.RatioScale(ends...)
	return &all
}

// comparisons returns one row per comparison of a kind, by all that they are judged by.
func (v *view) comparisons(id string, judged []results.Judgement, of func(results.Judgement) []results.Comparison) Table {
	t := Table{ID: id, Columns: Keyed(
		Column{Key: "verdict", In: JSON}, Column{Key: "verdict_percent", In: JSON}, Column{Key: "settled_by_times", In: JSON}, Column{Key: "by_epoch", In: JSON}, Column{Key: "look", In: JSON}, Column{Key: "look_share", In: JSON},
		Column{Key: "unit", Head: "of", Group: true}, Column{Head: "case"}, Column{Key: "label", Head: "server"}, Column{Key: "blocks", Head: "blocks", In: HTML | JSON},
		Column{Key: "ratio", Head: "ratio", Unit: ratioUnit, Bounds: "interval", Draw: Spans, Scale: scale(judged)},
		Column{Key: "p", In: JSON}, Column{Key: "p_adjusted", Head: "p, corrected", Unit: ratioUnit, Digits: 4, In: HTML | JSON},
		Column{Key: "verdict_text", Head: "verdict", Least: 20},
	)}
	for _, j := range judged {
		for _, d := range of(j) {
			var percent, times any
			if d.Verdict.Kind == results.Equivalent || d.Verdict.Kind == results.Undecided {
				percent = d.Verdict.Percent
			}
			if d.Verdict.Kind == results.Undecided {
				times = d.Verdict.Times
			}
			name := d.Case.String()
			if name == "" {
				name = "all"
			}
			t.Rows = append(t.Rows, KeyCells(d.Server, d.Case, d.Verdict.Kind.String(), percent, times, d.ByEpoch, d.Look, d.Share, j.Unit.Name,
				name, d.Server.Label(), d.N, ratio(d), d.P, d.Adjusted, d.Verdict.String()))
		}
	}
	return t
}
