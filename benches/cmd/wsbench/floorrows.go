package main

import (
	"fmt"
	"runtime"

	"wsbench/benches/micro"
	"wsbench/mask"
	"wsbench/parse"
)

// maskFloors compares unmasking with what bounds it, on payloads that begin one
// byte after a cache line: others each time where the L1 holds several.
func maskFloors() (list []micro.Comparison) {
	sizes := []int{20, 125, 1 << 10, 16 << 10, 64 << 10, 1 << 20}
	arena := micro.NewArena(sizes[len(sizes)-1], []micro.Set{micro.Fresh}, micro.HostCaches())
	to := make([]byte, 1<<20)
	for _, size := range sizes {
		p := takePayloads(arena, micro.Fresh, size, 1)
		unmask := p.timed("auto", func(n int) error {
			for range n {
				mask.Unmask(p.Next(), maskKey)
			}
			return nil
		})
		copying := p.timed("copy", func(n int) error {
			for range n {
				copy(to, p.Next())
			}
			return nil
		})
		list = append(list, compareMasks(micro.Plan{}, unmask, p.floor(), copying))
	}
	w := arena.Walk(micro.Fresh, 20, 1)
	return append(list, compareMasks(micro.Plan{}, micro.Func{Name: "Unmask/impl=nothing", Run: func(n int) error {
		sum := 0
		for range n {
			sum += len(w.Next())
		}
		runtime.KeepAlive(sum)
		return nil
	}}))
}

// headerFloors reads and writes headers of each length: both ends' 2, 4 and
// 10 bytes, and the masking-key.
func headerFloors() []micro.Comparison {
	c := micro.Comparison{Pkg: "wsbench/parse"}
	for _, size := range []int{20, 16 << 10, 64 << 10} {
		wire := parse.AppendMaskedHeader(nil, parse.FIN|uint8(parse.Binary), size, maskKey)
		out := make([]byte, 0, parse.MaxHeader)
		c.Funcs = append(c.Funcs,
			micro.Func{Name: fmt.Sprintf("ParseHeader/size=%d", size), Run: func(n int) error {
				sum := int64(0)
				for range n {
					h, _, err := parse.ParseHeader(wire, parse.FromClient)
					if err != nil {
						return err
					}
					sum += h.Length
				}
				runtime.KeepAlive(sum)
				return nil
			}},
			micro.Func{Name: fmt.Sprintf("AppendHeader/size=%d", size), Run: func(n int) error {
				sum := 0
				for range n {
					sum += len(parse.AppendHeader(out, parse.FIN|uint8(parse.Binary), size))
				}
				runtime.KeepAlive(sum)
				return nil
			}})
	}
	return []micro.Comparison{c}
}
