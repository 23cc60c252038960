package results

import "wsbench/benches/stat"

// Comparison is a server against the reference under one case.
type Comparison struct {
	Case   Case
	Server Server
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

// Compare judges every server against the reference under every case by the
// values of a unit, and the reference's A/A process too, as a family of its own:
// the noise has no part in the correction of the others.
func Compare(samples []Sample, unit string) (others, aa []Comparison) {
	ref, ok := Reference(samples)
	if !ok {
		return nil, nil
	}
	for _, s := range Servers(samples) {
		if s != ref {
			others = append(others, compared(samples, s)...)
		}
	}
	aa = compared(samples, ref.Second())
	judge(samples, unit, others, ref)
	judge(samples, unit, aa, ref)
	return others, aa
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

func judge(samples []Sample, unit string, list []Comparison, ref Server) {
	sets := make([][]float64, len(list))
	for i, c := range list {
		sets[i] = Ratios(samples, unit, c.Server, ref, c.Case)
	}
	for i, d := range Judge(sets, UnitOf(unit).Better) {
		list[i].Difference = d
	}
}

// Ratios returns the values of s over those of ref under c, one for each block
// in which both have a sample.
func Ratios(samples []Sample, unit string, s, ref Server, c Case) (ratios []float64) {
	base := map[int]float64{}
	for _, x := range samples {
		if x.Name.Server() == ref && x.Name.Case() == c {
			base[x.Block] = x.Values[unit]
		}
	}
	for _, x := range samples {
		if x.Name.Server() != s || x.Name.Case() != c {
			continue
		}
		if b := base[x.Block]; b > 0 && x.Values[unit] > 0 {
			ratios = append(ratios, x.Values[unit]/b)
		}
	}
	return ratios
}

// Judge compares several servers with one reference: each element of sets holds
// the ratios of one of them, one per block. Better is the direction of the unit:
// with "lower" a ratio below 1 is faster. The verdicts are corrected for the
// number of sets; see stat.Family.
func Judge(sets [][]float64, better string) []Difference {
	out := make([]Difference, len(sets))
	for i, d := range (stat.Family{Alpha: 1 - Confidence}).Ratios(sets) {
		out[i] = Difference{d.N, d.Shift, d.Interval, d.Enough, d.P, d.Adjusted, verdict(d, better)}
	}
	return out
}
