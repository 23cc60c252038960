package stacks

import (
	"encoding/binary"
	"strings"
)

// labels are those of one sample.
type labels struct {
	head
	state string
}

// key returns what distinguishes labels.
func (l labels) key() []byte {
	var key []byte
	for _, s := range []string{l.comm, l.event, l.state} {
		key = append(binary.AppendUvarint(key, uint64(len(s))), s...)
	}
	for _, n := range []struct {
		has bool
		v   int64
	}{{l.hasCPU, l.cpu}, {l.hasPID, l.pid}, {l.hasTID, l.tid}} {
		if n.has {
			key = binary.AppendVarint(append(key, 1), n.v)
		} else {
			key = append(key, 0)
		}
	}
	return key
}

// text leaves out what is empty: pprof shows no such label.
func (l labels) text() map[string][]string {
	m := map[string][]string{}
	for k, v := range map[string]string{"comm": l.comm, "event": l.event, "state": l.state} {
		if v != "" {
			m[k] = []string{strings.ToValidUTF8(v, "�")}
		}
	}
	return m
}

// numbers returns CPU, pid and tid. Each has its name for a unit, which is what
// pprof shows anyway: its encoding drops a 0 without one.
func (l labels) numbers() (values map[string][]int64, units map[string][]string) {
	values, units = map[string][]int64{}, map[string][]string{}
	for _, n := range []struct {
		name string
		has  bool
		v    int64
	}{{"cpu", l.hasCPU, l.cpu}, {"pid", l.hasPID, l.pid}, {"tid", l.hasTID, l.tid}} {
		if n.has {
			values[n.name], units[n.name] = []int64{n.v}, []string{n.name}
		}
	}
	return values, units
}
