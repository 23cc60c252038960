package main

import (
	"fmt"
	"runtime"

	"wsbench/benches/micro"
	"wsbench/benches/results"
	"wsbench/mask"
	"wsbench/parse"
)

// A floorGroup is rows that are compared with each other, interleaved.
type floorGroup struct {
	name   string    // of the package
	octets int       // payload of an operation; 0: none
	set    micro.Set // where payloads lie; "": there are none
	floor  int       // the row that the others are divided by; -1: none
	rows   []floorOp
	done   func() // releases what the rows use; may be nil
}

// A floorOp is what a row measures.
type floorOp struct {
	label string
	bench string // its benchmark's name
	run   func(n int) error
}

type floorGroupList []floorGroup

func (l floorGroupList) close() {
	for _, g := range l {
		if g.done != nil {
			g.done()
		}
	}
}

// floorGroups are all of them, and the reasons for those that this host
// cannot do.
func floorGroups() (list floorGroupList, skips []results.Reason) {
	list = append(list, maskFloors()...)
	list = append(list, headerFloors()...)
	system, skips := systemFloors()
	return append(list, system...), skips
}

const floorKey uint32 = 0xd4_23_b2_41

// maskFloors unmasks payloads that begin one octet after a cache line: others
// each time where the L1 holds several.
func maskFloors() (list floorGroupList) {
	sizes := []int{20, 125, 1 << 10, 16 << 10, 64 << 10, 1 << 20}
	arena := micro.NewArena(sizes[len(sizes)-1], []micro.Set{micro.Fresh}, micro.HostCaches())
	to := make([]byte, 1<<20)
	for _, size := range sizes {
		w := arena.Walk(micro.Fresh, size, 1)
		key := "/size=" + micro.SizeName(size) + "/align=1/set=" + string(w.Set())
		list = append(list, floorGroup{name: "mask", octets: size, set: w.Set(), floor: 1, rows: []floorOp{
			{"Unmask", "Unmask/impl=auto" + key, func(n int) error {
				for range n {
					mask.Unmask(w.Next(), floorKey)
				}
				return nil
			}},
			{"Floor", "Unmask/impl=floor" + key, func(n int) error {
				for range n {
					mask.Floor(w.Next())
				}
				return nil
			}},
			{"copy", "Unmask/impl=copy" + key, func(n int) error {
				for range n {
					copy(to, w.Next())
				}
				return nil
			}},
		}})
	}
	w := arena.Walk(micro.Fresh, 20, 1)
	return append(list, floorGroup{name: "mask", floor: -1, rows: []floorOp{{"nothing", "Unmask/impl=nothing", func(n int) error {
		sum := 0
		for range n {
			sum += len(w.Next())
		}
		runtime.KeepAlive(sum)
		return nil
	}}}})
}

// headerFloors reads and writes headers of each length: both ends' 2, 4 and
// 10 octets, and the masking-key.
func headerFloors() floorGroupList {
	g := floorGroup{name: "parse", floor: -1}
	for _, size := range []int{20, 16 << 10, 64 << 10} {
		wire := parse.AppendMaskedHeader(nil, parse.FIN|uint8(parse.Binary), size, floorKey)
		label := fmt.Sprintf("%d+%d", len(wire)-parse.KeySize, parse.KeySize)
		key := "/size=" + micro.SizeName(size)
		out := make([]byte, 0, parse.MaxHeader)
		g.rows = append(g.rows,
			floorOp{"ParseHeader " + label, "ParseHeader" + key, func(n int) error {
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
			floorOp{fmt.Sprintf("AppendHeader %d", len(wire)-parse.KeySize), "AppendHeader" + key, func(n int) error {
				sum := 0
				for range n {
					sum += len(parse.AppendHeader(out, parse.FIN|uint8(parse.Binary), size))
				}
				runtime.KeepAlive(sum)
				return nil
			}})
	}
	return floorGroupList{g}
}
