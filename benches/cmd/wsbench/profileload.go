package main

import (
	"fmt"
	"io"
	"slices"

	"wsbench/benches/explain"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// runProfileLoad is wsbench profile without a subcommand.
func runProfileLoad(args []string, stdout, stderr io.Writer) error {
	f := &profileFlags{}
	var servers serverFlags
	fs := newFlags("profile", profileSynopsis(), stdout)
	servers.register(fs, "epoll")
	f.register(fs, 6, explain.DefaultHZ)
	with := fs.String("with", "all", "observers, comma-separated: perf-stat, perf-record, pprof, offcpu, perf-trace, strace")
	if err := parseFlags(fs, args, 0); err != nil {
		return err
	}
	err := f.check()
	if err == nil {
		f.plan.Observers, err = explain.ParseObservers(*with)
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
func profiled(servers *serverFlags, with []explain.Observer) ([]lab.Server, error) {
	list, err := servers.variants()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(with, func(o explain.Observer) bool { return o.Name == explain.Pprof }) {
		for i, v := range list {
			if v.Key.Value("server") == results.Own {
				list[i].Argv = append(v.Argv, "-pprof", "127.0.0.1:0")
			}
		}
	}
	return list, nil
}
