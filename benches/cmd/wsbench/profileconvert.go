package main

import (
	"context"
	"strings"

	"wsbench/profiles/stacks"
)

var convertExperiment = experiment{
	anywhere: true,
	name:     "profile convert", summary: "a pprof profile of what perf script prints, or of a perf.data", synopsis: "[flags] perf-script.txt|perf.data", least: 1, most: 1,
	examples: "  wsbench profile convert -o server.pb.gz perf.data",
	new: func(c *call) body {
		b := &conversion{}
		b.register(c, "`file` for the profile (default the capture's name with .pb.gz)")
		c.flags.BoolVar(&b.offCPU, "offcpu", false, "of time off the CPU: what perf script --show-switch-events prints of sched:sched_switch samples")
		return b
	},
}

// conversion is one call of wsbench profile convert.
type conversion struct {
	profileOut
	offCPU bool
}

// check implements body.
func (b *conversion) check(c *call) error {
	in := c.flags.Arg(0)
	if b.path == "" {
		b.path = convertedName(in)
	}
	return b.refuse(in)
}

// run implements body.
func (b *conversion) run(ctx context.Context, c *call) (*outcome, error) {
	read, flags := profileReader(stacks.Read), []string(nil)
	if b.offCPU {
		read, flags = stacks.ReadAnyOffCPU, []string{"--show-switch-events"}
	}
	p, err := readProfile(ctx, c.flags.Arg(0), read, c.stderr, flags...)
	if err != nil {
		return nil, err
	}
	return b.write(p)
}

// convertedName returns the profile's name by default.
func convertedName(in string) string {
	for _, end := range []string{".gz", ".txt", ".data", ".script"} {
		if base := strings.TrimSuffix(in, end); base != "" && !strings.HasSuffix(base, "/") {
			in = base
		}
	}
	return in + ".pb.gz"
}
