package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"

	"github.com/gobwas/ws"

	"wsbench/benches/lab"
	"wsbench/benches/lab/micro"
	"wsbench/mask"
)

// key is a masking-key without two equal octets; wire is the same as gobwas
// wants it.
const key uint32 = 0xd4_23_b2_41

var wire = [4]byte(binary.LittleEndian.AppendUint32(nil, key))

// slower is by how much a cell may be slower without a mark: 2 %.
const slower = 0.02

// A cell is one size, alignment and set, measured.
type cell struct {
	size, align int
	set         micro.Set
	ours, them  float64     // medians, ns
	ratio       micro.Ratio // gobwas's time by ours
	floor       micro.Ratio // mask.Floor's time by ours
}

func (c *config) compare(ctx context.Context, stdout io.Writer) error {
	arena := micro.NewArena(slices.Max(c.sizes), c.sets, micro.HostCaches())
	p := printer{stdout: stdout}
	if err := p.begin(c); err != nil {
		return err
	}
	for _, set := range c.sets {
		for _, size := range c.sizes {
			for _, align := range c.aligns {
				w := arena.Walk(set, size, align)
				if w.Set() != set && slices.Contains(c.sets, w.Set()) {
					continue // the same walk as of that set
				}
				res, err := c.cell(ctx, set, w)
				if err != nil {
					return err
				}
				if err := p.cell(cell{size, align, w.Set(), res.Median(0), res.Median(2), res.Ratio(0, 2), res.Ratio(0, 3)}, res); err != nil {
					return err
				}
			}
		}
	}
	return p.end()
}

// cell compares the two over one walk, and wsbench with itself (A/A), which
// differ by noise only, and with what bounds it. The calls are direct, as a
// server's are.
func (c *config) cell(ctx context.Context, set micro.Set, w *micro.Walk) (*micro.Result, error) {
	ours := func(n int) error {
		for range n {
			mask.Unmask(w.Next(), key)
		}
		return nil
	}
	fns := []micro.Func{
		{Name: "wsbench", Run: ours},
		{Name: "wsbench-aa", Run: ours},
		{Name: "gobwas", Run: func(n int) error {
			for range n {
				ws.Cipher(w.Next(), wire, 0)
			}
			return nil
		}},
		{Name: "floor", Run: func(n int) error {
			for range n {
				mask.Floor(w.Next())
			}
			return nil
		}},
	}
	c.seed++ // each cell has an order of its own, drawn from the seed
	return micro.Compare(ctx, fns, micro.Plan{Rounds: c.rounds, Seed: c.seed, Batch: set.Batch()})
}

// A printer writes the cells as they are measured.
type printer struct {
	stdout       io.Writer
	file         *lab.File         // of -format bench
	table        *tabwriter.Writer // of -format text
	worse, cells int
	noise        []float64 // by cell: how far A/A is from 1
}

func (p *printer) begin(c *config) (err error) {
	facts := c.facts()
	if c.format == "bench" {
		p.file, err = lab.NewFile(p.stdout, facts)
		return err
	}
	values := map[string]string{}
	for _, f := range facts {
		values[f.Key] = f.Value
	}
	fmt.Fprintf(p.stdout, "wsbench mask.Unmask (%v) beside gobwas/ws Cipher on %s, CPU %s, seed %d, %d rounds\n\n",
		mask.Best(), values["cpu"], values["bench-cpu"], c.seed, c.rounds)
	p.table = tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(p.table, "set\tsize\talign\twsbench ns\tgobwas ns\tratio\tinterval\tof floor\tinterval\t")
	return nil
}

func (p *printer) cell(c cell, res *micro.Result) error {
	if p.file != nil {
		var names []string
		for _, impl := range res.Names {
			names = append(names, fmt.Sprintf("Unmask/impl=%s/size=%s/align=%d/set=%s", impl, micro.SizeName(c.size), c.align, c.set))
		}
		return res.Write(p.file, "wsbench/benches/peers", names, c.size)
	}
	p.noise = append(p.noise, math.Abs(res.Ratio(0, 1).Median-1))
	mark := ""
	if p.cells++; c.ratio.Slower(slower) {
		mark = "  SLOWER"
		p.worse++
	}
	_, err := fmt.Fprintf(p.table, "%s\t%s\t%d\t%.2f\t%.2f\t%.3f\t[%.3f,%.3f]\t%.3f\t[%.3f,%.3f]\t%s\n", c.set, micro.SizeName(c.size), c.align,
		c.ours, c.them, c.ratio.Median, c.ratio.Interval.Lo, c.ratio.Interval.Hi, c.floor.Median, c.floor.Interval.Lo, c.floor.Interval.Hi, mark)
	return err
}

func (p *printer) end() error {
	if p.file != nil {
		return nil
	}
	if err := p.table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "\nratio: gobwas's time by wsbench's, above 1 where wsbench is the faster; median of\nthe rounds [interval at 95 %%]. SLOWER: wsbench by more than 2 %%, its whole interval\nbelow: %d of %d cells. wsbench beside itself: %.1f %% apart in the median cell,\n%.1f %% in the worst. of floor: the time of the same loads and stores without the\nXOR (mask.Floor) by wsbench's, 1 where the XOR costs nothing.\n",
		p.worse, p.cells, 100*lab.Median(p.noise), 100*slices.Max(p.noise))
	return err
}
