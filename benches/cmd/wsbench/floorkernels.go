package main

import (
	"slices"
	"strings"

	"wsbench/benches/host"
	"wsbench/benches/report"
	"wsbench/mask"
)

// kernelTable tells of each mask kernel whether the dispatch chose it, and why,
// by what package cpuid knows of the CPU.
func kernelTable() report.Table {
	t := report.Table{ID: "kernels", Title: "mask kernels:", Columns: []report.Column{
		{Key: "kernel", Head: "kernel"}, {Key: "requires", Head: "requires"},
		{Key: "chosen", In: report.JSON}, {Key: "why", Head: "dispatch", Least: 30},
	}}
	for _, impl := range mask.Impls()[1:] {
		k := impl.Kernel
		t.Rows = append(t.Rows, []any{k.String(), orNone(k.Requires()), k == mask.Best(), whyChosen(k, mask.Best(), host.Features())})
	}
	return t
}

func orNone(features []string) string {
	if len(features) == 0 {
		return "nothing"
	}
	return strings.Join(features, ", ")
}

// whyChosen says why the dispatch, which chose best, chose k or not on a CPU that
// has these features.
func whyChosen(k, best mask.Kernel, has []string) string {
	lacks := slices.DeleteFunc(k.Requires(), func(f string) bool { return slices.Contains(has, f) })
	switch {
	case k == best:
		return "chosen: the most specialised that this CPU and build have"
	case len(lacks) > 0:
		return "not chosen: this CPU lacks " + strings.Join(lacks, ", ")
	case !k.Supported():
		return "not chosen: the CPU has what it takes, but GODEBUG hides it or the build is purego"
	}
	return "not chosen: " + best.String() + " is more specialised"
}
