package explain

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/pprof/profile"

	"wsbench/benches/results"
	"wsbench/benches/stat"
	"wsbench/profiles/attribution"
	"wsbench/profiles/counts"
	"wsbench/profiles/stacks"
)

// Analysis is what the captures of a folder come to.
type Analysis struct {
	Dir      string
	Results  *results.Results // of the session; its warnings are also those of the captures
	Rules    *attribution.Rules
	Subjects []*Subject

	compares    bool
	comparisons []Comparison
	open        func(path string) (*profile.Profile, error)
}

// Subject is one server under one case.
type Subject struct {
	Server   results.Server
	Case     results.Case
	CPU      float64 // ns per message, unobserved; in a comparison, observed; median over the rounds
	Observed bool    // CPU is of observed runs, as every other one was discarded
	Base     bool    // the others are compared with it
	Captures []Capture
	keys     []results.KV // of its benchmarks' names
	counted  []counted
	sampled  []sampled
	profiles map[string]*profile.Profile // by observer, all rounds; of PerfRecord and Pprof scaled to Messages
}

// counted is a capture of counts that was read.
type counted struct {
	Capture
	got *counts.Capture
}

// sampled is a CPU profile that was read, as shares of its time.
type sampled struct {
	Capture
	components []attribution.Share
	functions  map[part]float64 // of 1
}

// Messages is what profiles are scaled to.
const Messages = 1_000_000

// Analyse reads the captures in the folder of a session with results res, each
// once. Captures that cannot be read are warnings of res; err is of a folder
// without any. Without rules they are those that the session was analysed by first.
func Analyse(dir string, res *results.Results, rules *attribution.Rules) (*Analysis, error) {
	return analyse(dir, res, rules, openProfile)
}

func analyse(dir string, res *results.Results, rules *attribution.Rules, open func(path string) (*profile.Profile, error)) (*Analysis, error) {
	if rules == nil {
		var err error
		if rules, err = rulesOf(dir); err != nil {
			return nil, err
		}
	}
	captures, warnings, err := readCaptures(dir)
	if err != nil {
		return nil, err
	}
	a := &Analysis{Dir: dir, Results: res, Rules: rules, open: open}
	res.Warnings = append(res.Warnings, warnings...)
	if len(captures)+len(warnings) == 0 {
		res.Warnings = append(res.Warnings, fmt.Errorf("%s lists no capture: no observed run came to its end", filepath.Join(dir, capturesFile)))
	}
	for _, c := range captures {
		s := a.subject(c)
		s.Captures = append(s.Captures, c)
	}
	for _, s := range a.Subjects {
		a.read(s)
		if s.Observed && !a.compares {
			a.Results.Warnings = append(a.Results.Warnings, fmt.Errorf("%s: every unobserved run was discarded, so ns/msg rest on the CPU time of observed ones (%.0f ns)", s.Label(), s.CPU))
		}
	}
	if n := len(glob(filepath.Join(dir, capturesDir, "*", warningsFile))); n > 0 {
		a.Results.Warnings = append(a.Results.Warnings, fmt.Errorf("%d captures have remarks on what could not be read of them: %s", n, filepath.Join(dir, capturesDir, "*", warningsFile)))
	}
	a.comparisons = a.compareAll()
	return a, nil
}

// RulesFile is the name of a user's rules in a session's folder.
const RulesFile = "attribution.rules"

// rulesOf returns the rules in dir, or the default ones.
func rulesOf(dir string) (*attribution.Rules, error) {
	rules, err := ReadFile(filepath.Join(dir, RulesFile), attribution.Parse)
	if errors.Is(err, os.ErrNotExist) {
		return attribution.Default(), nil
	}
	return rules, err
}

func glob(pattern string) []string {
	paths, _ := filepath.Glob(pattern)
	return paths
}

// Compares reports whether the folder is of a comparison of servers.
func (a *Analysis) Compares() bool { return a.compares }

func (a *Analysis) subject(c Capture) *Subject {
	a.compares = a.compares || c.Compares
	name := results.ParseName(c.Name)
	for _, s := range a.Subjects {
		if s.Case == name.Case() && s.Server == name.Server() {
			return s
		}
	}
	s := &Subject{Server: name.Server(), Case: name.Case(), Base: c.Base, keys: name.Keys, profiles: map[string]*profile.Profile{}}
	a.Subjects = append(a.Subjects, s)
	return s
}

// Label returns what the subject is called in tables.
func (s *Subject) Label() string { return s.Server.Label() + " " + s.Case.String() }

// read reads the subject's captures.
func (a *Analysis) read(s *Subject) {
	s.CPU = a.cpu(s)
	all := map[string][]*profile.Profile{}
	for _, c := range s.Captures {
		if c.Echoes == 0 || c.Discarded != "" && s.sound(c.Observer) {
			continue
		}
		path := filepath.Join(a.Dir, c.Dir, fileOf(c.Observer))
		switch filepath.Ext(path) {
		case ".txt":
			a.readCounts(s, c, path)
		case ".gz":
			p, err := a.open(path)
			if a.warn(err) {
				continue
			}
			if c.Observer == PerfRecord {
				s.sampled = append(s.sampled, a.sampled(c, p))
			}
			all[c.Observer] = append(all[c.Observer], p)
		}
	}
	for observer, list := range all {
		for _, p := range list {
			if observer != OffCPU { // whose time is the thread's, not the CPU's
				scale(p, s.CPU*Messages, len(list))
			}
		}
		p, err := profile.Merge(list)
		if !a.warn(err) {
			s.profiles[observer] = p
		}
	}
}

// sampled takes the shares of a profile, before it is scaled.
func (a *Analysis) sampled(c Capture, p *profile.Profile) sampled {
	got := sampled{Capture: c, functions: map[part]float64{}}
	got.components, _ = a.Rules.Split(p, "") // of an empty profile nothing
	list, total := stacks.Functions(p, ""), 0.0
	for _, f := range list {
		total += f.Flat
	}
	for _, f := range list {
		if total > 0 {
			got.functions[identity(f)] += f.Flat / total
		}
	}
	return got
}

// sound reports whether an observer has captures of runs that were not
// discarded: the others are then not read.
func (s *Subject) sound(observer string) bool {
	return slices.ContainsFunc(s.Captures, func(c Capture) bool { return c.Observer == observer && c.Discarded == "" })
}

// fileOf returns the file that is read of a capture, "" of an unknown observer.
func fileOf(observer string) string {
	for _, o := range Observers {
		if o.Name == observer {
			return o.file
		}
	}
	return ""
}

func openProfile(path string) (*profile.Profile, error) { return ReadFile(path, stacks.ReadGo) }

func (a *Analysis) readCounts(s *Subject, c Capture, path string) {
	got, err := ReadFile(path, counts.Read)
	if a.warn(err) {
		return
	}
	a.Results.Warnings = append(a.Results.Warnings, got.Warnings...)
	s.counted = append(s.counted, counted{c, got})
}

func (a *Analysis) warn(err error) bool {
	if err != nil {
		a.Results.Warnings = append(a.Results.Warnings, err)
	}
	return err != nil
}

// cpu returns the median of the server's CPU time per message, of runs without
// an observer where there are any.
func (a *Analysis) cpu(s *Subject) float64 {
	var xs []float64
	for _, x := range a.Results.Samples {
		same := x.Name.Case() == s.Case && x.Name.Server().Unobserved() == s.Server
		if same && (a.compares || x.Name.Value("observer") == "") {
			xs = append(xs, x.Values["cpu-ns/msg"])
		}
	}
	if s.Observed = len(xs) == 0; s.Observed {
		for _, c := range s.Captures {
			if v := c.Values["cpu-ns/msg"]; v > 0 && (c.Observer == PerfRecord || c.Observer == PerfStat) {
				xs = append(xs, v)
			}
		}
	}
	if len(xs) == 0 {
		return 0
	}
	return stat.Median(xs)
}

// scale makes the CPU time of p total ns, of which it is one part of so many.
// Numbers of samples stay.
func scale(p *profile.Profile, total float64, parts int) {
	i, err := stacks.ValueIndex(p, "")
	sum := stacks.Total(p, i)
	if err != nil || sum == 0 || total == 0 {
		return
	}
	ratios := slices.Repeat([]float64{1}, len(p.SampleType))
	ratios[i] = total / float64(parts) / float64(sum)
	p.ScaleN(ratios)
}
