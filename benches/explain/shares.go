package explain

import (
	"wsbench/benches/lab"
	"wsbench/benches/results"
	"wsbench/profiles/attribution"
	"wsbench/profiles/stacks"
)

// Sampler returns the observer that says where CPU time goes: perf record, which
// sees the kernel too, or Go's profiler where only that captured anything. It is ""
// where neither did.
func (s *Subject) Sampler() string {
	for _, name := range []string{PerfRecord, Pprof} {
		if s.profiles[name] != nil {
			return name
		}
	}
	return ""
}

// Functions returns the functions of the CPU profile, ns per message, those with
// most of their own first.
func (s *Subject) Functions() []stacks.Function {
	p := s.profiles[s.Sampler()]
	if p == nil {
		return nil
	}
	list := stacks.Functions(p, "")
	for i := range list {
		list[i].Flat /= Messages
		list[i].Cum /= Messages
	}
	return list
}

// Attribution returns the CPU time of each component, ns per message.
func (a *Analysis) Attribution(s *Subject) []attribution.Share {
	p := s.profiles[s.Sampler()]
	if p == nil {
		return nil
	}
	list, err := a.Rules.Split(p, "")
	if err != nil {
		return nil // the profile is empty
	}
	for i := range list {
		list[i].Value /= Messages
	}
	return list
}

// Heaviest is where a server takes its CPU time more than another does.
type Heaviest struct {
	Component string
	Own, Base float64 // its CPU time in s and in the other server, ns per message
	Function  string  // of the component's functions in s, the one with most of its own; "": none is named
}

// Heaviest returns the component in which s takes the most CPU time beyond what base
// does; nil stands for a server that takes none. It is the zero Heaviest where no
// profile of s was captured.
func (a *Analysis) Heaviest(s, base *Subject) (h Heaviest) {
	others := map[string]float64{}
	if base != nil {
		for _, c := range a.Attribution(base) {
			others[c.Component] = c.Value
		}
	}
	for _, c := range a.Attribution(s) {
		if by := c.Value - others[c.Component]; h.Component == "" || by > h.Own-h.Base {
			h = Heaviest{Component: c.Component, Own: c.Value, Base: others[c.Component]}
		}
	}
	for _, f := range s.Functions() { // most of its own first
		if a.Rules.Component([]stacks.Frame{f.Frame}) == h.Component && f.Flat > 0 {
			h.Function = f.Name
			break
		}
	}
	return h
}

// Overhead is what an observer cost: ratios of the observed runs to the
// unobserved ones of their blocks.
type Overhead struct {
	Observer string             // "" for the A/A process
	Rate     results.Difference // of messages per second
	CPU      results.Difference // of the server's CPU time per message
	Own      float64            // CPU time of the observer, ns per message, median; NaN of the A/A process
}

// Overheads returns what each observer cost s, in the order of Observers; the
// A/A process, where there is one, is first.
func (a *Analysis) Overheads(s *Subject) (list []Overhead) {
	samples := a.Results.Of("Echo")
	groups := results.Groups(samples)
	var rates, cpus [][]float64
	add := func(observer string, server results.Server) {
		rate := results.Ratios(samples, "msg/s", server, s.Server, s.Case)
		if len(rate) == 0 {
			return
		}
		list = append(list, Overhead{Observer: observer, Own: results.Find(groups, server, s.Case).Median("observer-ns/msg")})
		rates = append(rates, rate)
		cpus = append(cpus, results.Ratios(samples, "cpu-ns/msg", server, s.Server, s.Case))
	}
	add("", s.Server.Second())
	for _, o := range Observers {
		add(o.Name, observed(s.Server, o.Name))
	}
	for i, d := range results.Judge(rates, "higher", results.DefaultMargin) {
		list[i].Rate = d
	}
	for i, d := range results.Judge(cpus, "lower", results.DefaultMargin) {
		list[i].CPU = d
	}
	return list
}

// observed returns the key of a server that an observer watches.
func observed(s results.Server, by string) results.Server {
	return lab.Server{Key: s}.Observed(by).Key
}

// Events returns what perf stat counted, a sample for each capture, without
// names.
func (s *Subject) Events() *results.Group {
	g := &results.Group{}
	for _, c := range s.counted {
		if c.Observer == PerfStat {
			g.Samples = append(g.Samples, results.Sample{Values: per{"/msg", c.Echoes}.whole(c.got)})
		}
	}
	return g
}

// Samples returns how many samples the CPU profile has.
func (s *Subject) Samples() int64 {
	if p := s.profiles[s.Sampler()]; p != nil {
		return stacks.Total(p, 0)
	}
	return 0
}

// Command returns what a person types to capture what an observer does; "" if
// it did not observe s.
func (s *Subject) Command(observer string) string {
	for _, c := range s.Captures {
		if c.Observer == observer {
			return c.Command
		}
	}
	return ""
}
