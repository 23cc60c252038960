package main

import (
	"context"
	"fmt"
	"slices"

	"wsbench/benches/micro"
	"wsbench/benches/peers"
)

// header sets parse.ParseHeader beside gobwas's ways to read one.
func (c *config) header(ctx context.Context, p *printer) error {
	p.begin("wsbench parse.ParseHeader beside gobwas/ws: a client's headers, one behind another",
		"bytes\tby\tns\tratio\tinterval\t")
	readers := peers.HeaderReaders()
	second := readers[0]
	second.Lib += "-aa"
	readers = slices.Insert(readers, 1, second)
	half, forms := 0, peers.Forms()
	for _, f := range forms {
		res, err := micro.Compare(ctx, headerFuncs(f, readers), c.plan(0))
		if err != nil {
			return err
		}
		if err := p.header(f, readers, res); err != nil {
			return err
		}
		if res.Ratio(0, 2).Interval.Lo >= 2 {
			half++
		}
	}
	return p.end(fmt.Sprintf("ParseHeader takes at most half of ReadHeader's time, the whole interval from 2 on: %d of %d forms. "+
		"ReadHeaderBuffer spares its allocation; CheckHeader is that and ws.CheckHeader. The floor loads the masking-key from where it is known to be: "+
		"a loop's part of every figure.", half, len(forms)))
}

func headerFuncs(f peers.Form, readers []peers.HeaderReader) (fns []micro.Func) {
	stream := f.Stream()
	for _, r := range readers {
		fns = append(fns, micro.Func{Name: r.Name(), Run: func(n int) error {
			_, err := r.Read(f, stream, n)
			return err
		}})
	}
	return fns
}

func (p *printer) header(f peers.Form, readers []peers.HeaderReader, res *micro.Result) error {
	if p.file != nil {
		return p.lines(res, func(v string) string { return "ReadHeader/" + v + "/form=" + f.Name }, 0)
	}
	p.aa(res.Ratio(0, 1))
	p.row("%s\twsbench ParseHeader\t%.2f\t\t\t\n", f.Name, res.Time(0).Median)
	for i, r := range readers[2:] {
		ratio, mark := res.Ratio(0, i+2), ""
		if r.Lib != "floor" {
			mark = p.judge(ratio)
		}
		p.row("\t%s %s\t%.2f\t%s\t%s\n", r.Lib, r.API, res.Time(i+2).Median, show(ratio), mark)
	}
	return nil
}
