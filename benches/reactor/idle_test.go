package reactor

import (
	"testing"
	"time"

	"wsbench/parse"
	"wsbench/scratch"
)

// A silent peer that answers pings stays, however buffers are kept and
// whether or not it has begun a message; one that does not is dropped.
func TestIdlePings(t *testing.T) {
	for _, buffers := range []scratch.Kind{scratch.Shared, scratch.PerConn, scratch.Pooled} {
		t.Run(buffers.String(), func(t *testing.T) {
			surface(t, func(t *testing.T, cfg Config) {
				cfg.Idle, cfg.Buffers = 200*time.Millisecond, buffers
				s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) { c.Echo() }}
				_, addr := s.serve(t, cfg)
				whole, half := connect(t, addr), connect(t, addr)
				message := frame(parse.Text, "in two parts")
				whole.send(message)
				whole.wantFrame(parse.Text, "in two parts")
				half.send(message[:8])
				for range 4 {
					for _, c := range []*client{whole, half} {
						c.wantFrame(parse.Ping, "")
						if c == whole {
							c.send(frame(parse.Pong, ""))
						}
					}
					half.send(message[8:])
					half.wantFrame(parse.Text, "in two parts")
					half.send(message[:8])
				}
				s.wantEnd(ErrSilent)
				s.wantEnd(ErrSilent)
			})
		})
	}
}
