//go:build linux

package reactor

import (
	"math"
	"strings"
	"testing"
	"time"

	"wsbench/benches/engine"
	"wsbench/parse"
	"wsbench/scratch"
)

// New refuses what a loop cannot work by, and names field, value and range.
func TestConfigErrors(t *testing.T) {
	before := descriptors(t)
	for want, cfg := range map[string]Config{
		"reactor: Config.BufferSize 128: want 256 to 67108864 bytes, or 0 for 69632": {BufferSize: 128},
		"reactor: Config.BufferSize -1: want 256 to":                                 {BufferSize: -1},
		"Config.BufferSize 67108865: want 256 to 67108864 bytes":                     {BufferSize: 64<<20 + 1},
		"Config.RingBuffers 3: want a power of two, 1 to 32768":                      {Uring: true, RingBuffers: 3},
		"Config.RingBuffers -4: want a power of two":                                 {RingBuffers: -4},
		"Config.RingBuffers 65536: want":                                             {RingBuffers: 1 << 16},
		"Config.RingBuffers 32768 of 1048576 bytes: want 4 GiB":                      {Uring: true, RingBuffers: 1 << 15, BufferSize: 1 << 20},
		"Config.Buffers ring: want":                                                  {Buffers: scratch.Ring},
		"Config.Buffers 9: want":                                                     {Buffers: 9},
		"Config.Write 7: want 0 to 2":                                                {Write: 7},
		"Config.MaxQueue -1: want 1 byte or more":                                    {MaxQueue: -1},
		"Config.MaxBacklog -1: want 1 byte or more":                                  {MaxBacklog: -1},
		"Config.Handshake -1s: want 0s or more":                                      {Handshake: -time.Second},
		"Config.Linger -1s: want":                                                    {Linger: -time.Second},
		"Config.Idle -1s: want":                                                      {Idle: -time.Second},
		"Config.Engine.MaxMessage -1: want 1 byte or more":                           {Engine: engine.Config{Limits: engine.Limits{MaxMessage: -1}}},
		"Config.Engine.MaxFragments -1: want":                                        {Engine: engine.Config{Limits: engine.Limits{MaxFragments: -1}}},
		"Config.Engine.MaxControl -1: want":                                          {Engine: engine.Config{Limits: engine.Limits{MaxControl: -1}}},
		"Config.Engine.Whole -1: want":                                               {Engine: engine.Config{Whole: -1}},
		"Config.Opening: max-request 5: want 256 to 65535":                           {Opening: engine.Opening{MaxRequest: 5}},
	} {
		l, err := New(cfg)
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.HasPrefix(err.Error(), "reactor: Config.") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors open, %d before", after, before)
	}
}

// The extremes of what New takes work.
func TestConfigExtremes(t *testing.T) {
	surface(t, func(t *testing.T, base Config) {
		for name, cfg := range map[string]Config{
			"longest messages": {Engine: engine.Config{Limits: engine.Limits{MaxMessage: math.MaxInt64}}},
			"longest queue":    {MaxQueue: math.MaxInt},
			"longest times":    {Handshake: math.MaxInt64, Linger: math.MaxInt64, Idle: math.MaxInt64},
			"longest backlog":  {MaxBacklog: math.MaxInt},
			"least buffers":    {BufferSize: MinBufferSize, RingBuffers: 1},
		} {
			t.Run(name, func(t *testing.T) {
				cfg.Uring = base.Uring
				s := &script{message: func(c *Conn, op parse.Opcode, payload []byte) {
					if err := c.Send(op, payload); err != nil {
						t.Error(err)
					}
				}}
				l, addr := s.serve(t, cfg)
				c := connect(t, addr)
				to := within(t, s.opened).ID()
				text := strings.Repeat("x", 70_000)
				c.send(frame(parse.Text, text))
				c.wantFrame(parse.Text, text)
				sender := l.Sender()
				defer sender.Release()
				if err := sender.Send(to, parse.Text, []byte("aside")); err != nil {
					t.Error(err)
				}
				c.wantFrame(parse.Text, "aside")
			})
		}
	})
}

// A request that no receive buffer holds is refused, however small that is.
func TestRequestFillsBuffer(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.BufferSize = MinBufferSize
		_, addr := start(t, cfg)
		for _, n := range []int{MinBufferSize, MinBufferSize + 1, 10 * MinBufferSize} {
			c := dial(t, addr)
			c.send([]byte("GET /" + strings.Repeat("x", n-5)))
			c.wantStatus("GET", 431)
		}
	})
}
