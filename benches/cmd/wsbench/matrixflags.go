package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/lab"
	"wsbench/syscalls"
)

const defaultCases = "100/20,10/1024,10/16384,200/16384,500/16384"

// matrixFlags are the command line of wsbench matrix.
type matrixFlags struct {
	serverFlags
	outputFlags
	cases, seed          string
	rounds, depth        int
	window               time.Duration
	dir                  string
	serverCPU, loadCPU   string
	noise                float64
	quick, components    bool
	roundsSet, windowSet bool
	ownBudget            bool // the user has said how much to measure
}

func parseMatrix(args []string, stdout io.Writer) (*matrixFlags, error) {
	f := &matrixFlags{}
	d := lab.DefaultBudget
	fs := newFlags("matrix", "[flags]", stdout)
	fs.StringVar(&f.cases, "cases", defaultCases, "connections/octets or connections/octets/depth, comma-separated; large stands for 64 KiB, 1 MiB and 16 MiB on 3 connections")
	f.serverFlags.register(fs, "epoll,net,raw")
	f.outputFlags.register(fs)
	fs.IntVar(&f.rounds, "rounds", d.Rounds, "blocks a case; 9 or more can tell differences from noise. With -rounds, -d, -cases or -server a session takes the time it needs; without, it ends within 5 minutes, -quick within one")
	fs.DurationVar(&f.window, "d", d.Window, "measured window of a turn")
	fs.IntVar(&f.depth, "depth", 1, "messages in flight a connection, of cases that do not name theirs")
	fs.StringVar(&f.seed, "seed", "", "`number` that the order of turns is drawn from (default random)")
	fs.StringVar(&f.dir, "o", "", "`folder` of the results without a bench.txt (default results/<UTC time>)")
	fs.StringVar(&f.serverCPU, "server-cpu", "", "`CPUs` of the server, such as 0 or 0-1 (default the first)")
	fs.StringVar(&f.loadCPU, "load-cpu", "", "`CPUs` of the generator (default the next that is no thread of the same core)")
	fs.Float64Var(&f.noise, "noise", host.DefaultNoise, "`share` of a window that other processes may use of the CPUs before the turn is left out")
	fs.BoolVar(&f.quick, "quick", false, fmt.Sprintf("%d rounds of %v instead, for a first look", lab.QuickBudget.Rounds, lab.QuickBudget.Window))
	fs.BoolVar(&f.components, "components", false, "first run the components' own benchmarks (needs the go tool and the source tree)")
	err := parseFlags(fs, args, 0)
	fs.Visit(func(x *flag.Flag) {
		f.roundsSet = f.roundsSet || x.Name == "rounds"
		f.windowSet = f.windowSet || x.Name == "d"
		f.ownBudget = f.ownBudget || slices.Contains([]string{"rounds", "d", "cases", "server"}, x.Name)
	})
	return f, err
}

func parseSeed(s string) (uint64, error) {
	if s == "" {
		return rand.Uint64N(1 << 32), nil // few digits to type again
	}
	var seed uint64
	if _, err := fmt.Sscanf(s, "%d", &seed); err != nil || fmt.Sprint(seed) != s {
		return 0, fmt.Errorf("-seed %q: a whole number from 0 wanted", s)
	}
	return seed, nil
}

func cpuFlag(name, s string) (syscalls.CPUs, error) {
	if s == "" {
		return nil, nil
	}
	list, err := syscalls.ParseCPUs(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}
