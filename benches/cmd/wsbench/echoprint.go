package main

import (
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/perf/benchfmt"

	"wsbench/benches/echo"
	"wsbench/benches/host"
	"wsbench/benches/lab"
	"wsbench/benches/report"
)

// An echoPrinter prints what a server does, in the format asked for: where it
// listens, and its counters when they are asked for and at the end.
type echoPrinter struct {
	format         string
	server         *echo.Server
	io             echo.IO
	switches       string // in words, those in force
	stdout, stderr io.Writer
	file           *lab.File // of -format bench
}

func newEchoPrinter(format string, s *echo.Server, switches string, stdout, stderr io.Writer) (p *echoPrinter, err error) {
	p = &echoPrinter{format: format, server: s, io: s.IO(), switches: switches, stdout: stdout, stderr: stderr}
	if format == benchFormat {
		p.file, err = lab.NewFile(stdout, append(host.Facts(), lab.Fact{Key: "server-flags", Value: switches}), lab.ServerUnits...)
	}
	return p, err
}

// echoEvent is one line of -format json.
type echoEvent struct {
	report.Head
	Event    string        `json:"event"` // listening or counters
	Address  string        `json:"address"`
	IO       string        `json:"io"`
	Switches string        `json:"switches"` // in words, those in force
	Counters *echoCounters `json:"counters"` // null where it begins to listen
	Workers  []echoWorker  `json:"workers"`  // of each; none where there is one
}

// echoCounters are what the server has done since it began; what its I/O
// hides is null.
type echoCounters struct {
	Accepted      uint64   `json:"accepted"`
	Open          uint64   `json:"open"`
	Done          uint64   `json:"done"`
	Silent        uint64   `json:"silent"`
	Frames        uint64   `json:"frames"`
	Bytes         uint64   `json:"bytes"`
	Recvs         uint64   `json:"recvs"`
	Sends         uint64   `json:"sends"`
	Starved       uint64   `json:"starved"`
	Waits         *uint64  `json:"waits"`
	Calls         *uint64  `json:"calls"`
	EAGAINs       *uint64  `json:"eagains"`
	Pauses        *uint64  `json:"pauses"`
	AcceptErrors  *uint64  `json:"accept_errors"`
	FramesPerRecv *float64 `json:"frames_per_recv"` // null: none yet
}

type echoWorker struct {
	Worker int `json:"worker"`
	echoCounters
}

func (p *echoPrinter) listening() {
	switch p.format {
	case jsonFormat:
		p.event("listening", nil, nil)
	case benchFormat:
		fmt.Fprintln(p.stderr, "wsbench echo:", p.switches)
	default:
		fmt.Fprintln(p.stdout, "wsbench echo:", p.switches)
	}
}

// counters are in text a line of the sum, after those of the workers.
func (p *echoPrinter) counters() {
	workers, sum := p.server.WorkerCounters(), p.server.Counters()
	switch p.format {
	case jsonFormat:
		p.event("counters", &sum, workers)
		return
	case benchFormat:
		for i, c := range workers {
			p.bench(fmt.Sprintf("/worker=%d", i), c)
		}
		p.bench("", sum)
		return
	}
	text := ""
	for i, c := range workers {
		text += fmt.Sprintf("worker %d: %v\n", i, c)
	}
	fmt.Fprintf(p.stdout, "%s%v\n", text, sum)
}

func (p *echoPrinter) event(name string, sum *echo.Counters, workers []echo.Counters) {
	var facts []lab.Fact // of the first line; the others need not repeat them
	if sum == nil {
		facts = host.Facts()
	}
	e := echoEvent{report.NewHead("echo", facts), name, p.server.Addr().String(), string(p.io), p.switches, nil, []echoWorker{}}
	if sum != nil {
		c := countersJSON(*sum)
		e.Counters = &c
	}
	for i, c := range workers {
		e.Workers = append(e.Workers, echoWorker{i, countersJSON(c)})
	}
	if b, err := json.Marshal(e); err == nil {
		fmt.Fprintf(p.stdout, "%s\n", b)
	}
}

func countersJSON(c echo.Counters) echoCounters {
	j := echoCounters{Accepted: c.Accepted, Open: c.Open, Done: c.Done, Silent: c.Silent, Frames: c.Frames, Bytes: c.Bytes,
		Recvs: c.Recvs, Sends: c.Sends, Starved: c.Starved}
	if c.Polled {
		j.Waits, j.Calls, j.EAGAINs = &c.Waits, &c.Calls, &c.EAGAINs
		j.Pauses, j.AcceptErrors = &c.Pauses, &c.AcceptErrors
	}
	if c.Recvs > 0 {
		share := float64(c.Frames) / float64(c.Recvs)
		j.FramesPerRecv = &share
	}
	return j
}

// bench is a benchmark line; its iterations are the frames.
func (p *echoPrinter) bench(worker string, c echo.Counters) {
	r := &benchfmt.Result{Name: benchfmt.Name("Server/server=" + lab.Own + "/io=" + string(p.io) + worker), Iters: int(c.Frames)}
	add := func(n float64, unit string) { r.Values = append(r.Values, benchfmt.Value{Value: n, Unit: unit}) }
	add(float64(c.Accepted), "accepted-conns")
	add(float64(c.Open), "open-conns")
	add(float64(c.Frames), "frames")
	add(float64(c.Bytes), "bytes")
	add(float64(c.Recvs), "recvs")
	add(float64(c.Sends), "sends")
	if c.Polled {
		add(float64(c.Waits), "waits")
		add(float64(c.Calls), "calls")
		add(float64(c.EAGAINs), "EAGAINs")
		add(float64(c.Pauses), "pauses")
	}
	if c.Polled && c.Frames > 0 {
		add(float64(c.Calls)/float64(c.Frames), "syscalls/msg")
		add(float64(c.EAGAINs)/float64(c.Frames), "EAGAIN/msg")
	}
	if c.Recvs > 0 {
		add(float64(c.Frames)/float64(c.Recvs), "frames/recv")
	}
	p.file.Component("wsbench/benches/echo", r)
}
