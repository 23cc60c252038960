package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// recorder collects benchmarks.
type recorder struct {
	found   map[string]*benchmark // by where they come from, package and name
	skipped []string              // commands that this host cannot run
}

type benchmark struct {
	keys   []string
	values map[string][]string // by key
	units  []string
}

// traced is a unit of hosts that let wsbench trace system calls.
const traced = "all-syscalls/msg"

// varies reports whether the values of a key depend on the host or the run.
func varies(source, key string) bool {
	switch key {
	case "call", "thread", "component", "impl", "observer":
		return true
	case "tls":
		return source == "go test" || source == "tls" // ktls is where the kernel has it
	case "size", "ready", "conns", "buffer":
		return source == "floors" || source == "crossover"
	}
	return false
}

// read adds the benchmark lines of out, and the names of those that a busy
// machine discarded.
func (r *recorder) read(source string, out []byte) {
	rd := benchfmt.NewReader(bytes.NewReader(out), source)
	for rd.Scan() {
		switch rec := rd.Result().(type) {
		case *benchfmt.Result:
			r.add(source, rec)
		case *benchfmt.UnitMetadata:
			if session(source) {
				if rec.OrigUnit != traced {
					r.entry(source, "units").unit(rec.OrigUnit)
				}
			}
		}
	}
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "DISCARDED Benchmark"); ok {
			name, _, _ := strings.Cut(rest, ": ")
			r.add(source, &benchfmt.Result{Name: benchfmt.Name(name)})
		}
	}
}

// session reports whether a command discards samples on a busy machine. Of such
// a one the units that its output declares are recorded, not those of each
// benchmark.
func session(source string) bool {
	return source == "matrix" || source == "conns" || source == "chunk" || source == "accept" || source == "tls" || source == "profile"
}

func (r *recorder) entry(source, name string) *benchmark {
	name = source + " " + name
	b := r.found[name]
	if b == nil {
		b = &benchmark{values: map[string][]string{}}
		r.found[name] = b
	}
	return b
}

func (b *benchmark) unit(name string) {
	if !slices.Contains(b.units, name) {
		b.units = append(b.units, name)
	}
}

func (r *recorder) add(source string, res *benchfmt.Result) {
	base, parts := res.Name.Parts()
	name := string(base)
	if pkg := res.GetConfig("pkg"); pkg != "" && !session(source) {
		name = pkg + " " + name
	}
	b := r.entry(source, name)
	for _, p := range parts {
		key, value, ok := strings.Cut(strings.TrimPrefix(string(p), "/"), "=")
		if !ok {
			key, value = "", key
			if strings.HasPrefix(value, "-") { // GOMAXPROCS
				continue
			}
		}
		if varies(source, key) {
			value = "*"
		}
		if !slices.Contains(b.keys, key) {
			b.keys = append(b.keys, key)
		}
		if !slices.Contains(b.values[key], value) {
			b.values[key] = append(b.values[key], value)
		}
	}
	if session(source) {
		return
	}
	for _, v := range res.Values {
		if v.OrigUnit != "" {
			b.unit(v.OrigUnit)
		} else {
			b.unit(v.Unit)
		}
	}
}

// lines returns the benchmarks as lines, sorted.
func (r *recorder) lines() (list []string) {
	for name, b := range r.found {
		var line strings.Builder
		line.WriteString(name)
		for _, key := range slices.Sorted(slices.Values(b.keys)) {
			values := slices.Sorted(slices.Values(b.values[key]))
			fmt.Fprintf(&line, " /%s=%s", key, strings.Join(values, ","))
		}
		units := slices.Sorted(slices.Values(b.units))
		fmt.Fprintf(&line, " | %s", strings.Join(units, " "))
		list = append(list, line.String())
	}
	slices.Sort(list)
	return list
}

// comparable returns the lines that this host can have.
func (r *recorder) comparable(lines []string) (list []string) {
	for _, l := range lines {
		if !slices.ContainsFunc(r.skipped, func(s string) bool { return strings.HasPrefix(l, s+" ") }) {
			list = append(list, l)
		}
	}
	return list
}
