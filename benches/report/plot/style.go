package plot

import (
	"bytes"
	"fmt"
	"strings"
)

// Series is how many series have a look of their own; the next begin again.
const Series = 8

// Colours of series and of what else is drawn, on the page's background, each
// with a contrast of 4.5 or more to it (grid and band, which are only beside
// the data, less). The hues differ in lightness and along blue and orange too,
// which people with any common colour blindness tell apart.
var (
	light = palette{
		background: "#ffffff", text: "#16191d", muted: "#565d66", grid: "#dde1e6", band: "#c9ced6",
		series: [Series]string{"#0b63b0", "#b8470a", "#00745a", "#7a3fc4", "#806000", "#ad1a6b", "#4d5661", "#0a6f85"},
	}
	dark = palette{
		background: "#14171b", text: "#e6e9ed", muted: "#a3abb5", grid: "#30363d", band: "#454d57",
		series: [Series]string{"#6cb4ff", "#ff9b5e", "#3fd0a2", "#c6a4ff", "#e2b53f", "#ff8fc8", "#b9c1cb", "#5bd2e2"},
	}
)

type palette struct {
	background, text, muted, grid, band string
	series                              [Series]string
}

func (p palette) variables() string {
	var b strings.Builder
	fmt.Fprintf(&b, "--bg:%s;--fg:%s;--muted:%s;--grid:%s;--band:%s", p.background, p.text, p.muted, p.grid, p.band)
	for i, c := range p.series {
		fmt.Fprintf(&b, ";--s%d:%s", i, c)
	}
	return b.String()
}

// Variables returns the style sheet's custom properties for a light and a dark
// page: bg, fg, muted, grid, band, and s0 to s7 for the series. Print is light.
func Variables() string {
	return fmt.Sprintf(":root{color-scheme:light dark;%s}\n@media screen and (prefers-color-scheme:dark){:root{%s}}\n",
		light.variables(), dark.variables())
}

var dashes = [Series]string{"", "7 3", "2 2", "9 3 2 3", "4 2", "1 3", "12 3", "6 2 1 2 1 2"}

// Style returns what drawings need besides Variables.
func Style() string {
	var b strings.Builder
	b.WriteString(`.plot{display:block;width:100%;height:auto;overflow:hidden}
.plot text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;fill:var(--fg);font-variant-numeric:tabular-nums}
.plot .h{font-weight:600;font-size:12px}
.plot .g{font-weight:600}
.plot .m{fill:var(--muted)}
.plot .grid{stroke:var(--grid);stroke-width:1;fill:none}
.plot .axis{stroke:var(--muted);stroke-width:1;fill:none}
.plot .halo{stroke:var(--bg);stroke-width:3.4;fill:none;opacity:.8}
.plot .err{stroke:var(--fg);stroke-width:1.2;fill:none}
.plot .lead{stroke:var(--muted);stroke-width:.6;fill:none}
.plot .floor{stroke:var(--muted);stroke-width:4;fill:none;opacity:.55}
.plot .line{fill:none;stroke-width:1.7;stroke-linejoin:round}
.plot .mark{stroke:none}
`)
	for i, d := range dashes {
		fmt.Fprintf(&b, ".plot .b%d{fill:var(--s%d)}.plot .l%d{stroke:var(--s%d)", i, i, i, i)
		if d != "" {
			fmt.Fprintf(&b, ";stroke-dasharray:%s", d)
		}
		fmt.Fprintf(&b, "}.plot .e%d{stroke:var(--s%d);stroke-width:1.2;fill:none}\n", i, i)
	}
	return b.String()
}

// Standalone returns a drawing of this package as a file of its own.
func Standalone(svg []byte) []byte {
	end := bytes.IndexByte(svg, '>') + 1
	var b bytes.Buffer
	b.Write(svg[:end])
	b.WriteString("<style>\n" + Variables() + Style() + ".plot{background:var(--bg)}\n</style>")
	b.Write(svg[end:])
	return b.Bytes()
}
