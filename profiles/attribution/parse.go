package attribution

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed attribution.rules
var defaultText string

var defaults func() *Rules

func init() { // Parse refers to it
	defaults = sync.OnceValue(func() *Rules {
		r, err := Parse(strings.NewReader(defaultText), "attribution.rules")
		if err != nil {
			panic(err) // a test reads them
		}
		return r
	})
}

// Default returns the rules of attribution.rules. They are shared: nothing changes
// them.
func Default() *Rules { return defaults() }

// DefaultText returns the file attribution.rules, for a user to copy.
func DefaultText() string { return defaultText }

// maxFile bounds a file of rules: one that is longer is something else.
const maxFile = 1 << 20

// Parse reads rules as attribution.rules describes them. They come before the
// default ones, unless a line says replace. fileName stands in the errors, of
// which there is one for every wrong line, joined.
func Parse(r io.Reader, fileName string) (*Rules, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fileName, err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: longer than 1 MiB; want a file of rules, see attribution.rules", fileName)
	}
	p := &parser{file: fileName, rules: &Rules{}, seen: map[string]int{}}
	lines := strings.Split(string(text), "\n")
	p.replace = slices.ContainsFunc(lines, func(l string) bool { return slices.Equal(words(l), []string{"replace"}) })
	for i, line := range lines {
		p.line = i + 1
		p.wrong(p.read(words(line)))
	}
	p.resolve()
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	return p.rules, nil
}

type parser struct {
	file    string
	rules   *Rules
	replace bool
	line    int
	seen    map[string]int // place and pattern to the line that has them
	uses    []use          // components that rules name, to be looked up at the end
	errs    []error
}

// use is a rule's component, which may be declared below it.
type use struct {
	line int
	name string
}

// wrong notes what is wrong on the current line, if anything is.
func (p *parser) wrong(err error) {
	if err != nil {
		p.errs = append(p.errs, fmt.Errorf("%s:%d: %w", p.file, p.line, err))
	}
}

// words splits a line; a word that begins with # ends it.
func words(line string) []string {
	w := strings.Fields(line)
	if i := slices.IndexFunc(w, func(s string) bool { return s[0] == '#' }); i >= 0 {
		w = w[:i]
	}
	return w
}

func (p *parser) read(w []string) error {
	switch {
	case len(w) == 0:
		return nil
	case w[0] == "replace" && len(w) == 1:
		return nil
	case w[0] == "replace":
		return errors.New("words behind replace; want it alone on its line")
	case w[0] == "component":
		return p.component(w[1:])
	}
	return p.rule(w)
}

// okName is what a value in a benchmark's name may be.
var okName = regexp.MustCompile(`^[A-Za-z0-9._+-]+$`)

func (p *parser) component(w []string) error {
	switch {
	case len(w) < 2:
		return errors.New("a component without its description; want: component NAME what it is")
	case !okName.MatchString(w[0]):
		return fmt.Errorf("%q is no name of a component; want letters, digits and . _ - + only", w[0])
	case slices.Contains([]string{Other, Caller, "component", "replace"}, w[0]):
		return fmt.Errorf("%q has a meaning of its own; want another name", w[0])
	case slices.Contains(p.rules.names, w[0]):
		return fmt.Errorf("component %s is declared twice; remove one", w[0])
	}
	p.rules.declare(w[0])
	return nil
}

func (p *parser) rule(w []string) error {
	if len(w) < 3 {
		return fmt.Errorf("%q is no rule; want: COMPONENT PLACE FUNCTION..., such as: parse user example.com/ws.read*", strings.Join(w, " "))
	}
	p.uses = append(p.uses, use{p.line, w[0]})
	at, err := parsePlace(w[1])
	if err != nil {
		return err
	}
	for _, word := range w[2:] {
		m, err := parsePattern(word)
		key := w[1] + " " + word
		switch before := p.seen[key]; {
		case err != nil:
			p.wrong(err)
		case before > 0:
			p.wrong(fmt.Errorf("%s is named on line %d already, which decides; remove one", word, before))
		default:
			p.seen[key] = p.line
			p.rules.list = append(p.rules.list, rule{component: w[0], place: at, match: m})
		}
	}
	return nil
}

// resolve appends the defaults where they are wanted and reports components
// that nobody declared.
func (p *parser) resolve() {
	if !p.replace {
		p.rules.extend(Default())
	}
	for _, u := range p.uses {
		if u.name != Other && u.name != Caller && !slices.Contains(p.rules.names, u.name) {
			p.line = u.line
			p.wrong(fmt.Errorf("component %q is not declared; want one of %s, or a line: component %s what it is",
				u.name, strings.Join(append(slices.Clone(p.rules.names), Other, Caller), ", "), u.name))
		}
	}
}
