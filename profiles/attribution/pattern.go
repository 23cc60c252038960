package attribution

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// side is where a rule applies.
type side uint8

const (
	anySide side = iota
	kernelSide
	userSide
)

// place is where a rule applies: a side, or the files that a glob names.
type place struct {
	side side
	file matcher // nil: all
}

func (p place) holds(f Frame) bool {
	switch {
	case p.side == kernelSide && !f.Kernel, p.side == userSide && f.Kernel:
		return false
	}
	return p.file == nil || p.file(path.Base(f.File))
}

func parsePlace(word string) (place, error) {
	switch word {
	case "any":
		return place{}, nil
	case "kernel":
		return place{side: kernelSide}, nil
	case "user":
		return place{side: userSide}, nil
	}
	pattern, ok := strings.CutPrefix(word, "file=")
	if !ok {
		return place{}, fmt.Errorf("%q is no place; want kernel, user, any or file=GLOB, then the functions", word)
	}
	if pattern == "" {
		return place{}, errors.New("file= names no file; want a glob on its name, such as file=libssl.so*")
	}
	m, err := parsePattern(pattern)
	return place{file: m}, err
}

// matcher tells whether a name is meant.
type matcher func(name string) bool

// parsePattern reads /regexp/ or a glob.
func parsePattern(word string) (matcher, error) {
	if !strings.HasPrefix(word, "/") {
		return glob(word), nil
	}
	expr, ok := strings.CutSuffix(word[1:], "/")
	if !ok || expr == "" {
		return nil, fmt.Errorf(`%s is no regular expression; want /EXPR/, with \s for a space`, word)
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("%s: %v; want a Go regular expression", word, err)
	}
	return re.MatchString, nil
}

// glob matches the whole name; * stands for any bytes, all else for itself.
func glob(pattern string) matcher {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return func(name string) bool { return name == pattern }
	}
	first, middle, last := parts[0], parts[1:len(parts)-1], parts[len(parts)-1]
	return func(name string) bool {
		if len(name) < len(first)+len(last) || !strings.HasPrefix(name, first) || !strings.HasSuffix(name, last) {
			return false
		}
		rest := name[len(first) : len(name)-len(last)]
		for _, m := range middle {
			i := strings.Index(rest, m)
			if i < 0 {
				return false
			}
			rest = rest[i+len(m):]
		}
		return true
	}
}
