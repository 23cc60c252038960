package explain

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/pprof/profile"

	"wsbench/benches/lab"
	"wsbench/benches/results"
	"wsbench/benches/stat"
	"wsbench/profiles/attribution"
	"wsbench/profiles/counts"
	"wsbench/profiles/stacks"
)

// Analysis is what the captures of a folder come to.
type Analysis struct {
	Dir      string
	Results  *lab.Results
	Rules    *attribution.Rules
	Subjects []*Subject
	Warnings []error // captures that could not be read, and what to know of the others

	against     bool
	comparisons []Comparison
	open        func(observer, path string) (*profile.Profile, error)
}

// Subject is one server under one case.
type Subject struct {
	Variant  lab.Variant
	Case     lab.Case
	CPU      float64 // ns a message, unobserved; in a comparison, observed; median over the rounds
	Doubtful bool    // CPU is of observed turns, as every other one was left out
	Base     bool    // the others are compared with it
	Captures []Capture
	counted  []counted
	sampled  []sampled
	profiles map[string]*profile.Profile // by observer, all rounds; of PerfRecord and Pprof scaled to Messages
	HZ       int64                       // samples of the CPU profile
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
	functions  map[string]float64 // by identity, of 1
}

// Messages is what profiles are scaled to.
const Messages = 1_000_000

// Analyse reads the folder of a session, each capture once. Captures that
// cannot be read are Warnings; err is of a folder without any. Without rules
// they are those that the session was analysed by first.
func Analyse(dir string, rules *attribution.Rules) (*Analysis, error) {
	return analyse(dir, rules, openProfile)
}

func analyse(dir string, rules *attribution.Rules, open func(observer, path string) (*profile.Profile, error)) (*Analysis, error) {
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
	a := &Analysis{Dir: dir, Rules: rules, Warnings: warnings, open: open}
	if a.Results, err = readResults(dir); err != nil {
		return nil, err
	}
	for _, c := range captures {
		s := a.subject(c)
		s.Captures = append(s.Captures, c)
	}
	for _, s := range a.Subjects {
		a.read(s)
		if s.Doubtful && !a.against {
			a.Warnings = append(a.Warnings, fmt.Errorf("%s: every unobserved turn was left out, so ns/msg rest on the CPU time of observed ones (%.0f ns)", s.Label(), s.CPU))
		}
	}
	if n := len(glob(filepath.Join(dir, capturesDir, "*", warningsFile))); n > 0 {
		a.Warnings = append(a.Warnings, fmt.Errorf("%d captures have remarks on what could not be told of them: %s", n, filepath.Join(dir, capturesDir, "*", warningsFile)))
	}
	a.comparisons = a.compareAll()
	return a, nil
}

// RulesFile is the name of a user's rules in a session's folder.
const RulesFile = "attribution.rules"

// rulesOf are the rules in dir, or the default ones.
func rulesOf(dir string) (*attribution.Rules, error) {
	path := filepath.Join(dir, RulesFile)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return attribution.Default(), nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return attribution.Parse(f, path)
}

func readResults(dir string) (*lab.Results, error) {
	path := filepath.Join(dir, results.BenchFile)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return lab.Read(f, path)
}

func glob(pattern string) []string {
	paths, _ := filepath.Glob(pattern)
	return paths
}

// Against tells whether the folder is of a comparison of servers.
func (a *Analysis) Against() bool {
	return a.against
}

func (a *Analysis) subject(c Capture) *Subject {
	a.against = a.against || c.Against
	for _, s := range a.Subjects {
		if s.Case == c.Case() && s.Variant.Name(s.Case) == c.Variant().Name(s.Case) {
			return s
		}
	}
	s := &Subject{Variant: c.Variant(), Case: c.Case(), Base: c.Base, profiles: map[string]*profile.Profile{}}
	a.Subjects = append(a.Subjects, s)
	return s
}

// keys are those of the subject's benchmarks' names that tell it apart.
func (s *Subject) keys() []results.KV { return results.ParseName(s.Variant.Name(s.Case)).Keys }

// Label is what the subject is called in tables and as a folder.
func (s *Subject) Label() string { return s.Variant.Label() + " " + s.Case.Short() }

// read reads the subject's captures.
func (a *Analysis) read(s *Subject) {
	s.CPU = a.cpu(s)
	all := map[string][]*profile.Profile{}
	for _, c := range s.Captures {
		if c.Echoes == 0 || c.Doubt != "" && s.sound(c.Observer) {
			continue
		}
		dir := filepath.Join(a.Dir, c.Dir)
		for _, file := range files(c.Observer) {
			path := filepath.Join(dir, file)
			if filepath.Ext(file) != ".gz" {
				a.readCounts(s, c, path)
				continue
			}
			p, err := a.open(c.Observer, path)
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
	kind := p.SampleType[weight(p)].Type
	got := sampled{Capture: c, functions: map[string]float64{}}
	got.components, _ = a.Rules.Split(p, kind) // the profile has that type
	list, total := stacks.Functions(p, kind), 0.0
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

// sound tells whether an observer has captures of turns without a doubt: the
// others are then left aside.
func (s *Subject) sound(observer string) bool {
	return slices.ContainsFunc(s.Captures, func(c Capture) bool { return c.Observer == observer && c.Doubt == "" })
}

// files are what is read of a capture, after convert.
func files(observer string) []string {
	switch observer {
	case PerfRecord, Pprof:
		return []string{cpuProfile}
	case OffCPU:
		return []string{offCPUProfile}
	}
	i := slices.IndexFunc(Observers, func(o Observer) bool { return o.Name == observer })
	if i < 0 {
		return nil
	}
	return Observers[i].files
}

func openProfile(observer, path string) (*profile.Profile, error) {
	if observer != Pprof {
		return readProfile(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return stacks.ReadGo(f, path)
}

func (a *Analysis) readCounts(s *Subject, c Capture, path string) {
	f, err := os.Open(path)
	if a.warn(err) {
		return
	}
	defer f.Close()
	got, err := counts.Read(f, path)
	if a.warn(err) {
		return
	}
	a.Warnings = append(a.Warnings, got.Warnings...)
	s.counted = append(s.counted, counted{c, got})
}

func (a *Analysis) warn(err error) bool {
	if err != nil {
		a.Warnings = append(a.Warnings, err)
	}
	return err != nil
}

// cpu is the median of the server's CPU time a message, of turns without an
// observer where there are any.
func (a *Analysis) cpu(s *Subject) float64 {
	var xs []float64
	against := a.Against()
	for _, x := range a.Results.Samples {
		same := x.Case == s.Case && x.Variant.Server == s.Variant.Server && x.Variant.IO == s.Variant.IO && x.Variant.AA == s.Variant.AA
		if same && (against || x.Variant.Observer == "") {
			xs = append(xs, x.Values["cpu-ns/msg"])
		}
	}
	if s.Doubtful = len(xs) == 0; s.Doubtful {
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

// counts is how many captures of an observer were read.
func (s *Subject) counts(observer string) (n int) {
	for _, c := range s.counted {
		if c.Observer == observer {
			n++
		}
	}
	return n
}

// scale makes the CPU time of p total ns, of which it is one part of so many.
// Numbers of samples stay.
func scale(p *profile.Profile, total float64, parts int) {
	i := weight(p)
	sum := int64(0)
	for _, s := range p.Sample {
		sum += s.Value[i]
	}
	if sum == 0 || total == 0 {
		return
	}
	ratios := slices.Repeat([]float64{1}, len(p.SampleType))
	ratios[i] = total / float64(parts) / float64(sum)
	p.ScaleN(ratios)
}

// weight is the index of the values that say how much CPU time a sample is.
func weight(p *profile.Profile) int {
	for i, t := range p.SampleType {
		if t.Unit == "nanoseconds" {
			return i
		}
	}
	return len(p.SampleType) - 1
}
