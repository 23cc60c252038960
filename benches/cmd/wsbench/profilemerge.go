package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"wsbench/profiles/stacks"
)

// sourceName is what a source may be called, as in benchmark names.
var sourceName = regexp.MustCompile(`^[\pL\pN._+-]+$`)

func runProfileMerge(args []string, stdout, stderr io.Writer) error {
	var out profileOut
	fs := newFlags("profile merge", "[-f] -o out.pb.gz NAME=file...", stdout)
	fs.StringVar(&out.path, "o", "", "`file` for the profile")
	fs.BoolVar(&out.force, "f", false, "overwrite the file")
	out.look.registerFormat(fs)
	if err := parseFlags(fs, args, -maxSources); err != nil {
		return err
	}
	sources, err := parseSources(fs.Args(), true)
	if err == nil {
		err = out.look.check()
	}
	switch {
	case err != nil:
	case out.path == "":
		err = fmt.Errorf("-o is missing: name the file for the profile")
	case len(sources) == 0:
		err = fmt.Errorf("nothing to merge: want NAME=file, such as perf=perf.txt go=cpu.pb.gz")
	default:
		err = out.check(paths(sources)...)
	}
	if err != nil {
		return usageError{"profile merge: " + err.Error()}
	}
	var named []stacks.Named
	for _, s := range sources {
		p, err := readProfile(s.path, stacks.Read, stderr)
		if err != nil {
			return fmt.Errorf("profile merge: %w", err)
		}
		named = append(named, stacks.Named{Name: s.name, Profile: p})
	}
	p, err := stacks.Merge(named...)
	if err == nil {
		err = out.write(p)
	}
	if err != nil {
		return fmt.Errorf("profile merge: %w", err)
	}
	return out.show("profile merge", p, stdout)
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
