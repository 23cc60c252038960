package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/lab"
)

// Observer is a script that watches a server, and the file that is left of it for
// this package to read.
type Observer struct {
	Name   string // key observer
	Is     string // what it tells
	script string
	file   string
	ends   bool // by itself, after the window
}

// Names of observers.
const (
	Strace     = "strace"
	PerfStat   = "perf-stat"
	PerfRecord = "perf-record"
	PerfTrace  = "perf-trace"
	OffCPU     = "offcpu"
	Pprof      = "pprof"
)

// Observers is every observer, in the order of reports.
var Observers = []Observer{
	{PerfStat, "events of CPU and kernel", "perf-stat.sh", "perf-stat.txt", false},
	{PerfRecord, "where CPU time goes, kernel and user", "perf-record.sh", cpuProfile, false},
	{Pprof, "where CPU time goes, by Go's own profiler", "pprof.sh", cpuProfile, true},
	{OffCPU, "what threads wait for", "offcpu.sh", offCPUProfile, false},
	{PerfTrace, "how long system calls take", "perf-trace.sh", "perf-trace.txt", false},
	{Strace, "how many system calls there are", "strace.sh", "strace-counts.txt", false},
}

// Listings that the scripts write, of which convert makes profiles.
const (
	perfScript   = "perf-script.txt"
	offCPUScript = "offcpu-script.txt"
)

// ParseObservers reads a comma-separated list of names, "all" for all.
func ParseObservers(list string) ([]Observer, error) {
	if list == "all" {
		return Observers, nil
	}
	var chosen []Observer
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(Observers, func(o Observer) bool { return o.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%q is not one of %s", name, strings.Join(names(Observers), ", "))
		}
		if slices.ContainsFunc(chosen, func(o Observer) bool { return o.Name == name }) {
			return nil, fmt.Errorf("duplicate %q", name)
		}
		chosen = append(chosen, Observers[i])
	}
	return chosen, nil
}

func names(list []Observer) (names []string) {
	for _, o := range list {
		names = append(names, o.Name)
	}
	return names
}

// argv returns the script's command, for a window of so long and a sampler of so
// many Hz, leaving its files in dir.
func (o Observer) argv(scripts, dir string, window time.Duration, hz int) []string {
	argv := []string{"sh", scripts + "/" + o.script, "-o", dir}
	switch o.Name {
	case PerfRecord:
		argv = append(argv, "-F", strconv.Itoa(hz))
	case Pprof: // asks for whole seconds
		argv = append(argv, "-k", "cpu", "-d", strconv.Itoa(max(1, int(window/time.Second))))
	}
	return append(argv, "-p", lab.PIDMark)
}
