package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"wsbench/benches/micro"
	"wsbench/benches/results"
)

// floorsRun is one call of wsbench floors.
type floorsRun struct {
	microFlags
	row    time.Duration // budget of a row
	stdout io.Writer
	file   *results.Writer // of -format bench
	rows   []floorRow
	skips  []results.Reason
}

// A floorRow is one line of the table.
type floorRow struct {
	Group    string      `json:"group"`
	Name     string      `json:"name"`
	Bench    string      `json:"benchmark"` // its name in the benchmark format
	Octets   int         `json:"octets"`    // payload of an operation; 0: none
	Set      micro.Set   `json:"set"`       // "": no payload
	NS       float64     `json:"ns_per_op"` // median
	Interval interval    `json:"interval_ns_per_op"`
	GBs      float64     `json:"gb_per_s"` // 0: no payload
	OfFloor  *floorRatio `json:"of_floor"` // null: none to compare with
	Samples  []float64   `json:"samples_ns_per_op"`
}

// interval is one of a median.
type interval struct {
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	Level float64 `json:"level"`
}

// A floorRatio is the floor's time by this one's: 1 is as fast as the floor.
type floorRatio struct {
	Ratio    float64  `json:"ratio"`
	Interval interval `json:"interval"`
}

func runFloors(args []string, stdout, stderr io.Writer) error {
	r, err := parseFloors(args, stdout)
	if err != nil {
		return err
	}
	release, err := micro.Pin(r.cpus)
	if err != nil {
		return usageError{"floors: -pin: " + err.Error()}
	}
	defer release()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := r.measure(ctx); err != nil {
		return fmt.Errorf("floors: %w", err)
	}
	return r.print()
}

func parseFloors(args []string, stdout io.Writer) (*floorsRun, error) {
	r := &floorsRun{stdout: stdout}
	fs := newFlags("floors", "[flags]", stdout)
	r.register(fs)
	fs.DurationVar(&r.row, "d", 60*time.Millisecond, "time for a row, of which the table has some thirty")
	if err := parseFlags(fs, args, 0); err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, usageError{"floors: " + err.Error()}
	}
	if r.row < time.Millisecond {
		return nil, usageError{fmt.Sprintf("floors: -d %v: 1ms or more is needed", r.row)}
	}
	r.command = remake("floors", args, r.seed)
	return r, nil
}

// batch makes a row of its length out of some two hundred samples.
func (r *floorsRun) batch() time.Duration {
	return min(max(r.row/200, 30*time.Microsecond), time.Millisecond)
}

func (r *floorsRun) measure(ctx context.Context) (err error) {
	if r.format == benchFormat {
		if r.file, err = r.newFile(r.stdout); err != nil {
			return err
		}
	}
	groups, skips := floorGroups()
	defer groups.close()
	if r.skips = skips; r.file != nil {
		for _, s := range skips {
			if err := r.file.Skip(s.Name, s.Text); err != nil {
				return err
			}
		}
	}
	for _, g := range groups {
		if err := r.group(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// group measures the rows of one comparison.
func (r *floorsRun) group(ctx context.Context, g floorGroup) error {
	var fns []micro.Func
	for _, row := range g.rows {
		fns = append(fns, micro.Func{Name: row.bench, Run: row.run})
	}
	plan := micro.Plan{Budget: r.row * time.Duration(len(fns)), Batch: r.batch(), Seed: r.seed}
	res, err := micro.Compare(ctx, fns, plan)
	if err != nil {
		return err
	}
	if r.file != nil {
		return writeLines(r.file, res, "wsbench/"+g.name, g.octets)
	}
	for i, row := range g.rows {
		out := floorRow{
			Group: g.name, Name: row.label, Bench: row.bench, Octets: g.octets, Set: g.set, NS: res.Median(i),
			Interval: interval(res.Interval(i)), Samples: res.Samples[i],
		}
		out.GBs = float64(g.octets) / out.NS
		if g.floor >= 0 && i != g.floor {
			q := res.Ratio(i, g.floor)
			out.OfFloor = &floorRatio{q.Median, interval(q.Interval)}
		}
		r.rows = append(r.rows, out)
	}
	return nil
}
