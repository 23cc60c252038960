package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"

	"wsbench/benches/lab"
	"wsbench/benches/micro"
)

// A connection that ends is no errno 0.
func TestFloorsEnd(t *testing.T) {
	fds := make([]int, 0, 4)
	for range 2 {
		pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		fds = append(fds, pair[:]...)
	}
	syscall.Close(fds[3])
	for _, fd := range fds[:3] {
		defer syscall.Close(fd)
	}
	err := passOn(fds[0], fds[2], make([]byte, 20), make([]byte, 64))
	if !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.Errno(0)) {
		t.Errorf("recv at the end: %v", err)
	}
	err = passOn(fds[2], fds[1], make([]byte, 20), make([]byte, 64))
	if !errors.Is(err, syscall.EPIPE) {
		t.Errorf("send to nobody: %v", err)
	}
}

func TestFloorsText(t *testing.T) {
	var out bytes.Buffer
	if err := runFloors([]string{"-d", "1ms", "-seed", "7"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"seed 7", "mask Unmask", "mask copy", "1MiB", "parse ParseHeader 10+4", "parse AppendHeader 2",
		"syscalls getpid raw", "syscalls getpid by runtime", "syscalls epoll_wait ready", "syscalls send+recv"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

func TestFloorsJSON(t *testing.T) {
	var out bytes.Buffer
	if err := runFloors([]string{"-d", "1ms", "-format", "json", "-pin", "none"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Host map[string]string
		Rows []floorRow
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	ratios := 0
	for _, row := range got.Rows {
		if !(row.NS > 0) || row.Interval.Lo > row.NS || row.Interval.Hi < row.NS || len(row.Samples) < 9 {
			t.Errorf("%+v", row)
		}
		if row.OfFloor != nil {
			ratios++
		}
	}
	for _, row := range got.Rows {
		if want := map[int]micro.Set{20: micro.Fresh, 1 << 20: micro.Hot}[row.Octets]; row.Group == "mask" && want != "" && row.Set != want {
			t.Errorf("%d octets: set %q, want %q", row.Octets, row.Set, want)
		}
	}
	if len(got.Rows) < 30 || ratios != 12 || got.Host["bench_cpu"] != "any" {
		t.Errorf("%d rows, %d ratios to the floor, CPU %q", len(got.Rows), ratios, got.Host["bench_cpu"])
	}
}

func TestFloorsBench(t *testing.T) {
	var out bytes.Buffer
	if err := runFloors([]string{"-d", "1ms", "-format", "bench"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"size=20/align=1/set=fresh", "size=1MiB/align=1/set=hot"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s", want)
		}
	}
	res, err := lab.Read(&out, "floors")
	if err != nil || len(res.Warnings) > 0 || len(res.Components) < 30*9 || res.Config["bench-cpu"] == "" {
		t.Errorf("%d samples, %v, %v", len(res.Components), err, res.Warnings)
	}
}

func TestMicroUsage(t *testing.T) {
	for _, c := range []struct {
		command func([]string, io.Writer, io.Writer) error
		args    string
		want    string
	}{
		{runFloors, "-format xml", "-format"},
		{runFloors, "-pin x", "-pin"},
		{runFloors, "-pin 1023", "-pin none"},
		{runFloors, "-pin 0-1", "paired runs want one"},
		{runFloors, "-seed -1", "-seed"},
		{runFloors, "-d 0s", "-d"},
		{runFloors, "more", "unexpected argument"},
		{runCrossover, "-format xml", "-format"},
		{runCrossover, "-pin 1023", "-pin none"},
		{runCrossover, "-pin 0-", "-pin"},
		{runCrossover, "-pin 0,1", "paired runs want one"},
		{runCrossover, "-rounds 3", "-rounds"},
		{runCrossover, "-quick -rounds 302", "-rounds"},
		{runCrossover, "-frob", "frob"},
	} {
		err := c.command(strings.Fields(c.args), io.Discard, io.Discard)
		var wrong usageError
		if !errors.As(err, &wrong) || !strings.Contains(wrong.text, c.want) {
			t.Errorf("%s: %v, want a usage error about %s", c.args, err, c.want)
		}
	}
}
