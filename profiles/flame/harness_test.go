package flame_test

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"wsbench/profiles/flame"
)

// unfold makes a profile of folded stacks: samples of a millisecond.
func unfold(t testing.TB, folded string) *profile.Profile {
	t.Helper()
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}}}
	locations := map[string]*profile.Location{}
	for line := range strings.Lines(folded) {
		stack, count, _ := cutLast(strings.TrimSuffix(line, "\n"))
		n, err := strconv.ParseInt(count, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		s := &profile.Sample{Value: []int64{n, n * 1e6}}
		for _, name := range strings.Split(stack, ";") {
			l := locations[name]
			if l == nil {
				f := &profile.Function{ID: uint64(len(locations) + 1), Name: name}
				l = &profile.Location{ID: f.ID, Line: []profile.Line{{Function: f}}}
				locations[name] = l
			}
			s.Location = append(s.Location, l)
		}
		slices.Reverse(s.Location)
		p.Sample = append(p.Sample, s)
	}
	return p
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// capture is a real one, of package components.
func capture(t testing.TB, name string) (folded string) {
	t.Helper()
	f, err := os.Open("../attribution/testdata/" + name + ".folded.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func draw(t testing.TB, p *profile.Profile, o flame.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := flame.SVG(&b, p, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// drawn is a frame as it is in the file, in thousandths of a percent.
type drawn struct {
	x, end, row  int
	name, title  string
	value, class string
}

// frames reads a graph, which must be well-formed, and its frames.
func frames(t testing.TB, svg, prefix string) (list []drawn) {
	t.Helper()
	var top = -1
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		at := map[string]string{}
		for _, a := range e.Attr {
			at[a.Name.Local] = a.Value
		}
		switch {
		case e.Name.Local == "title" && len(list) > 0:
			if err := d.DecodeElement(&list[len(list)-1].title, &e); err != nil {
				t.Fatalf("not well-formed: %v", err)
			}
		case strings.HasPrefix(at["class"], prefix+"-f"):
			y, _ := strconv.Atoi(at["y"])
			if top < 0 {
				top = y
			}
			x := milli(t, at["x"])
			list = append(list, drawn{x: x, end: x + milli(t, at["width"]), row: (y - top) / flame.RowHeight, name: at["data-n"], value: at["data-v"], class: at["class"]})
		}
	}
}

func milli(t testing.TB, s string) int {
	t.Helper()
	v, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil {
		t.Fatal(err)
	}
	return int(v*1000 + 0.5)
}
