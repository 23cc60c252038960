package counts

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// captures are the files of testdata that have a golden one.
func captures(t testing.TB) []string {
	all, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, f := range all {
		if ext := filepath.Ext(f); ext != ".golden" && ext != ".md" {
			files = append(files, f)
		}
	}
	if len(files) < 20 {
		t.Fatalf("%d captures in testdata", len(files))
	}
	return files
}

// Each capture of testdata, by the numbers and warnings in the golden file beside it.
func TestGolden(t *testing.T) {
	for _, file := range captures(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			c, err := Read(f, filepath.Base(file))
			got := describe(c, err)
			check(t, c)
			golden := file + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v; go test -update writes it", err)
			}
			if d := gocmp.Diff(string(want), got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// describe is a capture as golden files hold it.
func describe(c *Capture, err error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "format: %s\nelapsed: %v\n", c.Format, c.Elapsed)
	for _, t := range c.Threads {
		var n int64
		for _, call := range t.Calls {
			n += call.Calls
		}
		fmt.Fprintf(&b, "thread %d %q: %d calls, %d events\n", t.TID, t.Comm, n, len(t.Events))
	}
	for _, call := range c.Calls {
		fmt.Fprintf(&b, "call %s\n", describeCall(&call))
	}
	for _, e := range c.Events {
		fmt.Fprintf(&b, "event %s: %v %s\n", e.label(), e.Value, cmp.Or(e.Unit, "times"))
	}
	if c.Signals != nil {
		fmt.Fprintf(&b, "signals: %v\n", c.Signals)
	}
	for _, s := range c.Skips {
		fmt.Fprintf(&b, "SKIP %s: %s\n", s.Event, s.Reason)
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(&b, "warning: %v\n", w)
	}
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	return b.String()
}

func describeCall(c *Call) string {
	s := fmt.Sprintf("%s: %d calls", c.Name, c.Calls)
	if c.ErrorsKnown {
		s += fmt.Sprintf(", %d errors %v", c.Errors, c.Errno)
	}
	if c.HasTime() {
		s += fmt.Sprintf(", %v of %d", c.Time, c.Timed)
	}
	if c.Waits > 0 {
		s += fmt.Sprintf(", %d waits", c.Waits)
	}
	return s
}

// check holds of every capture, of whatever bytes.
func check(t *testing.T, c *Capture) {
	t.Helper()
	threads := callSet{}
	for _, th := range c.Threads {
		for i := range th.Calls {
			checkCall(t, &th.Calls[i])
			threads.merge(&th.Calls[i])
		}
	}
	for i := range c.Calls {
		call := &c.Calls[i]
		checkCall(t, call)
		if len(c.Threads) > 0 && len(c.Events) == 0 && threads.get(call.Name).Calls != call.Calls {
			t.Errorf("%s: %d calls, the threads' sum is %d", call.Name, call.Calls, threads.get(call.Name).Calls)
		}
	}
	for _, e := range c.Events {
		if !(e.Value >= 0) || !(e.Running >= 0 && e.Running <= 100) {
			t.Errorf("%+v", e)
		}
	}
	if c.Elapsed < 0 {
		t.Errorf("elapsed %v", c.Elapsed)
	}
}

func checkCall(t *testing.T, c *Call) {
	t.Helper()
	for _, n := range []int64{c.Calls, c.Errors, c.Timed, int64(c.Time), c.Waits} {
		if n < 0 {
			t.Errorf("%+v: negative", *c)
		}
	}
	if c.Errors > c.Calls || c.Waits > c.Calls || c.Timed > c.Calls {
		t.Errorf("%+v: more than calls", *c)
	}
	for name, n := range c.Errno {
		if n < 0 || n > c.Errors {
			t.Errorf("%s: %d of %d errors are %s", c.Name, n, c.Errors, name)
		}
	}
}
