package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
)

// inline returns a drawing as part of a page: without declarations, comments and
// whatever could run, load or lead elsewhere. An error is of a drawing that is
// not well-formed.
func inline(svg []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(svg))
	w := &inliner{}
	for {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && w.elements == 0:
			return "", errors.New("it has no element")
		case errors.Is(err, io.EOF):
			return w.String(), nil
		case err != nil:
			return "", err
		}
		if err := w.token(t); err != nil {
			return "", err
		}
	}
}

// inliner writes what may stay.
type inliner struct {
	strings.Builder
	elements int
	within   []string // open elements
	dropped  int      // depth within an element that is dropped; 0: outside
}

// barred are elements that run, load or hold another language.
var barred = []string{"script", "foreignObject", "iframe", "object", "embed", "image", "feImage", "audio", "video", "handler", "set", "animate"}

func (w *inliner) token(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		if w.elements++; w.elements == 1 && t.Name.Local != "svg" {
			return fmt.Errorf("it begins with <%s>, not <svg>", t.Name.Local)
		}
		if w.dropped > 0 || slices.Contains(barred, t.Name.Local) {
			w.dropped++
			return nil
		}
		w.start(t)
	case xml.EndElement:
		if w.dropped > 0 {
			w.dropped--
			return nil
		}
		w.within = w.within[:len(w.within)-1]
		fmt.Fprintf(w, "</%s>", t.Name.Local)
	case xml.CharData:
		w.text(string(t))
	}
	return nil
}

func (w *inliner) start(t xml.StartElement) {
	w.within = append(w.within, t.Name.Local)
	fmt.Fprintf(w, "<%s", t.Name.Local)
	for _, a := range t.Attr {
		if name, ok := attribute(a); ok {
			fmt.Fprintf(w, ` %s="%s"`, name, html.EscapeString(a.Value))
		}
	}
	w.WriteString(">")
}

func (w *inliner) text(s string) {
	if w.dropped > 0 || len(w.within) == 0 {
		return
	}
	if w.within[len(w.within)-1] == "style" && loads(s) {
		return
	}
	w.WriteString(html.EscapeString(s))
}

// attribute returns the name of an attribute that may stay: no handlers of
// events, no references but those within the drawing.
func attribute(a xml.Attr) (name string, ok bool) {
	name = a.Name.Local
	switch {
	case a.Name.Space == "xmlns" || name == "xmlns":
		return "", false
	case strings.HasPrefix(strings.ToLower(name), "on"):
		return "", false
	case name == "href" || name == "src":
		return name, strings.HasPrefix(a.Value, "#")
	case a.Name.Space != "" && name != "space" && name != "lang":
		return "", false
	}
	return name, !loads(a.Value)
}

// loads reports whether a style or value fetches something.
func loads(s string) bool {
	s = strings.ToLower(s)
	if strings.Contains(s, "@import") || strings.Contains(s, "javascript:") {
		return true
	}
	for rest := s; ; {
		_, after, found := strings.Cut(rest, "url(")
		if !found {
			return false
		}
		if !strings.HasPrefix(strings.TrimLeft(after, "\"' "), "#") {
			return true
		}
		rest = after
	}
}
