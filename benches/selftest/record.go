package selftest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Family is how many comparisons are judged together.
const Family = 10

// Levels are the slow-downs that are injected, as shares of the CPU time per
// message.
var Levels = []float64{0.01, 0.02, 0.05, 0.10}

const (
	copyMark = "copy"
	slowMark = "slow"
)

// CopyName returns the name of the i-th server that is identical to the
// reference, beside its A/A process.
func CopyName(i int) string { return fmt.Sprint(copyMark, i) }

// SlowName returns the name of the server that is slowed down by a share of what
// a message takes under a case.
func SlowName(share float64, c results.Case) string {
	return fmt.Sprintf("%s%g-%s", slowMark, 100*share, strings.ReplaceAll(c.String(), "/", "x"))
}

// Record is a recorded session, by a unit.
type Record struct {
	Unit   results.Unit
	Cases  []results.Case
	Same   []results.Server // identical ones, the reference first
	Slow   []Slow           // by case and level
	steal  map[int]float64  // by epoch: share of the CPUs' time; what is not known is absent
	rounds []round          // in the order of time
}

// Slow is a server that was slowed down under a case.
type Slow struct {
	Server results.Server
	Case   results.Case
	Share  float64 // asked for
}

type round struct {
	block  int // from 1
	at     time.Duration
	epoch  int
	values map[cell]float64
	waited float64 // sum of the shares of runs that were waited for a CPU
	known  int     // runs of which that is known
}

type cell struct {
	server results.Server
	c      results.Case
}

// Read returns the record of a session, by a unit. An error says why its samples
// are not of one that can be judged.
func Read(res *results.Results, unit string) (*Record, error) {
	samples := res.Of("Echo")
	r := &Record{Unit: results.UnitOf(unit), Cases: results.Cases(samples), steal: map[int]float64{}}
	for _, s := range res.Steal {
		r.steal[s.Epoch] = s.Share
	}
	byRound := map[int]int{}
	for _, s := range samples {
		key := cell{s.Name.Server(), s.Name.Case()}
		r.take(key)
		i, ok := byRound[s.Round]
		if !ok {
			i = len(r.rounds)
			byRound[s.Round] = i
			r.rounds = append(r.rounds, round{block: i + 1, at: s.At, epoch: s.Epoch, values: map[cell]float64{}})
		}
		if v := s.Values[unit]; v > 0 {
			r.rounds[i].values[key] = v
		}
		if v, ok := s.Values["wait-share"]; ok {
			r.rounds[i].waited += v
			r.rounds[i].known++
		}
	}
	return r, r.check()
}

// take notes which server a sample is of.
func (r *Record) take(k cell) {
	name := k.server.Value("server")
	share := 0.0
	_, err := fmt.Sscanf(name, slowMark+"%g-", &share)
	switch slow := (Slow{k.server, k.c, share / 100}); {
	case err == nil && !slices.Contains(r.Slow, slow):
		r.Slow = append(r.Slow, slow)
	case err == nil || slices.Contains(r.Same, k.server):
	case name == results.Own || strings.HasPrefix(name, copyMark):
		r.Same = append(r.Same, k.server)
	}
}

func (r *Record) check() error {
	slices.SortFunc(r.Same, func(a, b results.Server) int { return strings.Compare(string(a), string(b)) })
	slices.SortStableFunc(r.Slow, func(a, b Slow) int {
		if a.Case != b.Case {
			return slices.Index(r.Cases, a.Case) - slices.Index(r.Cases, b.Case)
		}
		return int(math.Copysign(1, a.Share-b.Share))
	})
	switch n := max(0, len(r.Same)-1) * len(r.Cases); {
	case len(r.Slow) == 0:
		return errors.New("there are no slowed-down servers among the samples: results of wsbench selftest are wanted")
	case n != Family:
		return fmt.Errorf("samples of %d identical servers under %d cases make %d comparisons, where %d are wanted: record a longer session, or on a quieter host", len(r.Same), len(r.Cases), n, Family)
	}
	return nil
}

// Length returns how long the record is.
func (r *Record) Length() time.Duration {
	if len(r.rounds) < 2 {
		return 0
	}
	first, last := r.rounds[0].at, r.rounds[len(r.rounds)-1].at
	return last - first + (last-first)/time.Duration(len(r.rounds)-1)
}

// Rounds returns how many rounds have samples, and in how many epochs.
func (r *Record) Rounds() (rounds, epochs int) {
	seen := map[int]bool{}
	for _, x := range r.rounds {
		seen[x.epoch] = true
	}
	return len(r.rounds), len(seen)
}

// paired is the ratios of two servers within blocks; a round is a block.
type paired []results.Pair

func (p *paired) add(a, b float64, x round) {
	if a > 0 && b > 0 {
		*p = append(*p, results.Pair{Ratio: a / b, Block: x.block, Round: x.block, Epoch: x.epoch})
	}
}

// Injected returns how a slow server compares with the geometric mean of the
// identical ones over the whole record: what was really injected.
func (r *Record) Injected(s Slow, margin float64) results.Difference {
	var p paired
	for _, x := range r.rounds {
		sum, n := 0.0, 0
		for _, same := range r.Same {
			if v := x.values[cell{same, s.Case}]; v > 0 {
				sum, n = sum+math.Log(v), n+1
			}
		}
		if n > 0 {
			p.add(x.values[cell{s.Server, s.Case}], math.Exp(sum/float64(n)), x)
		}
	}
	terms := results.Terms{Margin: margin}
	return terms.Judge([]results.Series{terms.Series(p)}, r.Unit.Better)[0]
}

// Spread returns the standard deviation of the logarithm of the ratio of two
// identical servers within a block, by the median of its absolute values; 0
// where it is not known.
func (r *Record) Spread() float64 {
	var all []float64
	for _, x := range r.rounds {
		for _, c := range r.Cases {
			for _, s := range r.Same[1:] {
				if d := math.Abs(math.Log(x.values[cell{s, c}] / x.values[cell{r.Same[0], c}])); !math.IsInf(d, 0) && !math.IsNaN(d) {
					all = append(all, d)
				}
			}
		}
	}
	if len(all) == 0 {
		return 0
	}
	return 1.4826 * stat.Median(all)
}
