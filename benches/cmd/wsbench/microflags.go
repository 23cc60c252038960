package main

import (
	"flag"
	"fmt"
	"io"

	"wsbench/benches/host"
	"wsbench/benches/lab"
	"wsbench/benches/micro"
	"wsbench/benches/results"
	"wsbench/syscalls"
)

// microFlags are what the commands that time small functions have in common.
type microFlags struct {
	outputFlags
	pin, seedText string
	cpus          syscalls.CPUs
	seed          uint64
	command       string // that does the same again
}

func (m *microFlags) register(fs *flag.FlagSet) {
	m.outputFlags.register(fs)
	fs.StringVar(&m.pin, "pin", "", "`CPU` to run on, or none (default the first of this process)")
	fs.StringVar(&m.seedText, "seed", "", "`number` that the order of the variants is drawn from (default random)")
}

// check reads the flags' values; an error names the one that is wrong.
func (m *microFlags) check() (err error) {
	if err := m.outputFlags.check(); err != nil {
		return err
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
	return append(host.Facts(), lab.Fact{Key: "bench-cpu", Value: m.where()}, lab.Fact{Key: "seed", Value: fmt.Sprint(m.seed)})
}

// newFile begins the output of -format bench.
func (m *microFlags) newFile(w io.Writer) (*results.Writer, error) {
	f, err := results.NewWriter(w, m.facts())
	if err != nil {
		return nil, err
	}
	return f, f.Command(m.command)
}

// writeLines adds the samples of a comparison to the results of -format bench.
func writeLines(f *results.Writer, res *micro.Result, pkg string, bytes int) error {
	for _, s := range res.Lines(pkg, bytes, 1) {
		if err := f.Sample(s); err != nil {
			return err
		}
	}
	return nil
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
