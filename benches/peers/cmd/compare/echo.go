package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"wsbench/benches/micro"
	"wsbench/benches/peers"
	"wsbench/benches/results"
	"wsbench/parse"
)

// echoBatch is long enough for garbage to be collected within most batches of
// a library that makes much of it.
const echoBatch = 2 * time.Millisecond

// echo sets wsbench's engine beside whole libraries. The garbage collector
// runs, as it would for a server.
func (c *config) echo(ctx context.Context, p *printer) error {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	runtime.GC() // of what another part has left
	p.begin("wsbench's engine beside other libraries: a message read and echoed, in memory",
		"message\tby\tbuffer\tns\tratio\tinterval\treads\twrites\t")
	for _, k := range peers.Cases(c.echoSizes) {
		if err := c.echoCase(ctx, p, k); err != nil {
			return err
		}
	}
	return p.end("reads, writes: calls on the connection, each one to the system if it were a socket's, which none of these ns holds; " +
		"there two parts written at once by package net would be one. * checks that text is UTF-8. " +
		"Collecting garbage is partly on other CPUs, and so not in these ns. The floor sends back what it receives, unparsed.")
}

func (c *config) echoCase(ctx context.Context, p *printer, k peers.Case) error {
	list := echoServers(k)
	var fns []micro.Func
	var echoes []*peers.Echo
	for _, s := range list {
		e, err := peers.Start(s, k)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name(), err)
		}
		defer e.Stop()
		fns = append(fns, micro.Func{Name: s.Name() + "/" + k.Name(s), Run: e.Run})
		echoes = append(echoes, e)
	}
	res, err := micro.Compare(ctx, fns, c.plan(echoBatch))
	if err != nil {
		return err
	}
	return p.echo(k, list, echoes, res)
}

// echoServers returns wsbench, wsbench again (A/A), and the others.
func echoServers(k peers.Case) []peers.Server {
	list := peers.Servers()
	list = slices.DeleteFunc(list, func(s peers.Server) bool { return !s.Takes(k) })
	second := list[0]
	second.Lib += "-aa"
	return append(slices.Insert(list, 1, second), peers.EchoFloor())
}

func (p *printer) echo(k peers.Case, list []peers.Server, echoes []*peers.Echo, res *micro.Result) error {
	if p.file != nil {
		return p.lines(res, func(v string) string { return "Echo/" + v }, k.Bytes())
	}
	p.aa(res.Ratio(0, 1))
	label := echoLabel(k)
	for i, s := range list {
		if i == 1 {
			continue
		}
		ratio, mark := "\t", ""
		if i > 0 {
			ratio = show(res.Ratio(0, i))
		}
		if i > 0 && s.Lib != "floor" {
			mark = p.judge(res.Ratio(0, i))
		}
		reads, writes, err := callsPerMessage(echoes[i], k)
		if err != nil {
			return err
		}
		p.row("%s\t%s\t%s\t%.1f\t%s\t%.4g\t%.4g\t%s\n", label, by(k, s), s.BufferName(), res.Time(i).Median/float64(k.Frames), ratio, reads, writes, mark)
		label = ""
	}
	return nil
}

func echoLabel(k peers.Case) string {
	switch {
	case k.Op == parse.Text:
		return results.SizeName(k.Size) + " text, " + k.Kind
	case k.Frames > 1:
		return fmt.Sprintf("%d of %s at once, each", k.Frames, results.SizeName(k.Size))
	}
	return results.SizeName(k.Size)
}

func by(k peers.Case, s peers.Server) string {
	if k.Op == parse.Text && s.UTF8 {
		return s.Lib + " " + s.API + "*"
	}
	return s.Lib + " " + s.API
}

// callsPerMessage returns what one more burst costs.
func callsPerMessage(e *peers.Echo, k peers.Case) (reads, writes float64, err error) {
	r0, w0 := e.Calls()
	err = e.Run(1)
	r, w := e.Calls()
	return float64(r-r0) / float64(k.Frames), float64(w-w0) / float64(k.Frames), err
}
