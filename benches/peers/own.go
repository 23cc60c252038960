package peers

import (
	"io"

	"wsbench/benches/engine"
	"wsbench/mask"
	"wsbench/parse"
	"wsbench/scratch"
)

// own drives an engine as an event loop does: one receive into the buffer that
// all connections of a loop share, then the engine, then what it answers. All
// but the opening handshake is the reference server's.
type own struct {
	conn  io.ReadWriter
	eng   *engine.Engine
	out   *engine.Output
	pool  *scratch.Pool
	room  []byte // the shared buffer
	carry scratch.Carry
}

func openOwn(f *feed) (loop, error) {
	pool := &scratch.Pool{}
	cfg := &engine.Config{Pool: pool}
	cfg.MaxMessage = maxMessage
	o := &own{conn: f, pool: pool, room: make([]byte, scratch.DefaultSize)}
	o.eng, o.out = engine.New(cfg), engine.NewOutput(engine.Slot, pool)
	return func() error {
		for {
			if err := o.turn(); err != nil {
				return err
			}
		}
	}, nil
}

// turn handles one read event.
func (o *own) turn() error {
	have := o.carry.Restore(o.pool, o.room)
	n, err := o.conn.Read(o.room[have:])
	if err != nil {
		return err
	}
	return o.process(o.room[:have+n])
}

func (o *own) process(in []byte) error {
	for {
		p, err := o.eng.Process(in, o.out, 0)
		for _, s := range o.out.Segments() {
			if _, err := o.conn.Write(s); err != nil {
				return err
			}
		}
		if in = in[p.Consumed:]; err != nil || len(in) == 0 {
			return err
		}
		if p.Need > 0 {
			o.carry.Save(o.pool, in, p.Need)
			return nil
		}
	}
}

// readOwn reads by the parts without an engine around them: receive, parse,
// unmask in place. A feed gives a whole frame at a time into such a room.
func readOwn(f *feed, message func([]byte)) (loop, error) {
	room := make([]byte, len(f.burst))
	return func() error {
		for {
			n, err := f.Read(room)
			if err != nil {
				return err
			}
			h, _, err := parse.ParseHeader(room[:n], parse.FromClient)
			if err != nil {
				return err
			}
			payload := room[h.Size:n]
			mask.Unmask(payload, h.Key)
			message(payload)
		}
	}, nil
}
