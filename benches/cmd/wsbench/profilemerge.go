package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"wsbench/profiles/stacks"
)

// sourceName is what a source may be called, as in benchmark names.
var sourceName = regexp.MustCompile(`^[\pL\pN._+-]+$`)

var mergeExperiment = experiment{
	anywhere: true,
	name:     "profile merge", summary: "one pprof profile of several, labelled by source", synopsis: "[-f] -o out.pb.gz NAME=file...", most: maxSources,
	examples: "  wsbench profile merge -o both.pb.gz perf=cpu.pb.gz go=go.pb.gz",
	new: func(c *call) body {
		b := &merge{}
		b.register(c, "`file` for the profile")
		return b
	},
}

// merge is one call of wsbench profile merge.
type merge struct {
	profileOut
	sources []source
}

// check implements body.
func (b *merge) check(c *call) (err error) {
	b.sources, err = parseSources(c.operands, true)
	switch {
	case err != nil:
		return err
	case b.path == "":
		return errors.New("-o is missing: name the file for the profile")
	case len(b.sources) == 0:
		return errors.New("nothing to merge: want NAME=file, such as perf=perf.txt go=cpu.pb.gz")
	}
	return b.refuse(paths(b.sources)...)
}

// run implements body.
func (b *merge) run(ctx context.Context, c *call) (*outcome, error) {
	var named []stacks.Named
	for _, s := range b.sources {
		p, err := readProfile(ctx, s.path, stacks.Read, c.stderr)
		if err != nil {
			return nil, err
		}
		named = append(named, stacks.Named{Name: s.name, Profile: p})
	}
	p, err := stacks.Merge(named...)
	if err != nil {
		return nil, err
	}
	return b.write(p)
}

// maxSources bounds the files of one merge.
const maxSources = 64

// source is a file and what its samples are called.
type source struct{ name, path string }

func paths(list []source) (all []string) {
	for _, s := range list {
		all = append(all, s.path)
	}
	return all
}

// parseSources reads NAME=file; a file alone has its own name, unless names
// are needed.
func parseSources(args []string, needed bool) ([]source, error) {
	var list []source
	seen := map[string]bool{}
	for _, a := range args {
		name, path, ok := strings.Cut(a, "=")
		switch {
		case !ok && needed:
			return nil, fmt.Errorf("%q: want NAME=file, such as perf=perf.txt", a)
		case !ok:
			name, path = "", a
		case !sourceName.MatchString(name):
			return nil, fmt.Errorf("%q: a name has letters, digits and . _ - +", a)
		case path == "":
			return nil, fmt.Errorf("%q: its file is missing", a)
		case seen[name]:
			return nil, fmt.Errorf("%q: duplicate name", a)
		}
		seen[name] = name != ""
		list = append(list, source{name, path})
	}
	return list, nil
}
