package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"wsbench/profiles/stacks"
)

func runProfileConvert(args []string, stdout, stderr io.Writer) error {
	var out profileOut
	fs := newFlags("profile convert", "[flags] perf-script.txt|perf.data", stdout)
	fs.StringVar(&out.path, "o", "", "`file` for the profile (default the capture's name with .pb.gz)")
	fs.BoolVar(&out.force, "f", false, "overwrite the file")
	out.look.registerFormat(fs)
	offCPU := fs.Bool("offcpu", false, "of time off the CPU: what perf script --show-switch-events prints of sched:sched_switch samples")
	if err := parseFlags(fs, args, 1); err != nil {
		return err
	}
	in := fs.Arg(0)
	if out.path == "" {
		out.path = convertedName(in)
	}
	if err := errors.Join(out.look.check(), out.check(in)); err != nil {
		return usageError{"profile convert: " + err.Error()}
	}
	read, flags := profileReader(stacks.Read), []string(nil)
	if *offCPU {
		read, flags = stacks.ReadAnyOffCPU, []string{"--show-switch-events"}
	}
	p, err := readProfile(in, read, stderr, flags...)
	if err == nil {
		err = out.write(p)
	}
	if err != nil {
		return fmt.Errorf("profile convert: %w", err)
	}
	return out.show("profile convert", p, stdout)
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
