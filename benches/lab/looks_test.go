package lab

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wsbench/benches/results"
)

// costs is an executor and a clock: a run of a server takes a second, and its CPU time
// per message is that of the server under the case, with noise of 1 %.
type costs struct {
	plan Plan
	rng  *rand.Rand
	now  time.Time
	of   map[string]float64 // by label and case; 0: 1000
	runs map[string]int
}

func (c *costs) Run(_ context.Context, i int, b Block) (Outcome, error) {
	c.now = c.now.Add(time.Second)
	name := c.plan.Servers[i].Key.Label() + " " + b.Case.String()
	c.runs[name]++
	cpu := c.of[name]
	if cpu == 0 {
		cpu = 1000
	}
	cpu *= 1 + 0.01*c.rng.NormFloat64()
	return Outcome{Messages: 100, Values: map[string]float64{"cpu-ns/msg": cpu, "msg/s": 1e9 / cpu}}, nil
}

// playLooks plays a session of 160 rounds whose epochs are two rounds each.
func playLooks(t *testing.T, looks, rounds int, of map[string]float64) (*costs, *diary, Tally) {
	t.Helper()
	c := &costs{rng: rand.New(rand.NewPCG(3, 0)), of: of, runs: map[string]int{}}
	c.plan = Plan{
		Probe: Echo{}, Servers: WithAA([]Server{OwnServer("", "epoll"), OwnServer("", "net"), rawIO}),
		Cases: []results.Case{results.EchoCase(100, 20, 1), results.EchoCase(10, 1024, 1)}, Rounds: rounds, Seed: 7, Looks: looks, Epochs: 80,
	}
	d := &diary{}
	r := &Runner{Plan: c.plan, Exec: c, Journal: d, Watch: Quiet{}, Now: func() time.Time { return c.now }, Terms: results.Terms{Margin: 0.001},
		Restart: func(context.Context) error { return nil }}
	if rounds == 0 {
		r.Deadline = c.now.Add(160 * 8 * time.Second)
	}
	tally, err := r.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c, d, tally
}

// A comparison that is decided is measured no further; the reference of its case is, as
// long as another one is compared with it.
func TestDecidedComparisonsLeave(t *testing.T) {
	for _, rounds := range []int{160, 0} {
		c, d, tally := playLooks(t, 4, rounds, map[string]float64{"net 100/20": 1500, "net 10/1024": 1500, "epoll 10/1024": 1300})
		looks := slices.DeleteFunc(slices.Clone(d.lines), func(l string) bool { return !strings.HasPrefix(l, "look ") })
		if len(looks) != 3 {
			t.Errorf("looks %q, want three before the end", looks)
		}
		full := c.runs["epoll 100/20"]
		if full < 160 || c.runs["raw 100/20"] != full || c.runs["raw A/A 100/20"] != full {
			t.Errorf("%d rounds: what is not decided has not all runs: %v", rounds, c.runs)
		}
		if n := c.runs["net 100/20"]; n < 16 || n > 80 {
			t.Errorf("net has %d runs of %d though it is slower by half", n, full)
		}
		for _, name := range []string{"net", "raw", "epoll", "raw A/A"} {
			if n := c.runs[name+" 10/1024"]; n != c.runs["net 100/20"] {
				t.Errorf("%s has %d runs under a case in which all is decided, want %d", name, n, c.runs["net 100/20"])
			}
		}
		if tally.Alive != 8 || rounds > 0 && tally.Done != c.plan.Runs() {
			t.Errorf("%+v", tally)
		}
	}
}

// A session ends when everything is decided; with one look it is measured to its end.
func TestEverythingDecided(t *testing.T) {
	all := map[string]float64{"net 100/20": 1500, "net 10/1024": 1500, "epoll 100/20": 1300, "epoll 10/1024": 1300}
	c, d, _ := playLooks(t, 4, 0, all)
	if n := c.runs["epoll 100/20"]; n > 80 {
		t.Errorf("%d rounds: %q", n, d.lines[len(d.lines)-1])
	}
	c, d, _ = playLooks(t, 1, 160, all)
	if n := c.runs["net 100/20"]; n != 160 || strings.Contains(fmt.Sprint(d.lines), "look ") {
		t.Errorf("one look: %d runs", n)
	}
}

// Samples of servers whose builds take turns have the epoch of their build.
func TestLayoutsTakeTurns(t *testing.T) {
	d := &diary{}
	r := &Runner{Plan: Plan{Probe: Echo{}, Servers: []Server{rawIO}, Cases: []results.Case{results.EchoCase(1, 20, 1)}, Rounds: 12, Epochs: 6, Layouts: 3, Looks: 2},
		Exec: &costs{rng: rand.New(rand.NewPCG(3, 0)), runs: map[string]int{}, plan: Plan{Servers: []Server{rawIO}}}, Journal: d, Watch: Quiet{}, Now: time.Now,
		Restart: func(context.Context) error { return nil }}
	if _, err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	var epochs []int
	for _, s := range r.samples {
		epochs = append(epochs, s.Epoch)
	}
	if want := []int{1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3}; !slices.Equal(epochs, want) {
		t.Errorf("epochs %v, want %v", epochs, want)
	}
}

// Blocks in which all is decided count for the runs that were planned, and no more.
func TestDecidedBlocksCount(t *testing.T) {
	c := results.EchoCase(1, 20, 1)
	r := &Runner{Plan: Plan{Probe: Echo{}, Servers: []Server{rawIO, OwnServer("", "epoll"), OwnServer("", "net")}, Cases: []results.Case{c}, Rounds: 1}}
	r.Drop(1, 0)
	r.decided = map[[2]int]bool{{0, 0}: true, {2, 0}: true}
	if err := r.block(t.Context(), Block{ID: 1, Round: 1, Case: c, Order: []int{0, 1, 2}}); err != nil || r.tally.Done != 2 || r.total() != 2 {
		t.Errorf("%v: %d of %d runs, want 2 of 2", err, r.tally.Done, r.total())
	}
}
