package stacks

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Heads of every form that perf prints, with names of threads that look like
// what follows them.
func TestParseHead(t *testing.T) {
	for line, want := range map[string]head{
		"wsbench  1223  3197.336595:    5025125 cpu-clock: ":       {labels: labels{comm: "wsbench", tid: optional{1223, true}, event: "cpu-clock"}, ns: optional{3197336595000, true}, period: optional{5025125, true}},
		"wsbench 12118/12121 [000]  3432.698133:    67 cycles:P: ": {labels: labels{comm: "wsbench", pid: optional{12118, true}, tid: optional{12121, true}, cpu: optional{0, true}, event: "cycles:P"}, ns: optional{3432698133000, true}, period: optional{67, true}},
		"a b] [0] 1:  8919  3376.359928:  1 cpu_core/cycles/: ":    {labels: labels{comm: "a b] [0] 1:", tid: optional{8919, true}, event: "cpu_core/cycles/"}, ns: optional{3376359928000, true}, period: optional{1, true}},
		"x: 1.5: y:  8922 [001] 1.000000123: cpu-clock:ppp: ":      {labels: labels{comm: "x: 1.5: y:", tid: optional{8922, true}, cpu: optional{1, true}, event: "cpu-clock:ppp"}, ns: optional{1000000123, true}},
		" 8923  1.000001: 1,234,567 cycles: ":                      {labels: labels{tid: optional{8923, true}, event: "cycles"}, ns: optional{1000001000, true}, period: optional{1234567, true}},
		":-1    -1 [000] 1.000001: 10 cpu-clock: ":                 {labels: labels{comm: ":-1", tid: optional{-1, true}, cpu: optional{0, true}, event: "cpu-clock"}, ns: optional{1000001000, true}, period: optional{10, true}},
		"js  9 1.000001: 10 cpu-clock:u:  7f67 f (a b) (/x)":       {labels: labels{comm: "js", tid: optional{9, true}, event: "cpu-clock:u"}, ns: optional{1000001000, true}, period: optional{10, true}, rest: "7f67 f (a b) (/x)"},
		"a 7/9 K   1.000001: 10 cpu-clock: ":                       {labels: labels{comm: "a", pid: optional{7, true}, tid: optional{9, true}, event: "cpu-clock"}, ns: optional{1000001000, true}, period: optional{10, true}},
		"a 7/9 [002] 10 cpu-clock: ":                               {labels: labels{comm: "a", pid: optional{7, true}, tid: optional{9, true}, cpu: optional{2, true}, event: "cpu-clock"}, period: optional{10, true}},
		"a 9 1.000001: ":                                           {labels: labels{comm: "a", tid: optional{9, true}}, ns: optional{1000001000, true}},
		"a 9 1.000001: PERF_RECORD_SWITCH IN   ":                   {labels: labels{comm: "a", tid: optional{9, true}}, ns: optional{1000001000, true}, record: "PERF_RECORD_SWITCH IN"},
		"a 9 1.000001: sched:sched_switch: prev_comm=a b ==> ":     {labels: labels{comm: "a", tid: optional{9, true}, event: "sched:sched_switch"}, ns: optional{1000001000, true}, rest: "prev_comm=a b ==>"},
		"a 9 99999999999999999999.000001: ":                        {},
		"Warning:":                                                 {},
	} {
		got, ok := parseHead(line)
		if !ok {
			got = head{}
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(head{}, labels{}, optional{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}

func TestParseEntry(t *testing.T) {
	for line, want := range map[string]entry{
		"\tffffffff821faa94 __schedule+0x3d4 ([kernel.kallsyms])":       {addr: 0xffffffff821faa94, symbol: "__schedule", dso: "[kernel.kallsyms]"},
		"\t  4a0 main.(*T[go.shape.int]).f+0x1 (/srv/a b)":              {addr: 0x4a0, symbol: "main.(*T[go.shape.int]).f", dso: "/srv/a b"},
		"\t  4a0 type:.eq.struct { F func(int) }+0x1 (/srv/x)":          {addr: 0x4a0, symbol: "type:.eq.struct { F func(int) }", dso: "/srv/x"},
		"\t  4a0 main.f·g+0x1 (/srv/x (deleted))":                       {addr: 0x4a0, symbol: "main.f·g", dso: "/srv/x (deleted)"},
		"\t  4a0 f(int) const+0x9 (/srv/x (1).so)":                      {addr: 0x4a0, symbol: "f(int) const", dso: "/srv/x (1).so"},
		"\t  4a0 f(std::pair<int (*)(), int>) (/srv/x":                  {addr: 0x4a0, symbol: "f(std::pair<int (*)(), int>) (/srv/x"},
		"\t  4a0 f+0x1 (/srv/odd) name)":                                {addr: 0x4a0, symbol: "f", dso: "/srv/odd) name"},
		"\t  4a0 mix+0x1 (inlined)":                                     {addr: 0x4a0, symbol: "mix", inlined: true},
		"\t  4a0 [unknown] ([unknown])":                                 {addr: 0x4a0},
		"\t  4a0 [unknown] (/usr/lib/libc.so.6)":                        {addr: 0x4a0, dso: "/usr/lib/libc.so.6"},
		"\t  4a0 (/usr/lib/libc.so.6)":                                  {addr: 0x4a0, dso: "/usr/lib/libc.so.6"},
		"\t  4a0 main.(*T).f+0x12":                                      {addr: 0x4a0, symbol: "main.(*T).f"},
		"\t  4a0 f(int)":                                                {addr: 0x4a0, symbol: "f(int)"},
		"\t  4a0":                                                       {addr: 0x4a0},
		"\t7f67 LazyCompile:*spin (a b) [c.js]:1+0xd (/x/perf-897.map)": {addr: 0x7f67, symbol: "LazyCompile:*spin (a b) [c.js]:1", dso: "/x/perf-897.map"},
		"\t  4a0 f+0x1 (/srv/x+0x4a0)":                                  {addr: 0x4a0, symbol: "f", dso: "/srv/x"},
		"\t  4a0 tcp_ack+0x1 ([guest.kernel.kallsyms.12])":              {addr: 0x4a0, symbol: "tcp_ack", dso: "[guest.kernel.kallsyms.12]"},
	} {
		got, ok := parseEntry(line)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(entry{})); !ok || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", line, ok, diff)
		}
	}
}

func TestEvents(t *testing.T) {
	for event, want := range map[string]string{
		"cycles:P": "cycles", "cpu-clock:ppp": "cpu-clock", "cycles:upp": "cycles:u", "cpu_core/cycles/": "cpu_core/cycles/",
		"sched:sched_switch": "sched:sched_switch", "cycles": "cycles",
	} {
		if got := eventType(event); got != want {
			t.Errorf("%s: %s, want %s", event, got, want)
		}
	}
	for event, want := range map[string]bool{"cpu-clock": true, "cpu-clock:u": true, "task-clock/freq=97/": true, "ref-cycles": false, "": false} {
		if isClock(event) != want {
			t.Errorf("isClock(%q) is %v", event, !want)
		}
	}
}

// What is wrong is said with its line, and all else is read.
func TestWarnings(t *testing.T) {
	text := "garbage\na 1 1.000001: 10 cycles: \n\tffff f+0x1 (/x)\n\tzz g (/x)\n\t" + strings.Repeat("f", 16) + " [unknown] ([unknown])\n\n" +
		"a 1 1.000002: cycles: \n\tffff f+0x2 (/x)\n\na 1 1.000003: cpu-clock: \n\nb 1 1.0: " + strings.Repeat("x", 2*maxLine) + "\n"
	p, warnings, err := ReadPerfScript(strings.NewReader(text), "t.txt")
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, w := range warnings {
		said = append(said, strings.SplitN(w.Error(), " ", 4)[0]+" "+strings.Fields(w.Error())[1])
	}
	if diff := cmp.Diff([]string{"t.txt:1: neither", "t.txt:4: no", "t.txt:7: no", "t.txt:10: no", "t.txt:12: more", "t.txt:12: neither"}, said); diff != "" {
		t.Errorf("(-want +got):\n%s\n%v", diff, warnings)
	}
	if got := sum(p, "samples", ""); got != 3 {
		t.Errorf("%d samples", got)
	}
	if got := sum(p, "cycles", ""); got != 10 {
		t.Errorf("%d cycles", got)
	}
	if fs := Functions(p, "cycles"); len(fs) != 1 || fs[0].Name != "f" || fs[0].Flat != 10 {
		t.Errorf("functions %v", fs)
	}
	if fs := Functions(p, "none"); fs != nil {
		t.Errorf("functions of no type: %v", fs)
	}
}

// Samples of a line each, with or without a time, do not run into each other,
// nor do stacks whose tabs have become spaces.
func TestForms(t *testing.T) {
	for name, text := range map[string]string{
		"lines":         "   a b  1 1.000001: 10 cycles:  4a0 f (/x)\n     c  2 1.000001: 10 cycles:  4a0 f (/x)\n",
		"without times": "   a b  1 10 cycles:  4a0 f (/x)\n     c  2/3 [001] 10 cycles:  4a0 f (/x)\n",
		"no tabs":       "a b  1 1.000001: 10 cycles: \n        4a0 f (/x)\n\nc  2 1.000001: 10 cycles: \n        4a0 f (/x)\n",
		"no blanks":     "a b  1 1.000001: 10 cycles: \n\t4a0 f (/x)\nc  2 1.000001: 10 cycles: \n\t4a0 f (/x)\n",
		"source lines":  "a b  1 1.000001: 10 cycles: \n\t4a0 f (/x)\n  f.c:12\n\nc  2 1.000001: 10 cycles: \n\t4a0 f (/x)\n  f.c:13\n",
		"carriage":      "a b  1 1.000001: 10 cycles: \r\n\t4a0 f (/x)\r\n\r\nc  2 1.000001: 10 cycles: \r\n\t4a0 f (/x)\r\n",
		"nanoseconds":   "a b  1 1.000001002: 10 cycles: \n\t4a0 f (/x)\n\nc  2 1.000001003: 10 cycles: \n\t4a0 f (/x)\n",
	} {
		p, warnings, err := ReadPerfScript(strings.NewReader(text), "t")
		if err != nil || len(warnings) > 0 {
			t.Errorf("%s: %v %v", name, err, warnings)
			continue
		}
		fs := Functions(p, "cycles")
		if len(p.Sample) != 2 || len(fs) != 1 || fs[0] != (Function{Frame: Frame{Name: "f", File: "/x"}, Flat: 20, Cum: 20}) {
			t.Errorf("%s: %d samples, %v", name, len(p.Sample), fs)
		}
	}
}

// Recursion is counted once.
func TestRecursion(t *testing.T) {
	p, _, err := ReadPerfScript(strings.NewReader("a 1 1.000001: 10 cycles: \n\t1 f+0x1 (/x)\n\t2 g+0x1 (/x)\n\t3 f+0x3 (/x)\n"), "t")
	if err != nil {
		t.Fatal(err)
	}
	want := []Function{{Frame: Frame{Name: "f", File: "/x"}, Flat: 10, Cum: 10}, {Frame: Frame{Name: "g", File: "/x"}, Cum: 10}}
	if diff := cmp.Diff(want, Functions(p, "cycles")); diff != "" {
		t.Error(diff)
	}
}

// What is no capture is an error that says what is wanted.
func TestNothing(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "t: no sample: want what perf script prints",
		"# only comments\n":    "t: no sample",
		"PERFILE2\x01\x00":     "t: a capture by perf record",
		"\x0a\x04\xff\xff\x00": "t: no profile that pprof reads",
		"\x1f\x8b":             "t: ",
	} {
		_, _, err := Read(strings.NewReader(text), "t")
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, _, err := ReadOffCPU(strings.NewReader("a 1 1.000001: 10 cycles: \n"), "t"); err == nil || !strings.Contains(err.Error(), "no sched:sched_switch sample") {
		t.Errorf("off-CPU of no switches: %v", err)
	}
}

// Off-CPU time is from the switch-out to the same thread's next switch-in.
func TestOffCPU(t *testing.T) {
	text := "a 1 1.000001: sched:sched_switch: prev_comm=a prev_pid=1 prev_state=S ==> next_comm=b next_pid=2\n\t1 f (/x)\n\n" +
		"b 2 1.000003: PERF_RECORD_SWITCH IN\nb 2 1.000004: sched:sched_switch: prev_state=R+ ==> next_comm=a next_pid=1\n\t2 g (/x)\n\n" +
		"a 1 1.000009: PERF_RECORD_SWITCH IN\nb 2 1.000010: PERF_RECORD_SWITCH IN\nswapper 0 1.00002: x\n"
	p, warnings, err := ReadOffCPU(strings.NewReader(text), "t")
	if err != nil || len(warnings) != 1 {
		t.Fatal(err, warnings)
	}
	want := []Function{{Frame: Frame{Name: "g", File: "/x"}, Flat: 6000, Cum: 6000}, {Frame: Frame{Name: "f", File: "/x"}, Flat: 3000, Cum: 3000}}
	if diff := cmp.Diff(want, Functions(p, "off-cpu")); diff != "" {
		t.Error(diff)
	}
	wide := strings.ReplaceAll(text, "PERF_RECORD_SWITCH IN", "PERF_RECORD_SWITCH_CPU_WIDE IN           prev pid/tid: 12/19")
	if q, _, err := ReadOffCPU(strings.NewReader(wide), "t"); err != nil || q.String() != p.String() {
		t.Errorf("of a whole host: %v\n%v", err, q)
	}
	if s := p.Sample[1].Label["state"]; len(s) != 1 || s[0] != "R+" {
		t.Errorf("state %v", s)
	}
}
