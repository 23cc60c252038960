package stacks

import (
	"errors"

	"github.com/google/pprof/profile"
)

// ValueIndex returns where samples hold the values of sampleType; "" stands for
// the profile's default, or else its last.
func ValueIndex(p *profile.Profile, sampleType string) (int, error) {
	if len(p.SampleType) == 0 {
		return 0, errors.New("the profile holds no sample type; it is empty")
	}
	return p.SampleIndexByName(sampleType)
}

// Value returns a sample's i-th value, 0 where a profile was made by hand and lacks
// it.
func Value(s *profile.Sample, i int) int64 {
	if i >= len(s.Value) {
		return 0
	}
	return s.Value[i]
}

// Total returns the sum of the i-th values of all samples.
func Total(p *profile.Profile, i int) (sum int64) {
	for _, s := range p.Sample {
		sum += Value(s, i)
	}
	return sum
}
