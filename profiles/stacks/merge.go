package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// Named is a profile and the name that tells its samples from others'.
type Named struct {
	Name    string
	Profile *profile.Profile
}

// Merge returns one profile of several, which it leaves as they are: each sample
// has the label source=NAME, in place of one it may have had, so that pprof's -tagroot source shows them side
// by side and -tagfocus source=go one of them. It has the sample types that
// all of them have, and fails if there is none. Its time is the first one's
// and its duration the longest one's, for they are taken to be of one run.
func Merge(named ...Named) (*profile.Profile, error) {
	if len(named) == 0 {
		return nil, fmt.Errorf("no profiles to merge")
	}
	var parts []*profile.Profile
	for _, n := range named {
		parts = append(parts, n.Profile)
	}
	types := common(parts...)
	if len(types) == 0 {
		return nil, fmt.Errorf("no sample type that all have: %s; perf has the types of Go's CPU profiles with -e cpu-clock and -F +period", offered(named))
	}
	duration := int64(0)
	for i, n := range named {
		duration = max(duration, n.Profile.DurationNanos)
		parts[i] = project(n.Profile, types)
		parts[i].SetLabel("source", []string{n.Name})
	}
	p, err := profile.Merge(parts)
	if err != nil {
		return nil, err
	}
	p.DurationNanos, p.TimeNanos = duration, parts[0].TimeNanos
	return p, p.CheckValid()
}

// offered returns the sample types of each.
func offered(named []Named) string {
	var all []string
	for _, n := range named {
		var types []string
		for _, t := range n.Profile.SampleType {
			types = append(types, t.Type+"/"+t.Unit)
		}
		all = append(all, n.Name+" has "+strings.Join(types, ", "))
	}
	return strings.Join(all, "; ")
}

// common returns the sample types that all profiles have, in the first one's order.
func common(all ...*profile.Profile) []*profile.ValueType {
	return slices.DeleteFunc(slices.Clone(all[0].SampleType), func(t *profile.ValueType) bool {
		return slices.ContainsFunc(all, func(p *profile.Profile) bool { return column(p, t.Type, t.Unit) < 0 })
	})
}

// column returns the index of a sample type; -1 is none. An empty unit is any.
func column(p *profile.Profile, name, unit string) int {
	return slices.IndexFunc(p.SampleType, func(t *profile.ValueType) bool { return t.Type == name && (unit == "" || t.Unit == unit) })
}

// project returns a copy of p with these sample types, of which the last is that
// of the period: profiles whose periods are of several types cannot be merged.
func project(p *profile.Profile, types []*profile.ValueType) *profile.Profile {
	p = p.Copy()
	for _, s := range p.Sample {
		var values []int64
		for _, t := range types {
			values = append(values, s.Value[column(p, t.Type, t.Unit)])
		}
		s.Value = values
	}
	last := types[len(types)-1]
	p.SampleType, p.PeriodType = types, last
	if column(p, p.DefaultSampleType, "") < 0 {
		p.DefaultSampleType = last.Type
	}
	return p
}
