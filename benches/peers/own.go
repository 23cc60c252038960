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
	conn io.ReadWriter
	eng  *engine.Engine
	out  *engine.Output
	pool *scratch.Pool
	room []byte // the shared buffer
	rest []byte // of the pool: the octets of a frame that a read split
	need int    // how many that frame takes at least; 0: there is none
}

func openOwn(f *feed) (loop, error) {
	pool := &scratch.Pool{}
	cfg := &engine.Config{Pool: pool}
	cfg.MaxMessage = maxMessage
	o := &own{conn: f, pool: pool, room: make([]byte, largeBuffer)}
	o.eng, o.out = engine.New(cfg), engine.NewOutput(engine.Slot, pool)
	return func() error {
		for {
			if err := o.turn(); err != nil {
				return err
			}
		}
	}, nil
}

// turn is one read event. A frame that the shared buffer cannot hold, if the
// engine leaves one, is finished in a buffer of the pool.
func (o *own) turn() error {
	room, have := o.room, 0
	if o.need > 0 {
		if o.need > len(room) {
			room = o.pool.Get(o.need)[:o.need]
			defer o.pool.Put(room)
		}
		have = copy(room, o.rest)
		o.pool.Put(o.rest)
		o.need = 0
	}
	n, err := o.conn.Read(room[have:])
	if err != nil {
		return err
	}
	return o.process(room[:have+n])
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
		if o.need = p.Need; o.need > 0 {
			o.rest = append(o.pool.Get(len(in)), in...)
			return nil
		}
	}
}

// readOwn is the parts without an engine around them: receive, parse, unmask
// in place. A feed gives a whole frame at a time into such a room.
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
