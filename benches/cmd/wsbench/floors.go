package main

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"wsbench/benches/micro"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/parse"
)

var floorsExperiment = experiment{
	name:     "floors",
	summary:  "the least that unmasking, parsing and system calls take on this host",
	synopsis: "[flags]",
	examples: "  wsbench floors\n  wsbench floors -for 500ms -pin 1",
	new: func(c *call) body {
		f := &floors{}
		f.register(c)
		c.flags.DurationVar(&f.row, "for", 60*time.Millisecond, "`time` for a row, of which the table has some thirty")
		return f
	},
}

// floors is one call of wsbench floors.
type floors struct {
	microFlags
	row time.Duration // budget of a row
}

func (f *floors) check(*call) error {
	if f.row < time.Millisecond {
		return fmt.Errorf("-for %v: want 1ms or more", f.row)
	}
	return nil
}

func (f *floors) run(ctx context.Context, c *call) (*outcome, error) {
	calls, skipped, done := micro.SystemCalls()
	defer done()
	list := slices.Concat(maskFloors(), headerFloors(), calls)
	for i := range list {
		list[i].Plan = micro.Plan{Budget: f.row * time.Duration(len(list[i].Funcs)), Batch: f.batch(), Seed: c.session.Plan.Seed}
	}
	r, err := f.measure(ctx, c, list)
	if r == nil {
		return nil, err
	}
	r.Skipped = skipped
	return &outcome{results: r, document: floorsDocument(r)}, err
}

// batch makes a row of its length out of some two hundred samples.
func (f *floors) batch() time.Duration {
	return min(max(f.row/200, 30*time.Microsecond), time.Millisecond)
}

// floorsDocument returns a row for each operation.
func floorsDocument(r *results.Results) report.Document {
	rows := report.Table{ID: "rows", Note: floorsLegend, Columns: []report.Column{
		{Key: "group", Head: "package", Group: true}, {Key: "name", Head: "operation"}, {Key: "benchmark", In: report.JSON},
		{Key: "bytes", Head: "bytes", Group: true}, {Key: "set", Head: "set", Drop: 2},
		{Key: "ns_per_op", Head: "time", Unit: results.UnitOf("ns/op"), Bounds: "interval"},
		{Key: "bytes_per_second", Head: "payload", Unit: results.UnitOf("B/s"), Drop: 1},
		ratios("of_floor", "of\nfloor"), {Key: "samples_ns_per_op", In: report.JSON},
	}}
	for _, res := range micro.Read(r.Samples) {
		floor := slices.IndexFunc(res.Names, func(name string) bool { return strings.Contains(name, "/impl="+floorImpl+"/") })
		for i := range res.Names {
			rows.Rows = append(rows.Rows, floorCells(res, i, floor))
		}
	}
	return microDocument(r, kernelTable(), rows)
}

// floorCells returns the row of a variant; floor is the one that it is compared
// with, or negative.
func floorCells(res *micro.Result, i, floor int) []any {
	name := results.ParseName(res.Names[i])
	time := res.Time(i)
	var bytes, set, rate, ofFloor any
	if res.Bytes[i] > 0 {
		bytes, rate = res.Bytes[i], float64(res.Bytes[i])*1e9/time.Median
	}
	if s := name.Value("set"); s != "" {
		set = s
	}
	if floor >= 0 && i != floor {
		ofFloor = estimate(res.Ratio(i, floor))
	}
	return []any{path.Base(res.Pkg), floorLabel(name), res.Names[i], bytes, set, estimate(time), rate, ofFloor, res.Samples[i]}
}

// floorLabels are what operations are called, by their benchmarks' names up to
// the size.
var floorLabels = map[string]string{
	"Unmask/impl=auto": "Unmask", "Unmask/impl=floor": "Floor", "Unmask/impl=copy": "copy", "Unmask/impl=nothing": "nothing",
	"Syscall/way=raw": "getpid raw", "Syscall/way=runtime": "getpid by runtime",
	"EpollWait/ready=1": "epoll_wait ready", "RecvSend/way=send": "send+recv",
}

func floorLabel(n results.Name) string {
	operation, size, _ := strings.Cut(strings.TrimPrefix(n.String(), "Benchmark"), "/size=")
	if label := floorLabels[operation]; label != "" {
		return label
	}
	sizes, err := results.ParseSizes(size)
	if err != nil {
		return operation
	}
	header := parse.AppendHeader(nil, parse.FIN|uint8(parse.Binary), sizes[0])
	if operation == "ParseHeader" {
		return fmt.Sprintf("%s %d+%d", operation, len(header), parse.KeySize)
	}
	return fmt.Sprintf("%s %d", operation, len(header))
}

const floorsLegend = `of floor: the time of mask.Floor, which loads and stores the same bytes, divided by this one's (1: the XOR costs nothing), paired round by round. Values are medians with intervals at 95 %, drawn with a line at 1. ` +
	`Payloads begin one byte after a cache line. set: fresh payloads are others each time, within the L1; hot ones are the same each time, of sizes of which half the L1 does not hold two. ` +
	`Headers are those of both ends: 2, 4 or 10 bytes, and 4 of the masking-key. Figures include a loop's share, which the row "nothing" shows.`
