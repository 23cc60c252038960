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

// Elements and attributes that drawings are made of. None of them runs, loads or
// leads elsewhere.
var (
	svgElements   = strings.Fields("svg g defs rect circle ellipse line polyline polygon path text tspan title desc style")
	svgAttributes = strings.Fields("class id x y x1 y1 x2 y2 dx dy cx cy r rx ry d points width height viewBox preserveAspectRatio transform fill stroke stroke-width stroke-dasharray opacity font-size font-family font-weight text-anchor role aria-label data-v")
)

// inline returns a drawing as part of a page: its elements, with those of their
// attributes that are known. An error is of a drawing that is not well-formed,
// or that has other elements, or a style that loads something.
func inline(svg []byte) (string, error) {
	var out strings.Builder
	within, style := "", "" // the innermost element, if nothing ended since; all style so far
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && out.Len() == 0:
			return "", errors.New("it has no element")
		case errors.Is(err, io.EOF):
			return out.String(), nil
		case err != nil:
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if within = t.Name.Local; !slices.Contains(svgElements, within) || out.Len() == 0 && within != "svg" {
				return "", fmt.Errorf("it has an element <%s>", within)
			}
			startElement(&out, t)
		case xml.EndElement:
			within = ""
			fmt.Fprintf(&out, "</%s>", t.Name.Local)
		case xml.CharData:
			if within == "style" {
				style += string(t)
			}
			if loads(style) {
				return "", errors.New("its style loads something")
			}
			if out.Len() > 0 {
				out.WriteString(html.EscapeString(string(t)))
			}
		}
	}
}

func startElement(out *strings.Builder, t xml.StartElement) {
	fmt.Fprintf(out, "<%s", t.Name.Local)
	for _, a := range t.Attr {
		if a.Name.Space == "" && slices.Contains(svgAttributes, a.Name.Local) && !loads(a.Value) {
			fmt.Fprintf(out, ` %s="%s"`, a.Name.Local, html.EscapeString(a.Value))
		}
	}
	out.WriteString(">")
}

// loads reports whether a style or value may load something; escapes could hide
// that.
func loads(s string) bool {
	s = strings.ToLower(s)
	return strings.Contains(s, "url(") || strings.Contains(s, "@import") || strings.Contains(s, `\`)
}
