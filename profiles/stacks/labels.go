package stacks

import (
	"strings"

	"github.com/google/pprof/profile"
)

// labels are those of one sample.
type labels struct {
	comm, event   string // the event with its modifiers
	state         string
	cpu, pid, tid optional
}

// set gives s the labels. What is empty is absent, for pprof shows no such label.
// CPU, pid and tid have their names for a unit, which is what pprof shows anyway:
// its encoding drops a 0 without one.
func (l labels) set(s *profile.Sample) {
	s.Label, s.NumLabel, s.NumUnit = map[string][]string{}, map[string][]int64{}, map[string][]string{}
	for k, v := range map[string]string{"comm": l.comm, "event": l.event, "state": l.state} {
		if v != "" {
			s.Label[k] = []string{strings.ToValidUTF8(v, "�")}
		}
	}
	for k, v := range map[string]optional{"cpu": l.cpu, "pid": l.pid, "tid": l.tid} {
		if v.ok {
			s.NumLabel[k], s.NumUnit[k] = []int64{v.n}, []string{k}
		}
	}
}
