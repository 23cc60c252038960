package main

import (
	"fmt"

	"wsbench/benches/micro"
	"wsbench/mask"
)

const maskKey uint32 = 0xd4_23_b2_41

// payloads are those of a walk: of one size, align bytes after a cache line.
type payloads struct {
	*micro.Walk
	size, align int
}

func takePayloads(a *micro.Arena, set micro.Set, size, align int) payloads {
	return payloads{a.Walk(set, size, align), size, align}
}

// timed names run, which does impl's work on the payloads.
func (p payloads) timed(impl string, run func(n int) error) micro.Func {
	name := fmt.Sprintf("Unmask/impl=%s/size=%d/align=%d/set=%s", impl, p.size, p.align, p.Set())
	return micro.Func{Name: name, Bytes: p.size, Run: run}
}

// kernel unmasks by k.
func (p payloads) kernel(k mask.Kernel) micro.Func {
	return p.timed(k.String(), func(n int) error {
		for range n {
			k.Unmask(p.Next(), maskKey)
		}
		return nil
	})
}

// parts unmasks by k in calls that are shorter than the far way begins.
func (p payloads) parts(k mask.Kernel) micro.Func {
	const most = mask.FarFrom / 2
	return p.timed(k.String()+partsMark, func(n int) error {
		for range n {
			key := maskKey
			for b := p.Next(); len(b) > 0; {
				part := b[:min(len(b), most)]
				key, b = k.Unmask(part, key), b[len(part):]
			}
		}
		return nil
	})
}

// floor does the same loads and stores without the XOR.
func (p payloads) floor() micro.Func {
	return p.timed(floorImpl, func(n int) error {
		for range n {
			mask.Floor(p.Next())
		}
		return nil
	})
}

// Values of the key impl that are no kernels.
const (
	floorImpl = "floor"
	partsMark = "-parts" // behind a kernel's
)

// compareMasks returns the comparison of functions of package mask.
func compareMasks(plan micro.Plan, fns ...micro.Func) micro.Comparison {
	return micro.Comparison{Pkg: "wsbench/mask", Funcs: fns, Plan: plan}
}
