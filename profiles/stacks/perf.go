package stacks

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"wsbench/profiles/internal/capture"
)

// ReadPerfScript makes a profile of the text that perf script prints, by
// default or with -F of any of comm,pid,tid,cpu,time,period,event,ip,sym,
// symoff,dso, with --header or without. The package comment tells its sample
// types and labels. Lines that are not understood are warnings, file:line with
// fileName, and the rest is read; an error is one of reading, or that there is
// no sample at all.
func ReadPerfScript(r io.Reader, fileName string) (*profile.Profile, []error, error) {
	s := newScript(r, fileName, &profile.ValueType{Type: "samples", Unit: "count"})
	err := scan(s.in, s.info, visitor{sample: s.sample, record: func(head) {}})
	if err == nil && len(s.p.Sample) == 0 {
		err = errNoSamples
	}
	return s.profile("perf script", fileName, err)
}

var errNoSamples = errors.New("no sample: want what perf script prints of a capture by perf record")

// script is a profile in the making.
type script struct {
	*builder
	in          *capture.Lines
	info        *header
	columns     map[string]int // of sample types, by event; 0: samples only
	clock       string         // the event that is cpu/nanoseconds
	first, last int64          // times of samples, ns
}

func newScript(r io.Reader, fileName string, types ...*profile.ValueType) *script {
	s := &script{builder: newBuilder(), in: capture.NewLines(r, fileName, maxLine), info: &header{}, columns: map[string]int{}}
	s.p.SampleType = types
	return s
}

// profile returns what was read, unless err says why that is nothing.
func (s *script) profile(what, fileName string, err error) (*profile.Profile, []error, error) {
	if err != nil {
		return nil, s.in.Warnings(), fmt.Errorf("%s: %w", fileName, err)
	}
	s.describe(what, fileName)
	s.periodOf()
	return s.finish(), s.in.Warnings(), nil
}

// seen widens the time of the capture.
func (s *script) seen(h head) {
	if h.ns.n > 0 {
		if s.first == 0 || h.ns.n < s.first {
			s.first = h.ns.n
		}
		s.last = max(s.last, h.ns.n)
	}
}

func (s *script) sample(x *sample) {
	s.seen(x.head)
	if !x.period.ok || x.period.n < 0 {
		n := s.info.periods[eventType(x.event)]
		x.period = optional{n, n > 0}
	}
	values := []int64{1}
	if col := s.column(x); col > 0 {
		values = append(values, make([]int64, col)...)
		values[col] = x.period.n
	}
	s.add(s.stack(x.stack), x.labels, values)
}

// column returns where the period of x is counted; 0 is nowhere.
func (s *script) column(x *sample) int {
	event := eventType(x.event)
	col, known := s.columns[event]
	switch {
	case known && (col == 0) == !x.period.ok:
		return col
	case known && !x.period.ok:
		s.in.WarnAt(x.line, "no period of %s, which other samples have: counted as a sample only", capture.Excerpt(x.event))
		return 0
	case !x.period.ok:
		if event != "" && isClock(event) {
			s.in.WarnAt(x.line, "no periods of %s: its samples are counted, its time is not known; want perf script -F +period", event)
		}
		s.columns[event] = 0
		return 0
	case len(s.p.SampleType) > maxEvents:
		s.in.WarnAt(x.line, "more than %d events: %s is counted in samples only", maxEvents, capture.Excerpt(event))
		return 0
	}
	s.columns[event] = len(s.p.SampleType)
	s.p.SampleType = append(s.p.SampleType, s.valueType(event))
	return s.columns[event]
}

// valueType returns the sample type of a new event.
func (s *script) valueType(event string) *profile.ValueType {
	switch {
	case isClock(event) && s.clock == "":
		s.clock = event
		s.p.DefaultSampleType = "cpu"
		return &profile.ValueType{Type: "cpu", Unit: "nanoseconds"}
	case isClock(event):
		return &profile.ValueType{Type: event, Unit: "nanoseconds"}
	case event == "":
		event = "period"
	}
	if s.p.DefaultSampleType == "" {
		s.p.DefaultSampleType = event
	}
	return &profile.ValueType{Type: event, Unit: "count"}
}

// describe sets the comments, time and duration, and warns of what is not counted.
func (s *script) describe(what, fileName string) {
	info := s.info
	s.p.Comments = append([]string{what + " " + filepath.Base(fileName)}, info.comments...)
	if !info.captured.IsZero() {
		s.p.TimeNanos = info.captured.UnixNano()
	}
	if s.surplus > 0 {
		s.in.WarnAt(0, "%d samples are not counted: more than %d distinct stacks; want a shorter capture, or -F without tid", s.surplus, s.most)
	}
	s.p.DurationNanos = s.last - s.first
	if info.duration > 0 && s.last > s.first && info.duration >= time.Duration(s.last-s.first) {
		s.p.DurationNanos = int64(info.duration)
	}
}

// periodOf sets how the event that pprof opens on was sampled.
func (s *script) periodOf() {
	i, err := s.p.SampleIndexByName(s.p.DefaultSampleType)
	if err != nil || s.p.DefaultSampleType == "" {
		return
	}
	s.p.PeriodType = &profile.ValueType{Type: s.p.SampleType[i].Type, Unit: s.p.SampleType[i].Unit}
	for event, col := range s.columns {
		if col == i {
			s.p.Period = s.info.periods[event]
		}
	}
	if s.p.Period == 0 {
		s.p.Period = s.commonPeriod(i)
	}
}

// commonPeriod returns the mean period of a column.
func (s *script) commonPeriod(col int) int64 {
	var samples, sum int64
	for _, x := range s.p.Sample {
		if col < len(x.Value) && x.Value[col] > 0 {
			samples += x.Value[0]
			sum += x.Value[col]
		}
	}
	return sum / max(samples, 1)
}

// field returns the value of name= in the fields of a tracepoint.
func field(trace, name string) (value string, ok bool) {
	_, after, ok := strings.Cut(" "+trace, " "+name+"=")
	value, _, _ = strings.Cut(after, " ")
	return value, ok
}
