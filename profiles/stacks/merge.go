package stacks

import (
	"fmt"
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
		for _, s := range parts[i].Sample {
			s.Label["source"] = []string{n.Name}
		}
		parts[i].PeriodType = periodType(types)
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
func common(all ...*profile.Profile) []profile.ValueType {
	var types []profile.ValueType
	for _, t := range all[0].SampleType {
		everywhere := true
		for _, p := range all {
			everywhere = everywhere && column(p, t.Type, t.Unit) >= 0
		}
		if everywhere {
			types = append(types, profile.ValueType{Type: t.Type, Unit: t.Unit})
		}
	}
	return types
}

// column returns the index of a sample type; -1 is none. An empty unit is any.
func column(p *profile.Profile, name, unit string) int {
	for i, t := range p.SampleType {
		if t.Type == name && (unit == "" || t.Unit == unit) {
			return i
		}
	}
	return -1
}

// project returns a copy of p with these sample types.
func project(p *profile.Profile, types []profile.ValueType) *profile.Profile {
	columns := make([]int, len(types))
	for i, t := range types {
		columns[i] = column(p, t.Type, t.Unit)
	}
	p = p.Copy()
	for _, s := range p.Sample {
		values := make([]int64, len(types))
		for i, c := range columns {
			values[i] = s.Value[c]
		}
		s.Value = values
		if s.Label == nil {
			s.Label = map[string][]string{}
		}
	}
	p.SampleType = nil
	for _, t := range types {
		p.SampleType = append(p.SampleType, &profile.ValueType{Type: t.Type, Unit: t.Unit})
	}
	if column(p, p.DefaultSampleType, "") < 0 {
		p.DefaultSampleType = types[len(types)-1].Type
	}
	return p
}

// periodType returns one type for all: profiles of several cannot be merged.
func periodType(types []profile.ValueType) *profile.ValueType {
	t := types[len(types)-1]
	return &profile.ValueType{Type: t.Type, Unit: t.Unit}
}
