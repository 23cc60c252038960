package explain

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"wsbench/benches/results"
	"wsbench/profiles/flame"
	"wsbench/profiles/stacks"
)

// BenchFile is the name of the file of benchmark lines made from captures.
const BenchFile = "profile.bench"

// Names of what a subject's folder holds.
const (
	goCPUProfile = "go.pb.gz"
	bothProfile  = "both.pb.gz"
	flameFile    = "flame.svg"
	offCPUFlame  = "offcpu.svg"
	diffFlame    = "diff.svg"
)

// Folder returns the subject's, below the session's.
func (s *Subject) Folder() string {
	name := s.Server.First().Label()
	if s.Server.AA() {
		name += "-aa"
	}
	name += "-" + s.Case.String()
	return strings.NewReplacer("/", "-", " ", "-").Replace(name)
}

// Write leaves profiles, flame graphs and benchmark lines of every subject in
// the folder; what was there of an earlier analysis is replaced.
func (a *Analysis) Write() error {
	err := results.Replace(filepath.Join(a.Dir, BenchFile), a.Bench)
	for _, s := range a.Subjects {
		err = errors.Join(err, a.write(s))
	}
	for _, c := range a.Comparisons() {
		err = errors.Join(err, a.writeDiff(c))
	}
	return err
}

func (a *Analysis) write(s *Subject) error {
	dir := filepath.Join(a.Dir, s.Folder())
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	var err error
	for observer, file := range map[string]string{PerfRecord: cpuProfile, Pprof: goCPUProfile, OffCPU: offCPUProfile} {
		if p := s.profiles[observer]; p != nil {
			a.Rules.Label(p)
			err = errors.Join(err, writeProfile(filepath.Join(dir, file), p))
		}
	}
	for observer, file := range map[string]string{s.Sampler(): flameFile, OffCPU: offCPUFlame} {
		if s.profiles[observer] != nil {
			err = errors.Join(err, results.Replace(filepath.Join(dir, file), func(w io.Writer) error { return a.flame(w, s, observer) }))
		}
	}
	return errors.Join(err, s.writeBoth(filepath.Join(dir, bothProfile)))
}

// writeBoth leaves perf's and Go's profile in one, with the label source.
func (s *Subject) writeBoth(path string) error {
	perf, golang := s.profiles[PerfRecord], s.profiles[Pprof]
	if perf == nil || golang == nil {
		return nil
	}
	p, err := stacks.Merge(stacks.Named{Name: "perf", Profile: perf}, stacks.Named{Name: "go", Profile: golang})
	if err != nil {
		return err
	}
	return writeProfile(path, p)
}

// flame writes the flame graph of what an observer saw of s.
func (a *Analysis) flame(w io.Writer, s *Subject, observer string) error {
	p := s.profiles[observer]
	o := flame.Options{
		Title: s.Label() + ", CPU time per message", Unit: "ns/msg", Per: Messages,
		Group: a.Rules.Component, Groups: a.Rules.Names(),
	}
	if observer == OffCPU {
		o.Title, o.Unit, o.Per = s.Label()+", time off the CPU", "ns/msg", s.echoes(OffCPU)
	}
	return flame.SVG(w, p, o)
}

// echoes returns how many messages came back while observer observed.
func (s *Subject) echoes(observer string) (n float64) {
	for _, c := range s.Captures {
		if c.Observer == observer {
			n += float64(c.Echoes)
		}
	}
	return n
}

func (a *Analysis) writeDiff(c Comparison) error {
	pa, pb := c.A.profiles[PerfRecord], c.B.profiles[PerfRecord]
	if pa == nil || pb == nil {
		return nil
	}
	return results.Replace(filepath.Join(a.Dir, c.B.Folder(), diffFlame), func(w io.Writer) error {
		return flame.Diff(w, pa, pb, flame.Options{
			Title: fmt.Sprintf("%s against %s: CPU time per message", c.B.Label(), c.A.Label()), Unit: "ns/msg",
			Per: Messages, PerA: Messages,
		})
	})
}

// Bench writes what the captures come to as benchmark lines, one for each
// capture and call or component.
func (a *Analysis) Bench(w io.Writer) error {
	f, err := results.NewWriter(w, a.Results.Facts())
	for _, s := range a.Subjects {
		for _, line := range s.lines() {
			err = errors.Join(err, f.Sample(line))
		}
	}
	return err
}

// observedBy returns the keys of s with the observer's name: several may count
// the same calls.
func (s *Subject) observedBy(observer string) []results.KV {
	return append(s.keys[:len(s.keys):len(s.keys)], results.KV{Key: "observer", Value: observer})
}

// lines returns the benchmark lines of s.
func (s *Subject) lines() (list []results.Sample) {
	for _, c := range s.counted {
		list = append(list, CallLines(s.observedBy(c.Observer), c.got, c.Echoes)...)
	}
	for _, c := range s.sampled {
		if s.CPU > 0 && len(c.functions) > 0 {
			list = append(list, attributionLines(s.observedBy(c.Observer), c.components, s.CPU, c.Echoes)...)
		}
	}
	return list
}
