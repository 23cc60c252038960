package load

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"wsbench/parse"
)

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"fine":        {func(c *Config) {}, ""},
		"wss, turns":  {func(c *Config) { c.URL, c.Turns = "wss://localhost/", 1 }, "use a ws:// address"},
		"http":        {func(c *Config) { c.URL = "http://localhost/" }, "does not begin with ws://"},
		"no scheme":   {func(c *Config) { c.URL = "localhost:80" }, "does not begin with ws://"},
		"no host":     {func(c *Config) { c.URL = "ws:///chat" }, "names no host"},
		"no URL":      {func(c *Config) { c.URL = "ws://a b\x00/" }, "no URL"},
		"no conns":    {func(c *Config) { c.Conns = 0 }, "conns 0: want 1"},
		"descriptors": {func(c *Config) { c.Conns = MaxConns }, "lower the connections"},
		"depth":       {func(c *Config) { c.Depth = 0 }, "depth 0: want 1"},
		"size":        {func(c *Config) { c.Size = MaxSize + 1 }, "size 67108865: want 0 to"},
		"in flight":   {func(c *Config) { c.Size, c.Depth = 1<<20, 65 }, "lower one of them"},
		"overflow":    {func(c *Config) { c.Size, c.Depth = 1<<20, math.MaxInt }, "lower one of them"},
		"long ping":   {func(c *Config) { c.Op, c.Size = parse.Ping, 126 }, "at most 125 bytes"},
		"opcode":      {func(c *Config) { c.Op = parse.Close }, "opcode close"},
		"verify":      {func(c *Config) { c.Verify = 9 }, "Verify(9)"},
		"rate":        {func(c *Config) { c.Rate = -1 }, "rate -1"},
		"rate NaN":    {func(c *Config) { c.Rate = math.NaN() }, "rate NaN"},
		"threads":     {func(c *Config) { c.Threads = 4 }, "4 threads for 3 connections"},
		"many":        {func(c *Config) { c.Threads, c.Conns = 4096, 5000 }, "4096 threads on"},
		"timeout":     {func(c *Config) { c.Timeout = -1 }, "want 0 or more"},
	} {
		cfg := config("ws://127.0.0.1:1/")
		c.change(&cfg)
		switch err := cfg.Check(); {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s: error %v, want one line with %q", name, err, c.want)
		}
	}
}

func TestParseVerify(t *testing.T) {
	for _, v := range []Verify{VerifySample, VerifyAll, VerifyOff} {
		if got, err := ParseVerify(v.String()); got != v || err != nil {
			t.Errorf("%v read back as %v, %v", v, got, err)
		}
	}
	if _, err := ParseVerify("none"); err == nil {
		t.Error("none was accepted")
	}
}

// Every prepared frame is the payload under its key, any depth of them lie in
// a row, and the keys differ.
func TestFrames(t *testing.T) {
	for _, c := range []struct{ size, depth int }{{0, 1}, {1, 16}, {20, 1}, {20, 500}, {125, 3}, {126, 3}, {16384, 1}, {16384, 64}, {65536, 4}, {1 << 20, 1}} {
		t.Run(fmt.Sprintf("size=%d/depth=%d", c.size, c.depth), func(t *testing.T) {
			f := newFrames(&Config{Op: parse.Text, Size: c.size, Depth: c.depth}, rand.NewChaCha8([32]byte{1}))
			if len(f.payload) != c.size || !utf8.Valid(f.payload) {
				t.Fatalf("payload of %d bytes, valid %v", len(f.payload), utf8.Valid(f.payload))
			}
			keys := map[uint32]bool{}
			for at := range f.distinct {
				if b := f.run(at, c.depth); len(b) != c.depth*f.frame {
					t.Fatalf("run of %d bytes", len(b))
				}
				b := f.run(at, 1)
				h, need, err := parse.ParseHeader(b, parse.FromClient)
				if need != 0 || err != nil || h.Opcode() != parse.Text || !h.Fin() || h.Length != int64(c.size) {
					t.Fatalf("frame %d: header %+v, %d, %v", at, h, need, err)
				}
				keys[h.Key] = true
				for i, o := range b[h.Size:] {
					if o^byte(h.Key>>(i%4*8)) != f.payload[i] {
						t.Fatalf("frame %d, byte %d is not the payload's", at, i)
					}
				}
			}
			for i := range c.depth - 1 {
				if !bytes.Equal(f.run(f.distinct-1, c.depth)[(i+1)*f.frame:][:f.frame], f.run(i%f.distinct, 1)) {
					t.Fatalf("frame %d behind the last distinct one is not frame %d", i, i%f.distinct)
				}
			}
			if len(keys) != f.distinct || f.distinct < minDistinct {
				t.Errorf("%d keys in %d frames", len(keys), f.distinct)
			}
			if limit := max(cacheShare, (minDistinct+c.depth)*f.frame); len(f.buf) > limit {
				t.Errorf("%d bytes prepared, at most %d wanted", len(f.buf), limit)
			}
		})
	}
}
