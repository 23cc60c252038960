package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/gobwas/ws"

	"wsbench/benches/micro"
	"wsbench/benches/results"
	"wsbench/mask"
)

// key is a masking-key without two equal bytes; wire is the same as gobwas
// wants it.
const key uint32 = 0xd4_23_b2_41

var wire = [4]byte(binary.LittleEndian.AppendUint32(nil, key))

// A cell is one size, alignment and set.
type cell struct {
	size, align int
	set         micro.Set
}

// mask sets mask.Unmask beside gobwas's Cipher.
func (c *config) mask(ctx context.Context, p *printer) error {
	arena := micro.NewArena(slices.Max(c.sizes), c.sets, micro.HostCaches())
	p.begin(fmt.Sprintf("wsbench mask.Unmask (%v) beside gobwas/ws Cipher", mask.Best()),
		"set\tsize\talign\twsbench ns\tgobwas ns\tratio\tinterval\tof floor\tinterval\t")
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
				if err := p.cell(cell{size, align, w.Set()}, res); err != nil {
					return err
				}
			}
		}
	}
	return p.end("of floor: the time of the same loads and stores without the XOR (mask.Floor) by wsbench's, 1 where the XOR costs nothing.")
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
	return micro.Compare(ctx, fns, c.plan(set.Batch()))
}

func (p *printer) cell(c cell, res *micro.Result) error {
	name := func(impl string) string {
		return fmt.Sprintf("Unmask/impl=%s/size=%d/align=%d/set=%s", impl, c.size, c.align, c.set)
	}
	if p.file != nil {
		return p.lines(res, name, c.size)
	}
	ratio, floor := res.Ratio(0, 2), res.Ratio(0, 3)
	p.row("%s\t%s\t%d\t%.2f\t%.2f\t%s\t%s\t%s\n", c.set, results.SizeName(c.size), c.align,
		res.Time(0).Median, res.Time(2).Median, show(ratio), show(floor), p.judge(ratio))
	p.aa(res.Ratio(0, 1))
	return nil
}
