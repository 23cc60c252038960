package results

import (
	"math"
	"slices"
)

// Comparison is a server against the reference under one case, or under all of
// them where Case is "".
type Comparison struct {
	Case   Case
	Server Server
	Rounds int // of all cases: rounds in which each of them has a ratio
	Of     int // of all cases: rounds in which any of them has one
	Difference
}

// Reference returns the server that the others are compared with: the one that
// has an A/A process, else the raw floor, else the first of the samples.
func Reference(samples []Sample) (ref Server, ok bool) {
	for _, s := range samples {
		server := s.Name.Server()
		observed := server.Value("observer") != ""
		switch {
		case server.AA():
			return server.First(), true
		case !ok || server.Value("io") == "raw" && !observed || ref.Value("observer") != "" && !observed:
			ref, ok = server, true
		}
	}
	return ref, ok
}

// Judgement is how servers compare with the reference by the values of a unit.
// What a server is compared with is the geometric mean of the reference and of its
// second process, of those that have a sample in the block: two runs, and two starts,
// scatter less than one. The second process itself is compared with the first alone.
// Each list is a family of its own: neither the noise nor what is pooled has a
// part in the correction of the others.
type Judgement struct {
	Unit   Unit
	Others []Comparison // by case
	Pooled []Comparison // over all cases, by round; none of a single case
	AA     []Comparison // the reference's second process, by case
}

// Compare judges every server against the reference.
func Compare(samples []Sample, unit string, terms Terms) Judgement {
	ref, _ := Reference(samples)
	return CompareWith(samples, ref, unit, terms)
}

// CompareWith does as Compare does, with a reference of the caller's.
func CompareWith(samples []Sample, ref Server, unit string, terms Terms) Judgement {
	j := Judgement{Unit: UnitOf(unit)}
	cases := Cases(samples)
	for _, s := range Servers(samples) {
		if s == ref {
			continue
		}
		j.Others = append(j.Others, compared(samples, s)...)
		if len(cases) > 1 {
			j.Pooled = append(j.Pooled, Comparison{Server: s})
		}
	}
	j.AA = compared(samples, ref.Second())
	for _, list := range [][]Comparison{j.Others, j.Pooled, j.AA} {
		judge(samples, j.Unit, terms, list, ref, cases)
	}
	return j
}

// compared lists the cases in which s has samples.
func compared(samples []Sample, s Server) (list []Comparison) {
	var own []Sample
	for _, x := range samples {
		if x.Name.Server() == s {
			own = append(own, x)
		}
	}
	for _, c := range Cases(samples) {
		for _, x := range own {
			if x.Name.Case() == c {
				list = append(list, Comparison{Case: c, Server: s})
				break
			}
		}
	}
	return list
}

func judge(samples []Sample, unit Unit, terms Terms, list []Comparison, ref Server, cases []Case) {
	sets := make([][]Pair, len(list))
	for i, c := range list {
		base := baseOf(c.Server, ref)
		sets[i] = pairsOf(samples, unit.Name, c.Server, base, c.Case)
		if c.Case == "" {
			sets[i], list[i].Of = pooled(samples, unit.Name, c.Server, base, cases)
			list[i].Rounds = len(sets[i])
		}
	}
	for i, d := range terms.judge(sets, unit.Better) {
		list[i].Difference = d
	}
}

// baseOf returns the processes of the reference that s is compared with.
func baseOf(s, ref Server) []Server {
	if s == ref.Second() {
		return []Server{ref}
	}
	return []Server{ref, ref.Second()}
}

// Pair is the ratio of a sample to others of its block.
type Pair struct {
	Ratio               float64
	Block, Round, Epoch int
}

func ratios(pairs []Pair) (values []float64, epochs []int) {
	for _, p := range pairs {
		values, epochs = append(values, p.Ratio), append(epochs, p.Epoch)
	}
	return values, epochs
}

// pooled returns the geometric mean of the cases' ratios, of each round in which
// all of them have one: of such rounds alone it is the same quantity. any is the number of
// rounds in which one of them has.
func pooled(samples []Sample, unit string, s Server, base []Server, cases []Case) (pairs []Pair, any int) {
	sum, n, first, last := map[int]float64{}, map[int]int{}, map[int]Pair{}, map[int]int{}
	var rounds []int
	for _, c := range cases {
		for _, p := range pairsOf(samples, unit, s, base, c) {
			if n[p.Round] == 0 {
				rounds = append(rounds, p.Round)
				first[p.Round] = p
			}
			sum[p.Round] += math.Log(p.Ratio)
			n[p.Round]++
			last[p.Round] = max(last[p.Round], p.Block)
		}
	}
	for _, r := range rounds {
		if n[r] == len(cases) {
			pairs = append(pairs, Pair{math.Exp(sum[r] / float64(len(cases))), last[r], r, first[r].Epoch})
		}
	}
	return pairs, len(rounds)
}

// Ratios returns the values of s over those of ref under c, one for each block
// in which both have a sample.
func Ratios(samples []Sample, unit string, s, ref Server, c Case) []float64 {
	values, _ := ratios(pairsOf(samples, unit, s, []Server{ref}, c))
	return values
}

// pairsOf returns the values of s under c over the geometric mean of those of base.
func pairsOf(samples []Sample, unit string, s Server, base []Server, c Case) []Pair {
	var own, others []Sample
	for _, x := range samples {
		switch server := x.Name.Server(); {
		case x.Name.Case() != c:
		case server == s:
			own = append(own, x)
		case slices.Contains(base, server):
			others = append(others, x)
		}
	}
	return paired(own, others, unit)
}

// paired returns the values of samples over the geometric mean of those of base, of each
// block in which both have one.
func paired(samples, base []Sample, unit string) (pairs []Pair) {
	sum, n := map[int]float64{}, map[int]float64{} // by block
	for _, x := range base {
		if v := x.Values[unit]; v > 0 {
			sum[x.Block] += math.Log(v)
			n[x.Block]++
		}
	}
	for _, x := range samples {
		if v, of := x.Values[unit], n[x.Block]; v > 0 && of > 0 {
			pairs = append(pairs, Pair{v / math.Exp(sum[x.Block]/of), x.Block, x.Round, x.Epoch})
		}
	}
	return pairs
}
