package counts

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestGroupedNumbers(t *testing.T) {
	for _, tt := range []struct {
		text  string
		point bool
		want  float64
	}{
		{"1234567", false, 1234567},
		{"1,234,567", false, 1234567},
		{"1.234.567", false, 1234567},
		{"1'234'567", false, 1234567},
		{"1\u202f234\u202f567", false, 1234567},
		{"1\xa0234", false, 1234},
		{"1,234", false, 1234},
		{"0", false, 0},
		{"95,46", true, 95.46},
		{"1.234,56", true, 1234.56},
		{"1,234.56", true, 1234.56},
		{"83723.452481", true, 83723.452481},
		{"12.345", true, 12.345},
	} {
		if got, err := parseGrouped(tt.text, tt.point); err != nil || got != tt.want {
			t.Errorf("%q: %v %v", tt.text, got, err)
		}
	}
	for _, bad := range []string{"", ",", "1,,2", "-1", "1e5", "nan", "1,", "99999999999999999999"} {
		if v, err := parseGrouped(bad, false); err == nil {
			t.Errorf("%q is %v", bad, v)
		}
	}
}

func TestSplitEvent(t *testing.T) {
	for raw, want := range map[string]string{
		"cycles": "cycles ", "cycles:u": "cycles u", "cycles:k": "cycles k", "cycles:uk": "cycles ", "cycles:ppp": "cycles ",
		"instructions:up": "instructions u", "cpu/cycles/u": "cycles u", "cpu_core/cycles/": "cycles ",
		"cpu/event=0x3c,umask=0/": "cpu/event=0x3c,umask=0/ ", "sched:sched_switch": "sched:sched_switch ",
		"syscalls:sys_enter_read:u": "syscalls:sys_enter_read u", "msr/tsc/": "msr/tsc/ ",
	} {
		if name, modifier := splitEvent(raw); name+" "+modifier != want {
			t.Errorf("%s: %s %s, want %s", raw, name, modifier, want)
		}
	}
}

// Every separator that a user may think of.
func TestSeparators(t *testing.T) {
	for _, sep := range []string{",", ";", "|", "\t", " ", "@", "#", "^", "~", "!", "§"} {
		f := func(s ...string) string { return strings.Join(s, sep) + "\n" }
		c := read(t, f("1.50", "msec", "task-clock", "1500000", "100.00", "0.5", "CPUs utilized")+
			f("<not supported>", "", "cycles:u", "0", "100.00", "", "")+
			f("7", "", "context-switches", "1500000", "100.00", "", ""))
		if len(c.Events) != 2 || c.Events[0].Value != 1.5e6 || c.Events[0].Unit != "ns" || len(c.Skips) != 1 {
			t.Errorf("%q: %+v %v %v", sep, c.Events, c.Skips, c.Warnings)
		}
	}
}

// An event's own separators, places, variation and metrics alone.
func TestCSVLines(t *testing.T) {
	c := read(t, `CPU0,936,,cpu/event=0x3c,umask=0x1/u,1,100.00,,
CPU1,64,,cpu/event=0x3c,umask=0x1/u,1,80.00,,
S0-D0-C0,1,5,,cs,2.50%,1,100.00,,
,,,,,0.04,stalled cycles per insn
nonsense
2,,cs,x,100.00
`)
	warned(t, c, "f:5: not a counter", "f:6: not a counter", "f: these are means of several runs", "f: cpu/event=0x3c,umask=0x1/:u was counted 80 %")
	if len(c.Events) != 2 || c.Events[0].Value != 1000 || c.Events[0].Modifier != "u" || c.Events[1].Value != 5 {
		t.Errorf("%+v", c.Events)
	}
}

// A decimal comma among separating commas is not read as something else.
func TestCSVDecimalComma(t *testing.T) {
	c := read(t, "7,,cs,1,100.00,,\n0,84,msec,task-clock,844628,100,00,0,CPUs utilized\n0,100162891,3,5,msec,task-clock,1,100,00,,\n")
	warned(t, c, "f:2: not a counter of perf stat -x,; run perf with LC_ALL=C", "f:3: not a counter")
	if len(c.Events) != 1 {
		t.Errorf("%+v", c.Events)
	}
	c = read(t, "     0,100162891;3,5;msec;task-clock;1;100,00;;\n")
	if c.Events[0].Value != 3.5e6 || c.Elapsed != 100162891 {
		t.Errorf("%+v", c)
	}
}

// Runs appended to one file are summed, a summary of intervals is not added.
func TestStatSections(t *testing.T) {
	const run = " Performance counter stats for 'x':\n\n 2 context-switches # 1 K/sec\n <not counted> msec task-clock\n\n 1,5 seconds time elapsed\n"
	c := read(t, run+run)
	if c.Events[0].Value != 4 || c.Elapsed != 3*time.Second || len(c.Skips) != 1 {
		t.Errorf("%+v", c)
	}
	c = read(t, "#           time             counts unit events\n 0.5 2 cs\n 1.0 3 cs\n 5 cs\n 1.1 seconds time elapsed\n")
	if c.Events[0].Value != 5 || c.Elapsed != time.Second {
		t.Errorf("%+v", c)
	}
	warned(t, c)
}

// Threads whose names hold anything, and a line for each name.
func TestStatThreads(t *testing.T) {
	c := read(t, ` Performance counter stats for process id '1':

 a b-12   1,000 cycles:u
 a b-13   <not counted> cycles:u
 io-1-14  2,000 cycles:u
 a b-12   500 cycles:k
Some events weren't counted. Try disabling the NMI watchdog:
	echo 0 > /proc/sys/kernel/nmi_watchdog
`)
	warned(t, c)
	if got, want := fmt.Sprint(c.Events), "[{cycles u 3000  100} {cycles k 500  100}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	want := "[{0 a b [] [{cycles u 1000  100} {cycles k 500  100}]} {0 io-1 [] [{cycles u 2000  100}]}]"
	if got := fmt.Sprint(ByComm(c.Threads)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The errors column is younger than perf trace, and names are only some of the
// errors.
func TestTraceColumns(t *testing.T) {
	c := read(t, ` Summary of events:

 a (b) (12), 20 events, 50.0%

   syscall            calls    total       min       avg       max      stddev
                               (msec)    (msec)    (msec)    (msec)        (%)
   --------------- -------- --------- --------- --------- ---------     ------
   read                  10     1.000     0.010     0.100     0.500      1.00%

 c (13), 20 events, 50.0%

   syscall            calls  errors  total       min       avg       max       stddev
   --------------- --------  ------ -------- --------- --------- ---------     ------
   write                  4      2   1.000     0.010     0.100     0.500      1.00%
				EAGAIN: 1
				EPIPE: 2
   close                  1      2   1.000     0.010     0.100     0.500      1.00%
LOST 3 events!
`)
	warned(t, c, "f:16: write: 3 errors are named, 2 were counted", "f:17: close: 2 errors of 1 calls", "f:18: not a line of perf trace")
	if r := c.call("read"); r.ErrorsKnown || r.Time != time.Millisecond {
		t.Errorf("%+v", r)
	}
	if c.Threads[0].Comm != "a (b)" {
		t.Errorf("%+v", c.Threads)
	}
	if sum := Total(c.Calls); sum.ErrorsKnown || sum.ErrnoKnown() || sum.Calls != 14 || sum.Time != 2*time.Millisecond {
		t.Errorf("%+v", sum)
	}
}

// What is no capture at all, and what cannot be read.
func TestNothing(t *testing.T) {
	for _, text := range []string{"", "\n\n", "hello\n", "{\"a\":1}\n", "# started on Sat\n", " Performance counter stats for 'x':\n",
		"     0.000 ( 0.031 ms): a/1 read(fd: 1) = 2\n"} {
		c, err := Read(strings.NewReader(text), "f")
		if !errors.Is(err, errEmpty) || !strings.HasPrefix(err.Error(), "f: ") {
			t.Errorf("%q: %v", text, err)
		}
		check(t, c)
	}
	broken := errors.New("broken")
	in := io.MultiReader(strings.NewReader("read(3) = 0\n"), iotest.ErrReader(broken))
	if c, err := Read(in, "f"); !errors.Is(err, broken) || c.call("read").Calls != 1 {
		t.Errorf("%v %+v", err, c)
	}
}

// Warnings end; their number does not.
func TestManyWarnings(t *testing.T) {
	c := read(t, "read(3) = 0\n"+strings.Repeat("x\n", 1000))
	if n := len(c.Warnings); n != 101 || c.Warnings[n-1].Error() != "f: 900 more warnings" {
		t.Errorf("%d, %v", n, c.Warnings[n-1])
	}
}
