package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/parse"
	"wsbench/parse/opening"
)

// echoFor is an echo server for unfragmented messages up to 125 bytes. Each
// connection ends after limit messages, if that is not 0; echoed counts all.
func echoFor(t *testing.T, limit int, echoed *atomic.Int64) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				echoSmall(c, limit, echoed)
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return "ws://" + l.Addr().String() + "/"
}

func echoSmall(c net.Conn, limit int, echoed *atomic.Int64) {
	in := bufio.NewReader(c)
	head, err := in.Peek(1)
	for err == nil && !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		head, err = in.Peek(max(in.Buffered(), len(head)+1))
	}
	u, refused := opening.ParseUpgrade(head)
	if err != nil || refused != nil {
		return
	}
	in.Discard(u.Size)
	c.Write(opening.AppendAccept(nil, u.Key))
	for n := 0; limit == 0 || n < limit; n++ {
		var b [parse.MaxHeader + parse.MaxControl]byte
		if _, err := io.ReadFull(in, b[:6]); err != nil {
			return
		}
		size, key := b[1]&0x7F, [4]byte(b[2:6])
		if _, err := io.ReadFull(in, b[2:2+size]); err != nil {
			return
		}
		for i := range size {
			b[2+i] ^= key[i%4]
		}
		b[1] = size
		c.Write(b[:2+size])
		if parse.Opcode(b[0]&0x0F) == parse.Close {
			return
		}
		echoed.Add(1)
	}
}

// loadArgs is a short run against url.
func loadArgs(url string, more ...string) []string {
	return append(append([]string{"load", "-conns", "4", "-for", "100ms", "-warmup", "20ms", "-timeout", "2s"}, more...), url)
}

func TestLoadText(t *testing.T) {
	var n atomic.Int64
	var out, errs bytes.Buffer
	if err := run(loadArgs(echoFor(t, 0, &n), "-depth", "3", "-verify", "all"), &out, &errs); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"target ", "4 connections, 20 bytes binary, depth 3", "msg/s", "p99.9", "generator "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestLoadBenchAndHDR(t *testing.T) {
	var n atomic.Int64
	var out bytes.Buffer
	log := filepath.Join(t.TempDir(), "log.hdr")
	err := run(loadArgs(echoFor(t, 0, &n), "-format", "bench", "-name", "mine", "-rate", "1000", "-hdr", log), &out, io.Discard)
	if err != nil && exit(err, io.Discard) != int(statusInvalid) { // a busy host may not keep the rate
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^BenchmarkEcho/server=mine/conns=4/size=20/depth=1/rate=1000 (\d+) \S+ ns/op `)
	if m := line.FindStringSubmatch(out.String()); m == nil || m[1] == "0" {
		t.Errorf("no line %v in\n%s", line, out.String())
	}
	f, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lr := hdrhistogram.NewHistogramLogReader(f)
	for _, tag := range []string{"latency", "service"} {
		if h, err := lr.NextIntervalHistogram(); err != nil || h == nil || h.Tag() != tag || h.TotalCount() == 0 {
			t.Errorf("%s: %v, %v", tag, h, err)
		}
	}
}

// The server's process is found from its listening socket, and what it used
// is beside the generator's own.
func TestLoadJSONFindsServer(t *testing.T) {
	var n atomic.Int64
	out, status := loadProcess(t, nil, loadArgs(echoFor(t, 0, &n), "-format", "json")...)
	var o struct {
		Messages int64 `json:"messages"`
		Server   struct {
			PIDs []int   `json:"pids"`
			CPU  float64 `json:"cpu_ns_per_msg"`
		} `json:"server_use"`
	}
	if err := json.Unmarshal([]byte(out.stdout), &o); err != nil || status != 0 {
		t.Fatalf("status %d, %v, stderr %q", status, err, out.stderr)
	}
	if o.Messages == 0 || !slices.Contains(o.Server.PIDs, os.Getpid()) || o.Server.CPU <= 0 {
		t.Errorf("%+v; want process %d", o, os.Getpid())
	}
}

// SIGINT ends the window, and what was measured is printed.
func TestLoadInterrupted(t *testing.T) {
	var n atomic.Int64
	interrupt := func(p *os.Process) {
		for n.Load() < 100 {
			time.Sleep(time.Millisecond)
		}
		p.Signal(os.Interrupt)
	}
	out, status := loadProcess(t, interrupt, "load", "-conns", "2", "-for", "1m", "-warmup", "0s", echoFor(t, 0, &n))
	if status != 1 || !strings.Contains(out.stderr, "interrupted after") || !regexp.MustCompile(`echoes +[1-9]`).MatchString(out.stdout) {
		t.Errorf("status %d, stderr %q, stdout\n%s", status, out.stderr, out.stdout)
	}
}

// A file of an interrupted run says so.
func TestLoadInterruptedBench(t *testing.T) {
	var n atomic.Int64
	interrupt := func(p *os.Process) {
		for n.Load() < 100 {
			time.Sleep(time.Millisecond)
		}
		p.Signal(syscall.SIGTERM)
	}
	out, status := loadProcess(t, interrupt, "load", "-format", "bench", "-conns", "2", "-for", "1m", "-warmup", "0s", echoFor(t, 0, &n))
	if status != 1 || !regexp.MustCompile(`(?s)NOTE invalid: interrupted after .*\nBenchmarkEcho/.*\nINTERRUPTED after \S+ of 1m0s\n$`).MatchString(out.stdout) {
		t.Errorf("status %d, stderr %q, stdout\n%s", status, out.stderr, out.stdout)
	}
}

// A connection lost midway is an error, after what was measured before it.
func TestLoadLost(t *testing.T) {
	var n atomic.Int64
	var out bytes.Buffer
	err := run(loadArgs(echoFor(t, 50, &n), "-warmup", "0s", "-for", "10s"), &out, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "lost after 50 echoes: ") || exit(err, io.Discard) != 1 {
		t.Errorf("error %v", err)
	}
	if !regexp.MustCompile(`echoes +[1-9]`).MatchString(out.String()) {
		t.Errorf("nothing measured in\n%s", out.String())
	}
}

func TestLoadUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	err = run(loadArgs("ws://"+l.Addr().String()), io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "is the server running?") || exit(err, io.Discard) != 1 {
		t.Errorf("error %v", err)
	}
}

func TestLoadUsage(t *testing.T) {
	const url = "ws://127.0.0.1:1/"
	for want, args := range map[string][]string{
		"an argument is missing":    {},
		"unexpected argument":       {url, "-conns", "3"},
		"depth 0: want 1":           {"-depth", "0", url},
		"a ping carries at most":    {"-op", "ping", "-size", "126", url},
		"-op \"close\": want":       {"-op", "close", url},
		"-verify \"none\": want":    {"-verify", "none", url},
		"-format \"xml\" is not":    {"-format", "xml", url},
		"-for 0s: want more":        {"-for", "0s", url},
		"want 0 or more":            {"-warmup", "-1s", url},
		"no effect without -rate":   {"-grace", "1s", url},
		"-grace 0s: want more":      {"-rate", "10", "-grace", "0s", url},
		"not a CPU number":          {"-load-cpu", "x", url},
		"-name: the name \"a b\"":   {"-name", "a b", url},
		"-pid -1: want a process":   {"-pid", "-1", url},
		"there is no flag -tls":     {"-tls", url},
		"lower the connections":     {"-conns", "1000000", url},
		"-conns has no effect with": {"-reflect", "-conns", "2", url},
		"-insecure and -ca have no": {"-insecure", url},
		"begin with ws:// or wss":   {"https://127.0.0.1/"},
		"conns 0: want 1 to":        {"-conns", "0", url},
		"size -1: want 0 to":        {"-size", "-1", url},
		"threads for 1 connection":  {"-conns", "1", "-threads", "2", url},
	} {
		err := run(append([]string{"load"}, args...), io.Discard, io.Discard)
		var usage usageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "load: load:") {
			t.Errorf("%q: %v; want usage error with %q", args, err, want)
		}
	}
}

func TestLoadHelp(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"load", "-h"}, &out, io.Discard); exit(err, io.Discard) != 0 || !strings.Contains(out.String(), "-depth") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

type output struct{ stdout, stderr string }

// loadProcess runs wsbench with args in a process of its own, which
// is handed to meanwhile, if that is not nil.
func loadProcess(t *testing.T, meanwhile func(*os.Process), args ...string) (output, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	list, _ := json.Marshal(args)
	cmd.Env = append(os.Environ(), processArgs+"="+string(list))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if meanwhile != nil {
		meanwhile(cmd.Process)
	}
	cmd.Wait()
	return output{stdout.String(), stderr.String()}, cmd.ProcessState.ExitCode()
}
