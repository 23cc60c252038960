package conform

import (
	"bufio"
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// mortal is a server in memory that can die and come back.
type mortal struct {
	honest
	mu    sync.Mutex
	conns []*memory
	gone  bool // it refuses connections
}

// dial is a dialer.
func (m *mortal) dial(context.Context, time.Duration) (net.Conn, []byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gone {
		return nil, nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	us, them := pipe()
	m.conns = append(m.conns, them)
	go func() {
		defer them.Close()
		m.talk(them, bufio.NewReaderSize(them, piece), false)
	}()
	return us, nil, nil
}

// die ends every connection by RST, as the end of a process does.
func (m *mortal) die() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gone = true
	for _, c := range m.conns {
		c.SetLinger(0)
		c.Close()
	}
}

func (m *mortal) takeNoMore(none bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gone = none
}

// dying is a server that does what happens in x.2.7, where the top bit of a
// length of 125 is set.
func dying(what func(*mortal)) *mortal {
	m := &mortal{}
	m.fail = func(c *session, code int) {
		if c.last.length == 1<<63|125 {
			what(m)
		}
		failBy(code)(c, code)
	}
	return m
}

// of is the results by case id.
func of(results []Result) map[string]*Result {
	all := map[string]*Result{}
	for i := range results {
		all[results[i].Case.ID] = &results[i]
	}
	return all
}

// besideDeath reports whether r may be of a case that ran, on a connection of
// its own, when the server died: which cases those are is the scheduler's
// choice.
func besideDeath(jobs int, r *Result) bool { return jobs > 1 && len(r.Faults) > 0 }

// A server that panics is told to have died at the case, and the run ends.
func TestServerDies(t *testing.T) {
	for jobs, at := range map[int]string{1: "case x.2.7", 4: "x.2.7"} {
		bubble(t, at, func(t *testing.T) {
			cases := selected(t, "1.1", "x.2", "x.3")
			began := time.Now()
			var seen []string
			told := map[string]Result{}
			cfg := Config{Jobs: jobs, Timeout: DefaultTimeout, Each: func(r Result) { seen = append(seen, r.Case.ID); told[r.Case.ID] = r }}
			results, err := cfg.run(t.Context(), cases, dying((*mortal).die).dial)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %v", took)
			}
			if err == nil || !strings.Contains(err.Error(), "the server died at case ") || !strings.Contains(err.Error(), at) || len(seen) <= len(cases) || !slices.Equal(seen[:len(cases)], ids(cases)) {
				t.Errorf("%v; seen %v", err, seen)
			}
			if r := told["x.2.7"]; r.Strict() {
				t.Errorf("case x.2.7 was last told as %s", r.Detail())
			}
			for _, c := range []string{"1.1.1", "1.1.2"} {
				if r := of(results)[c]; !r.Strict() && !besideDeath(jobs, r) {
					t.Errorf("%s", r.Detail())
				}
			}
			if r := of(results)["x.2.7"]; r.NotRun != "" || !strings.Contains(strings.Join(r.Faults, "; "), "the server died") {
				t.Errorf("case x.2.7: not run %q, faults %q", r.NotRun, r.Faults)
			}
			for _, c := range []string{"x.2.12", "x.3.6"} {
				r := of(results)[c]
				if jobs > 1 && r.NotRun == "" && r.Strict() || besideDeath(jobs, r) { // taken up before the death
					continue
				}
				if !strings.Contains(r.NotRun, at) || r.Strict() || len(r.Faults) > 0 {
					t.Errorf("case %s: not run %q, faults %q", c, r.NotRun, r.Faults)
				}
			}
		})
	}
}

// So is one that dies when no case is left.
func TestServerDiesLast(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		cfg := Config{Jobs: 1, Timeout: DefaultTimeout}
		results, err := cfg.run(t.Context(), selected(t, "1.1.1", "x.2.7"), dying((*mortal).die).dial)
		if err == nil || err.Error() != "conform: the server died at case x.2.7" {
			t.Error(err)
		}
		if faults := results[1].Faults; !slices.Contains(faults, "the server died") {
			t.Errorf("faults %q", faults)
		}
	})
}

// One that closes its listener, and no more, has not died.
func TestServerTakesNoMore(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		cfg := Config{Jobs: 1, Timeout: DefaultTimeout}
		m := dying(func(m *mortal) { m.takeNoMore(true) })
		results, err := cfg.run(t.Context(), selected(t, "1.1.1", "x.2.7", "x.3"), m.dial)
		want := "conform: the server took no more connections after case x.2.7; 6 of 8 cases were not run"
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		if r := of(results)["x.3.1"]; r.NotRun != "the server took no more connections after case x.2.7" {
			t.Errorf("case x.3.1: not run %q", r.NotRun)
		}
	})
}

// One that comes back within the run's patience plays on. The case at which it
// died fails.
func TestServerRestarts(t *testing.T) {
	for _, jobs := range []int{1, 4} {
		bubble(t, "", func(t *testing.T) {
			cfg := Config{Jobs: jobs, Timeout: DefaultTimeout}
			m := dying(func(m *mortal) {
				m.die()
				time.AfterFunc(time.Second, func() { m.takeNoMore(false) })
			})
			results, err := cfg.run(t.Context(), selected(t, "1.1", "x.2.7", "x.4", "x.9"), m.dial)
			if err != nil {
				t.Error(err)
			}
			r := of(results)["x.2.7"]
			if faults := strings.Join(r.Faults, "; "); !strings.Contains(faults, "the server died") || !strings.Contains(faults, "it was back within ") {
				t.Errorf("case x.2.7: %q", r.Faults)
			}
			for _, c := range []string{"1.1.1", "x.4.20", "x.9.4"} {
				if r := of(results)[c]; !r.Strict() && !besideDeath(jobs, r) {
					t.Errorf("%s", r.Detail())
				}
			}
		})
	}
}

// Openings that fail while the server lives are the fault of their cases; one
// that answers none any more is dead, also without refusing them.
func TestOpeningFails(t *testing.T) {
	m := &mortal{}
	opened := 0
	for name, tt := range map[string]struct {
		fails  func(n int) bool
		err    string
		faults string
	}{
		"one":  {func(n int) bool { return n == 2 }, "", "unexpected EOF"},
		"most": {func(n int) bool { return n >= 2 }, "the server took no more connections after case 1.1.1", ""},
	} {
		bubble(t, name, func(t *testing.T) {
			opened = 0
			cfg := Config{Jobs: 1, Timeout: DefaultTimeout}
			results, err := cfg.run(t.Context(), selected(t, "1.1.1", "1.1.2", "1.1.3"), func(ctx context.Context, d time.Duration) (net.Conn, []byte, error) {
				if opened++; tt.fails(opened) {
					return nil, nil, io.ErrUnexpectedEOF
				}
				return m.dial(ctx, d)
			})
			if (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%v, want %q", err, tt.err)
			}
			if got := strings.Join(results[1].Faults, "; "); got != tt.faults {
				t.Errorf("case 1.1.2: faults %q, want %q", got, tt.faults)
			}
			if r := results[2]; r.Strict() != (tt.err == "") {
				t.Errorf("case 1.1.3: not run %q", r.NotRun)
			}
		})
	}
}
