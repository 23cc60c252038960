package attribution

import (
	"slices"

	"github.com/google/pprof/profile"

	"wsbench/profiles/stacks"
)

// A Share is what a component has of a profile.
type Share struct {
	Component string
	Value     float64 // of the sample type, in its unit
	Percent   float64 // of the profile's total; 0 where that is 0
	Samples   int64
}

// label is the key of the label that Label sets.
const label = "component"

// Split attributes p's samples: all components in the file's order, those
// without a sample too, Other last. Percents add up to 100. sampleType "" is
// the profile's default; one that p does not hold is an error.
func (r *Rules) Split(p *profile.Profile, sampleType string) ([]Share, error) {
	at, err := stacks.ValueIndex(p, sampleType)
	if err != nil {
		return nil, err
	}
	names := r.Names()
	shares := make([]Share, len(names))
	index := make(map[string]int, len(names))
	for i, name := range names {
		shares[i].Component = name
		index[name] = i
	}
	count := slices.IndexFunc(p.SampleType, func(t *profile.ValueType) bool { return t.Type == "samples" && t.Unit == "count" })
	sum := 0.0
	for _, s := range p.Sample {
		share, v := &shares[index[r.Component(stacks.Frames(s))]], float64(stacks.Value(s, at))
		share.Value += v
		sum += v
		if count < 0 {
			share.Samples++ // it is one
		} else {
			share.Samples += stacks.Value(s, count)
		}
	}
	for i := range shares {
		if sum != 0 {
			shares[i].Percent = 100 * shares[i].Value / sum
		}
	}
	return shares, nil
}

// Label sets the label component on every sample of p, so that pprof's
// -tagfocus and -tagroot take it. One that is there is replaced.
func (r *Rules) Label(p *profile.Profile) {
	for _, s := range p.Sample {
		if s.Label == nil {
			s.Label = map[string][]string{}
		}
		s.Label[label] = []string{r.Component(stacks.Frames(s))}
	}
}
