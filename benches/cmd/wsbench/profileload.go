package main

import (
	"fmt"
	"io"
	"slices"

	"wsbench/benches/lab"
	"wsbench/benches/lab/observe"
)

// runProfileLoad is wsbench profile without a subcommand.
func runProfileLoad(args []string, stdout, stderr io.Writer) error {
	f := &profileFlags{}
	var servers serverFlags
	fs := newFlags("profile", profileSynopsis(), stdout)
	servers.register(fs, "epoll")
	f.register(fs, 6, observe.DefaultHZ)
	with := fs.String("with", "all", "observers, comma-separated: perf-stat, perf-record, pprof, offcpu, perf-trace, strace")
	if err := parseFlags(fs, args, 0); err != nil {
		return err
	}
	err := f.check()
	if err == nil {
		f.plan.Observers, err = observe.ParseObservers(*with)
		if err != nil {
			err = fmt.Errorf("-with: %w", err)
		}
	}
	if err == nil {
		f.plan.Servers, err = profiled(&servers, f.plan.Observers)
	}
	if err != nil {
		return usageError{"profile: " + err.Error()}
	}
	if len(f.plan.Servers) > 1 {
		f.compared(fs)
	}
	return f.run("profile", args, stdout, stderr)
}

// profiled are the servers; the reference server serves its own profiles where
// they are asked for.
func profiled(servers *serverFlags, with []observe.Observer) ([]lab.Variant, error) {
	list, err := servers.variants()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(with, func(o observe.Observer) bool { return o.Name == observe.Pprof }) {
		for i, v := range list {
			if v.Server == lab.Own {
				list[i].Argv = append(v.Argv, "-pprof", "127.0.0.1:0")
			}
		}
	}
	return list, nil
}
