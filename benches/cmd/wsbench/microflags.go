package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/lab/micro"
	"wsbench/syscalls"
)

// microFlags are what the commands that time small functions have in common.
type microFlags struct {
	format, pin, seedText string
	cpus                  syscalls.CPUs
	seed                  uint64
}

func (m *microFlags) register(fs *flag.FlagSet, formats ...string) {
	fs.StringVar(&m.format, "format", formats[0], strings.Join(formats, ", ")+"; bench is the Go benchmark format, a line a sample")
	fs.StringVar(&m.pin, "pin", "", "`CPU` to run on, or none (default the first of this process)")
	fs.StringVar(&m.seedText, "seed", "", "`number` that the order of the variants is drawn from (default random)")
}

// check reads the flags' values; an error names the one that is wrong.
func (m *microFlags) check(formats ...string) (err error) {
	if !slices.Contains(formats, m.format) {
		return fmt.Errorf("-format %q: want %s", m.format, strings.Join(formats, ", "))
	}
	if m.seed, err = parseSeed(m.seedText); err != nil {
		return err
	}
	if m.cpus, err = micro.ParsePin(m.pin); err != nil {
		return fmt.Errorf("-pin: %w", err)
	}
	return nil
}

// where names the CPU, for headings and facts.
func (m *microFlags) where() string {
	if len(m.cpus) == 0 {
		return "any"
	}
	return m.cpus.String()
}

// facts are those of the host and of this run.
func (m *microFlags) facts() []lab.Fact {
	return append(lab.HostFacts(), lab.Fact{Key: "bench-cpu", Value: m.where()}, lab.Fact{Key: "seed", Value: fmt.Sprint(m.seed)})
}

// fact is the value of one of the facts.
func fact(facts []lab.Fact, key string) string {
	for _, f := range facts {
		if f.Key == key {
			return f.Value
		}
	}
	return "unknown"
}
