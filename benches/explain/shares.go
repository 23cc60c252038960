package explain

import (
	"wsbench/benches/lab"
	"wsbench/profiles/attribution"
	"wsbench/profiles/stacks"
)

// Functions lists the functions of the CPU profile, ns a message, those with
// most of their own first.
func (s *Subject) Functions() []stacks.Function {
	p := s.profiles[PerfRecord]
	if p == nil {
		return nil
	}
	list := stacks.Functions(p, p.SampleType[weight(p)].Type)
	for i := range list {
		list[i].Flat /= Messages
		list[i].Cum /= Messages
	}
	return list
}

// Components lists the CPU time of each component, ns a message.
func (a *Analysis) Components(s *Subject) []attribution.Share {
	p := s.profiles[PerfRecord]
	if p == nil {
		return nil
	}
	list, err := a.Rules.Split(p, p.SampleType[weight(p)].Type)
	if err != nil {
		return nil // not of a sample type that the profile has
	}
	for i := range list {
		list[i].Value /= Messages
	}
	return list
}

// Overhead is what an observer cost: ratios of the observed turns to the
// unobserved ones of their blocks.
type Overhead struct {
	Observer string         // "" for the A/A process
	Rate     lab.Difference // of messages a second
	CPU      lab.Difference // of the server's CPU time a message
	Own      float64        // CPU time of the observer, ns a message, median
}

// Overheads lists what each observer cost s, in the order of Observers; the A/A
// process, where there is one, is first.
func (a *Analysis) Overheads(s *Subject) (list []Overhead) {
	twin := s.Variant
	twin.AA = true
	variants := []lab.Variant{twin}
	for _, o := range Observers {
		v := s.Variant
		v.Observer = o.Name
		variants = append(variants, v)
	}
	var rates, cpus [][]float64
	for _, v := range variants {
		rate := a.Results.RatiosOf("msg/s", v, s.Variant, s.Case)
		if len(rate) == 0 {
			continue
		}
		_, medians := a.Results.Medians(v, s.Case)
		list = append(list, Overhead{Observer: v.Observer, Own: medians["observer-ns/msg"]})
		rates = append(rates, rate)
		cpus = append(cpus, a.Results.RatiosOf("cpu-ns/msg", v, s.Variant, s.Case))
	}
	for i, d := range lab.Judge(rates) {
		list[i].Rate = d
	}
	for i, d := range lab.Judge(cpus) {
		list[i].CPU = d
	}
	return list
}
