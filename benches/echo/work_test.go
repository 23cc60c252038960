package echo

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/internal/wsclient"
	"wsbench/parse"
)

// places returns o with its work in each place that it can have.
func places(o Options) (list []Options) {
	o.Work, o.Pool = 50*time.Microsecond, 2
	for _, place := range []Handler{OnLoop, OnPool, OnThread} {
		if o.WorkOn = place; o.IO != Raw || place == OnLoop {
			list = append(list, o)
		}
	}
	return list
}

// Requests for WorkPath and messages are answered in every place, and each is
// measured once.
func TestWork(t *testing.T) {
	for _, kind := range []IO{Epoll, Uring, Net, Raw} {
		for _, o := range places(options(kind)) {
			t.Run(fmt.Sprintf("io=%s/on=%v", kind, o.WorkOn), func(t *testing.T) {
				s, _ := serve(t, o)
				h := newHTTPClient(t, s)
				for i, header := range [][]string{nil, {"Connection", "close"}, {"Connection", "close"}} {
					if answer, body := h.do("GET", WorkPath+"?x=1", "", header...); answer.StatusCode != 200 || body != "ok" || h.new != max(1, i) {
						t.Errorf("%d: status %d, body %q, %d connections", i, answer.StatusCode, body, h.new)
					}
				}
				h.do("GET", "/healthz", "")
				c := connectTo(t, s, WorkPath)
				for range 3 {
					c.write(frame(bin, ""))
					c.want(bin, "")
				}
				waiting.For(t, "7 pieces of work", func() bool { return s.Counters().Works == 7 })
				if n := s.Counters(); n.WorkTime <= 0 || !strings.Contains(n.String(), " works=7 work-ns=") {
					t.Errorf("%v: %v of CPU time", n, n.WorkTime)
				}
				if want := fmt.Sprintf(" work=50µs work-on=%v", o.WorkOn); !strings.Contains(s.String(), want) {
					t.Errorf("%s, want %q", s, want)
				}
			})
		}
	}
}

// A handshake that waits for its work is followed by frames, however the bytes
// are split, and requests that are pipelined behind one that waits come after it.
func TestWorkPipelined(t *testing.T) {
	request := "GET " + WorkPath + " HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, kind := range []IO{Epoll, Uring, Net} {
		for _, o := range places(options(kind)) {
			t.Run(fmt.Sprintf("io=%s/on=%v", kind, o.WorkOn), func(t *testing.T) {
				s, _ := serve(t, o)
				c := dialed(t, s)
				h := wsclient.NewHandshake("localhost", WorkPath)
				wire := append([]byte(request+request), h.Append(nil)...)
				wire = append(append(wire, frame(text, "one")...), frame(text, "two")...)
				for rest := wire; len(rest) > 0; rest = rest[min(40, len(rest)):] {
					c.write(rest[:min(40, len(rest))])
				}
				in := bufio.NewReaderSize(c, 16) // reads ahead as little as it may
				for range 2 {
					if answer, err := http.ReadResponse(in, nil); err != nil || answer.StatusCode != 200 {
						t.Fatal(answer, err)
					} else if _, err := io.CopyN(io.Discard, answer.Body, 2); err != nil {
						t.Fatal(err)
					}
				}
				var err error
				if c.buf, err = wsclient.Await(in, &h); err != nil {
					t.Fatal(err)
				}
				ahead, _ := in.Peek(in.Buffered())
				c.buf = append(c.buf, ahead...)
				c.want(text, "one")
				c.want(text, "two")
				c.write(frame(fin|uint8(parse.Close), ""))
				c.closes("")
			})
		}
	}
}

// A server ends at once, however much work waits.
func TestWorkAtTheEnd(t *testing.T) {
	const asked = 60
	for _, kind := range []IO{Epoll, Uring, Net} {
		for _, o := range places(options(kind)) {
			o.Work = 100 * time.Millisecond
			if o.WorkOn == OnLoop {
				continue // its loop ends between two of them
			}
			t.Run(fmt.Sprintf("io=%s/on=%v", kind, o.WorkOn), func(t *testing.T) {
				o.Pool = 1
				s, stop := serve(t, o)
				var conns []net.Conn
				for range asked {
					c, err := net.Dial("tcp", s.Addr().String())
					if err != nil {
						t.Fatal(err)
					}
					defer c.Close()
					conns = append(conns, c)
					c.Write([]byte("GET " + WorkPath + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
				}
				waiting.For(t, "the first answers", func() bool { return s.Counters().Works > 0 })
				for _, c := range conns {
					c.Close()
				}
				stop()
				if n := s.Counters(); n.Works == asked {
					t.Errorf("all %d pieces of work were done", n.Works)
				}
			})
		}
	}
}

// Switches of work that have no effect, or none that exists, are refused by name.
func TestWorkFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-work 4ms":                                        "",
		"-work 4ms -work-on loop -io raw":                  "",
		"-work 4ms -work-on pool -pool 2":                  "",
		"-work 4ms -work-on thread -pin 0":                 "",
		"-work 4ms -work-on pool -pool 2 -io net":          "",
		"-work-on pool":                                    "-work-on has no effect without -work",
		"-work 4ms -work-on process":                       `work-on "process": want loop, pool or thread`,
		"-work 2s":                                         "work 2s: want 0s to 1s",
		"-work -1s":                                        "work -1s: want 0s to 1s",
		"-work 4ms -spin 5":                                "-spin has no effect beside -work",
		"-work 4ms -handler pool":                          "-handler has no effect beside -work",
		"-work 4ms -work-on pool -io raw":                  "work-on pool: not with -io raw",
		"-work 4ms -work-on pool -pool 0":                  "pool 0: want 1 to 1024 goroutines",
		"-work 4ms -work-on pool -pool 0 -io net":          "pool 0: want 1 to 1024 goroutines",
		"-work 4ms -work-on pool -flush frame":             "-flush has no effect with -work-on pool",
		"-work 4ms -work-on thread -message parts":         "-message has no effect with -work-on thread",
		"-work 4ms -work-on pool -pin 0 -background apart": "background apart: with -work-on pool",
	} {
		var o Options
		fs := flag.NewFlagSet("echo", flag.ContinueOnError)
		read := o.Flags(fs)
		if err := fs.Parse(strings.Fields(args)); err != nil {
			t.Fatal(err)
		}
		err := read()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}
