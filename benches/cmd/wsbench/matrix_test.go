package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"wsbench/benches/lab"
)

func TestMatrixRefusesWrongFlags(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"-cases 100", `case "100"`},
		{"-cases 100/20/0", `case "100/20/0"`},
		{"-io epoll,kqueue", `"kqueue" is not one of epoll, uring, net, raw`},
		{"-io raw,raw", `duplicate "raw"`},
		{"-io none", "no server"},
		{"-server mine", "want name=command"},
		{"-server mine=./echo", "{port} is not in its command"},
		{"-server epoll=./echo{port}", "reference server's own"},
		{"-server a=x{port} -server a=y{port}", `duplicate name "a"`},
		{"-vary no=1", "-vary no: the reference server has no such switch"},
		{"-vary buffers=conn,own", `-vary buffers: buffers "own": want`},
		{"-vary buffers", "-vary buffers: want values"},
		{"-vary buffers=shared", "is what the server has by default"},
		{"-vary buffers=conn,conn", `duplicate "conn"`},
		{"-vary buffer-size=1x", "-vary buffer-size: invalid value"},
		{"-vary buffer-size=1", "-vary buffer-size: buffer-size 1: want"},
		{"-vary ring-buffers=8", "-ring-buffers has no effect with -io epoll"},
		{"-vary pin=1", "-server-cpu says where"},
		{"-vary flush=frame -io epoll,net", "-io epoll,net: with -vary want one of"},
		{"-rate half", `-rate "half": want messages per second`},
		{"-rate 120%", "want 100% at most"},
		{"-rate 50", "-rate 50: 3 messages are due in a run of 60ms; want 10 at least: raise -rate or -for"},
		{"-rounds 0", "-rounds 0"},
		{"-for 0s", "-for 0s"},
		{"-time 1s", `-time 1s: want 5s or more`},
		{"-rounds 3 -time 1m", "have no effect with -rounds"},
		{"-rounds 3 -quick", "have no effect with -rounds"},
		{"-noise NaN", `-noise "NaN"`},
		{"-depth 0", "-depth 0"},
		{"-seed -1", "-seed"},
		{"-seed 1x", "-seed"},
		{"-server-cpu x", "-server-cpu"},
		{"-no-such-flag", "no-such-flag"},
		{"operand", `unexpected argument "operand"`},
	} {
		var out, errs bytes.Buffer
		_, _, err := matrixExperiment.parse(strings.Fields(tt.args), &out, &errs)
		var wrong usageError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("matrix %s: %v, want a usage error of one line with %q", tt.args, err, tt.want)
		}
	}
}

func TestMatrixSession(t *testing.T) {
	for _, tt := range []struct {
		args    string
		rounds  int
		window  time.Duration
		cases   int
		servers string
	}{
		{"", 0, lab.Window, 5, "epoll net raw raw A/A"},
		{"-quick", 0, lab.Window, 5, "epoll net raw raw A/A"},
		{"-rounds 3 -for 1s", 3, time.Second, 5, "epoll net raw raw A/A"},
		{"-io epoll -cases 1/2,3/4/5 -server b=x{port} -server a=x{port}", 0, lab.Window, 2, "epoll b a epoll A/A"},
		{"-io none -server a=x{port}", 0, lab.Window, 5, "a a A/A"},
		{"-vary buffers=shared,conn -vary buffer-size=32768 -server a=x{port}", 0, lab.Window, 5, "epoll epoll buffers=conn epoll buffer-size=32768 a epoll A/A"},
		{"-io uring -vary ring-buffers=8", 0, lab.Window, 5, "uring uring ring-buffers=8 uring A/A"},
		{"-vary io=net,raw", 0, lab.Window, 5, "epoll net raw epoll A/A"},
	} {
		var out, errs bytes.Buffer
		c, _, err := matrixExperiment.parse(append(strings.Fields(tt.args), "-seed", "7"), &out, &errs)
		if err != nil {
			t.Errorf("matrix %s: %v", tt.args, err)
			continue
		}
		var labels []string
		s := &c.session
		for _, v := range s.Plan.Servers {
			labels = append(labels, v.Key.Label())
		}
		p := s.Plan
		if p.Rounds != tt.rounds || p.Window != tt.window || len(p.Cases) != tt.cases || strings.Join(labels, " ") != tt.servers || p.Seed != 7 {
			t.Errorf("matrix %s: %+v, servers %q", tt.args, p, labels)
		}
		if s.Deadline.IsZero() != (tt.rounds > 0) {
			t.Errorf("matrix %s: the deadline is %v", tt.args, s.Deadline)
		}
	}
}

// A switch that is on or off needs no value.
func TestVaryOnOrOff(t *testing.T) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.Bool("on", true, "")
	fs.Bool("off", false, "")
	for name, want := range map[string]string{"on": "false", "off": "true"} {
		if got, err := (switched{name: name}).all(fs); err != nil || !slices.Equal(got, []string{want}) {
			t.Errorf("-vary %s: %q, %v", name, got, err)
		}
	}
}

// What a session came to decides the exit status.
func TestSessionError(t *testing.T) {
	for _, tt := range []struct {
		tally  lab.Tally
		err    error
		want   string
		status status
	}{
		{lab.Tally{Samples: 5}, nil, "", statusFine},
		{lab.Tally{Samples: 5, Failures: 1}, nil, "SKIP lines in bench.txt", statusFailed},
		{lab.Tally{Samples: 1, Discarded: 50}, nil, "", statusFine},
		{lab.Tally{Discarded: 5}, nil, "every run was discarded", statusUndecided},
		{lab.Tally{}, nil, "nothing was measured", statusFailed},
		{lab.Tally{Samples: 5}, errors.New("disk full"), "disk full", statusFailed},
	} {
		err := sessionError("bench.txt", tt.tally, tt.err)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.tally, err, tt.want)
		}
		if got := exit(err, io.Discard); got != int(tt.status) {
			t.Errorf("%v: exit status %d, want %d", err, got, tt.status)
		}
	}
}
