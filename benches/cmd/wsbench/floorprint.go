package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"text/tabwriter"

	"wsbench/benches/lab/micro"
	"wsbench/mask"
)

// print writes the table; the lines of -format bench are written already.
func (r *floorsRun) print() error {
	switch r.format {
	case "text":
		return r.text()
	case "json":
		return r.json()
	}
	return nil
}

func (r *floorsRun) json() error {
	host := map[string]string{"mask-kernel": mask.Best().String()}
	for _, f := range r.facts() {
		if f.Value != "" {
			host[f.Key] = f.Value
		}
	}
	skips := map[string]string{}
	for _, s := range r.skips {
		skips[s.Name] = s.Text
	}
	out := json.NewEncoder(r.stdout)
	out.SetIndent("", "  ")
	return out.Encode(map[string]any{"host": host, "rows": r.rows, "skipped": skips})
}

func (r *floorsRun) text() error {
	facts := r.facts()
	fmt.Fprintf(r.stdout, "floors of %s, Linux %s, CPU %s, mask kernel %v, seed %d\n\n",
		fact(facts, "cpu"), fact(facts, "kernel"), r.where(), mask.Best(), r.seed)
	w := tabwriter.NewWriter(r.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%-26s\toctets\tset\tns\tinterval\tGB/s\tof floor\tinterval\t\n", "")
	for i, row := range r.rows {
		if i > 0 && r.rows[i-1].Group != row.Group {
			fmt.Fprintln(w, "\t\t\t\t\t\t\t\t")
		}
		fmt.Fprintf(w, "%-26s\t%s\t%s\t%s\t[%s,%s]\t%s\t%s\t\n", row.Group+" "+row.Name, blank(row.Octets, micro.SizeName(row.Octets)), row.Set,
			nanos(row.NS), nanos(row.Lo), nanos(row.Hi), blank(row.Octets, fmt.Sprintf("%.3g", row.GBs)), row.OfFloor)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, s := range r.skips {
		fmt.Fprintf(r.stdout, "SKIP %s: %s\n", s.Name, s.Text)
	}
	_, err := fmt.Fprintf(r.stdout, "\n%s\n", floorsLegend)
	return err
}

const floorsLegend = `of floor: the time of mask.Floor, which loads and stores the same octets, by this
one's (1.00: the XOR costs nothing), paired round by round; medians [intervals at
95 %]. Payloads begin one octet after a cache line. set: fresh ones are others each
time, within the L1; hot ones the same each time, of sizes of which half the L1 does
not hold two. Figures hold a loop's share, that of the row "nothing".`

// String is the two cells of a row: ratio and interval.
func (q *floorRatio) String() string {
	if q == nil {
		return "\t"
	}
	return fmt.Sprintf("%.3f\t[%.3f,%.3f]", q.Ratio, q.Lo, q.Hi)
}

func blank(n int, s string) string {
	if n == 0 {
		return ""
	}
	return s
}

// nanos writes ns with three digits that count.
func nanos(ns float64) string {
	switch {
	case ns >= 100:
		return strconv.FormatFloat(ns, 'f', 0, 64)
	case ns >= 10:
		return strconv.FormatFloat(ns, 'f', 1, 64)
	}
	return strconv.FormatFloat(ns, 'f', 2, 64)
}
