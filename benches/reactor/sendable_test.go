//go:build linux

package reactor

import (
	"testing"

	"wsbench/parse"
)

// What no connection may send is refused by whoever sends, and says why.
func TestRefusesFrames(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{}
		l, addr := s.serve(t, cfg)
		c := connect(t, addr)
		to := within(t, s.opened)
		id := to.ID()
		sender := l.Sender()
		defer sender.Release()
		onLoop(t, l, func() {
			for op := range parse.Opcode(255) {
				for _, n := range []int{0, parse.MaxControl, parse.MaxControl + 1, 300} {
					_, err := Prepare(op, make([]byte, n))
					if want := refusal(op, n); err != want {
						t.Errorf("Prepare(%d, %d bytes): %v, want %v", op, n, err, want)
					} else if want == nil {
						continue
					}
					if got := to.Send(op, make([]byte, n)); got != err {
						t.Errorf("Send(%d, %d bytes): %v, want %v", op, n, got, err)
					}
					if got := sender.Send(id, op, make([]byte, n)); got != err {
						t.Errorf("Sender.Send(%d, %d bytes): %v, want %v", op, n, got, err)
					}
				}
			}
			to.Send(parse.Ping, make([]byte, parse.MaxControl))
		})
		c.wantFrame(parse.Ping, string(make([]byte, parse.MaxControl)))
	})
}

func refusal(op parse.Opcode, length int) error {
	switch {
	case op == parse.Text || op == parse.Binary:
		return nil
	case op != parse.Ping && op != parse.Pong:
		return ErrOpcode
	case length > 125:
		return ErrControl
	}
	return nil
}
