package counts

import (
	"strings"
	"testing"
	"time"
)

// read reads a capture that must be readable.
func read(t *testing.T, text string) *Capture {
	t.Helper()
	c, err := Read(strings.NewReader(text), "f")
	if err != nil {
		t.Fatalf("%v %v", err, c.Warnings)
	}
	check(t, c)
	return c
}

// call finds a call by name; a zero one where it is missing.
func (c *Capture) call(name string) Call {
	for _, call := range c.Calls {
		if call.Name == name {
			return call
		}
	}
	return Call{}
}

// warned reports whether exactly the warnings came that hold these texts.
func warned(t *testing.T, c *Capture, texts ...string) {
	t.Helper()
	if len(c.Warnings) != len(texts) {
		t.Errorf("%d warnings, want %d: %v", len(c.Warnings), len(texts), c.Warnings)
		return
	}
	for i, text := range texts {
		if !strings.Contains(c.Warnings[i].Error(), text) {
			t.Errorf("warning %d is %q, want %q in it", i, c.Warnings[i], text)
		}
	}
}

// One call, however its line begins and whatever its strings hold.
func TestLogLines(t *testing.T) {
	const call = `write(5, "x", 1) = 1`
	for _, line := range []string{
		call,
		"12 " + call,
		"12    " + call,
		"[pid    12] " + call,
		"[pid 12<a b>c>] " + call,
		"12<worker> " + call,
		"10:20:30 " + call,
		"12 10:20:30.123456 " + call,
		"12 1795260482.990966 " + call,
		"12 1795260482 " + call,
		"     0.000029 " + call,
		"12      0.000029 " + call,
		"12 10:20:30.123456 (+     0.000029) " + call,
		"12 [00007f1fca2d3a1e] " + call,
		"12 [  1] " + call,
		`write(5<socket:[1]>, "x", 1) = 1`,
		`write(5<TCP:[127.0.0.1:1->127.0.0.1:2]>, "x", 1) = 1 <0.000010>`,
		`write(5, "x", 1)              = 1`,
		`write(5, "\") = -1 EIO <unfinished ...>", 1) = 1`,
		`write(5, "\\", 1) = 1`,
		`write(5, "<... read resumed>) = 7"..., 1) = 1 (DELAYED)`,
	} {
		c := read(t, line+"\n")
		w := c.call("write")
		if w.Calls != 1 || w.Errors != 0 || len(c.Calls) != 1 {
			t.Errorf("%s: %+v", line, c.Calls)
		}
		warned(t, c)
	}
}

func TestLogResults(t *testing.T) {
	for _, tt := range []struct {
		result        string
		calls, errors int64
		errno         string
	}{
		{"5", 1, 0, ""},
		{"0x7f00 <0.1>", 1, 0, ""},
		{"5<socket:[1]> <0.1>", 1, 0, ""},
		{"0 (Timeout)", 1, 0, ""},
		{"1 ([{fd=3, revents=POLLIN}])", 1, 0, ""},
		{"-1 EAGAIN (Resource temporarily unavailable) <0.000010>", 1, 1, "EAGAIN"},
		{"-1 (errno 512)", 1, 1, ""},
		{"? ERESTARTSYS (To be restarted if SA_RESTART is set)", 1, 1, "ERESTARTSYS"},
		{"? ERESTART_RESTARTBLOCK (Interrupted by signal)", 1, 1, "ERESTART_RESTARTBLOCK"},
		{"-1 EINTR (Interrupted system call)", 1, 1, "EINTR"},
		{"?", 0, 0, ""},
		{"? <unavailable>", 0, 0, ""},
	} {
		w := read(t, "wait4(1) = "+tt.result+"\n").call("wait4")
		if w.Calls != tt.calls || w.Errors != tt.errors || tt.errno != "" && w.Errno[tt.errno] != 1 {
			t.Errorf("%s: %+v", tt.result, w)
		}
	}
}

// Calls of several threads, torn apart.
func TestLogThreads(t *testing.T) {
	c := read(t, `1 1000000000.0 futex(0x1, FUTEX_WAIT <unfinished ...>
2 1000000000.1 epoll_pwait(6,  <unfinished ...>
3 1000000000.2 <... read resumed>"", 5) = 0 <0.5>
2 1000000000.3 <... epoll_pwait resumed>[{EPOLLIN, {u32=1}}], 8, -1, NULL, 0) = 3 <0.2>
2 1000000000.3 --- SIGURG {si_signo=SIGURG, si_code=SI_TKILL} ---
2 1000000000.3 --- stopped by SIGSTOP ---
2 1000000000.4 epoll_pwait(6, [], 8, 0, NULL, 0) = 0 <0.1>
3 1000000000.5 io_uring_enter(7, 1, 0, 0 <unfinished ...>
3 1000000000.6 <... io_uring_enter resumed>, NULL, 8) = 1
3 1000000000.7 io_uring_enter(7, 1, 1, IORING_ENTER_GETEVENTS <unfinished ...>
3 1000000000.8 <... io_uring_enter resumed>, NULL, 8) = 1
3 1000000000.9 recvfrom(5<detached ...>
2 1000000001.0 read(5, <unfinished ...>
2 1000000001.1 +++ killed by SIGKILL +++
1 1000000002.5 <... futex resumed>) = -1 EAGAIN (x) <2.5>
`)
	warned(t, c)
	if w := c.call("epoll_pwait"); w.Calls != 2 || w.Waits != 1 || w.Time != 300*time.Millisecond {
		t.Errorf("%+v", w)
	}
	if u := c.call("io_uring_enter"); u.Calls != 2 || u.Waits != 1 || u.HasTime() {
		t.Errorf("%+v", u)
	}
	if c.call("read").Calls != 1 || c.call("recvfrom").Calls != 0 || c.call("futex").Calls != 1 {
		t.Errorf("%+v", c.Calls)
	}
	if len(c.Threads) != 3 || c.Signals["SIGURG"] != 1 || len(c.Signals) != 1 || c.Elapsed != 2500*time.Millisecond {
		t.Errorf("%d threads, %v, %v", len(c.Threads), c.Signals, c.Elapsed)
	}
}

func TestElapsed(t *testing.T) {
	for stamps, want := range map[string]time.Duration{
		"23:59:59.5 00:00:01.0":     1500 * time.Millisecond,
		"0.000 0.250":               250 * time.Millisecond,
		"10:00:00 10:00:02":         2 * time.Second,
		"1795260482.1 1795260482.3": 200 * time.Millisecond,
	} {
		first, last, _ := strings.Cut(stamps, " ")
		if c := read(t, first+" getpid() = 1\n"+last+" getpid() = 1\n"); c.Elapsed != want {
			t.Errorf("%s: %v", stamps, c.Elapsed)
		}
	}
}

// A bad line is named, and the lines after it count.
func TestLogBadLines(t *testing.T) {
	c := read(t, `read(3, "", 5) = 0
hello, world
read(3, "abc
read(3, "", 5) = five
read(3, "", 5)
<... resumed>) = 1
read(3, "`+strings.Repeat("a", 2<<20)+`", 5) = 5
write(1, "", 0) = 0
read(3, "ab`)
	warned(t, c, "f:2: not a line of strace", "f:3: read: the line ends within a string", `f:4: read: "five" is not a result`,
		"f:5: read: the line has no result", "f:6: a call is resumed without its name", "f:7: a line of more than 1048576 bytes", "f:9: read: the line ends within a string")
	if c.call("read").Calls != 1 || c.call("write").Calls != 1 {
		t.Errorf("%+v", c.Calls)
	}
}

const tableHead = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
`

func TestTables(t *testing.T) {
	c := read(t, tableHead+` 60.00    0.000600           3       200       100 read
 40.00    0.000400           4       100           epoll_wait
------ ----------- ----------- --------- --------- ----------------
100.00    0.001000                   300       100 total
System call usage summary for 32 bit mode:
`+tableHead+`100.00    0.000100           1       100           read
------ ----------- ----------- --------- --------- ----------------
100.00    0.000100           1       100           total
`)
	warned(t, c)
	if r := c.call("read"); r.Calls != 300 || r.Errors != 100 || r.Time != 700*time.Microsecond || r.ErrnoKnown() {
		t.Errorf("%+v", r)
	}
	if c.call("epoll_wait").Waits != 100 || c.Threads != nil {
		t.Errorf("%+v", c)
	}
}

func TestTableBadLines(t *testing.T) {
	c := read(t, tableHead+` 60.00    0.000600           3       200        10 read
 10.00    0.000600           3       -20        10 write
 10.00    0.000600           3         2         9 close
oops
------ ----------- ----------- --------- --------- ----------------
100.00    0.001000           3       300        10 total
`+tableHead+` 60.00    0.000600           3       200        10 read
`)
	warned(t, c, "f:4: write: calls:", "f:5: close: 9 errors of 2 calls", "f:6: not a row", "f:8: the total is 300 calls, the rows are 200", "f:11: the table has no total")
}

// A log and its table that disagree.
func TestLogAgainstTable(t *testing.T) {
	c := read(t, "1 read(3) = 0\n1 close(3) = 0\n"+tableHead+` 60.00    0.000600           3         2           read
 40.00    0.000400           3         1           close
------ ----------- ----------- --------- --------- ----------------
100.00    0.001000           3         3           total
`)
	warned(t, c, "f: read: 1 calls in the log and 2 in its table")
	if c.call("read").Timed > 0 || c.call("close").Time != 400*time.Microsecond {
		t.Errorf("%+v", c.Calls)
	}
}
