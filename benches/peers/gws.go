package peers

import "github.com/lxzan/gws"

// gwsServer returns the example of its README without what an echo has no use
// for: deadlines, compression, and goroutines that answer out of order.
func gwsServer(buffer int, utf8 bool) func(*feed) (loop, error) {
	return func(f *feed) (loop, error) {
		return gwsLoop(f, gwsEcho{}, gws.ServerOption{ReadBufferSize: buffer, CheckUtf8Enabled: utf8})
	}
}

func gwsLoop(f *feed, h gws.Event, option gws.ServerOption) (loop, error) {
	option.ReadMaxPayloadSize, option.WriteMaxPayloadSize = maxMessage, maxMessage
	w, r := handshake(f)
	c, err := gws.NewUpgrader(h, &option).Upgrade(w, r)
	if err != nil {
		return nil, err
	}
	return func() error {
		c.ReadLoop()
		return nil
	}, nil
}

type gwsEcho struct{ gws.BuiltinEventHandler }

func (gwsEcho) OnMessage(c *gws.Conn, m *gws.Message) {
	c.WriteMessage(m.Opcode, m.Bytes())
	m.Close()
}

// OnPing answers as RFC 6455 asks; BuiltinEventHandler's pong has no payload.
func (gwsEcho) OnPing(c *gws.Conn, payload []byte) { c.WritePong(payload) }

// readGWS uses the library's own loop and its pool of buffers.
func readGWS(f *feed, message func([]byte)) (loop, error) {
	return gwsLoop(f, gwsRead{message: message}, gws.ServerOption{})
}

type gwsRead struct {
	gws.BuiltinEventHandler
	message func([]byte)
}

func (h gwsRead) OnMessage(_ *gws.Conn, m *gws.Message) {
	h.message(m.Bytes())
	m.Close()
}
