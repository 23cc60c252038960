package peers

import (
	"context"
	"io"

	"github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"
	"github.com/lxzan/gws"

	"wsbench/mask"
	"wsbench/parse"
)

// maxMessage is the octets that a Reader's messages may have.
const maxMessage = 128 << 20

// A Reader reads messages of a client through a library's public API, from
// a connection in memory.
type Reader struct {
	Name string
	// read reads the n messages of f and shows each payload, which is valid
	// during the call only.
	read func(f *feed, n int, message func(payload []byte)) error
}

// Readers lists the libraries whose masks are not exported, and wsbench.
func Readers() []Reader {
	return []Reader{{"wsbench", readOwn}, {"coder", readCoder}, {"gorilla", readGorilla}, {"gws", readGWS}}
}

// readOwn does what a server of wsbench's parts does: receive, parse, unmask
// in place. A feed gives a whole frame at a time into such a room. It makes no opening handshake and knows where messages end.
func readOwn(f *feed, n int, message func([]byte)) error {
	room := make([]byte, len(f.frame))
	for range n {
		size, err := f.Read(room)
		if err != nil {
			return err
		}
		h, _, err := parse.ParseHeader(room[:size], parse.FromClient)
		if err != nil {
			return err
		}
		payload := room[h.Size:size]
		mask.Unmask(payload, h.Key)
		message(payload)
	}
	return nil
}

// feeding is a connection that sends n frames with this payload, masked.
func feeding(payload []byte, key uint32, n int) *feed {
	frame := parse.AppendMaskedHeader(nil, parse.FIN|uint8(parse.Binary), len(payload), key)
	head := len(frame)
	frame = append(frame, payload...)
	words(frame[head:], key)
	return &feed{frame: frame, left: n}
}

// readCoder reuses one buffer, where Conn.Read would allocate each message.
func readCoder(f *feed, n int, message func([]byte)) error {
	w, r := handshake(f)
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return err
	}
	defer c.CloseNow()
	c.SetReadLimit(maxMessage)
	room := make([]byte, len(f.frame))
	for range n {
		_, in, err := c.Reader(context.Background())
		if err != nil {
			return err
		}
		size, err := fill(room, in)
		if err != nil {
			return err
		}
		message(room[:size])
	}
	return nil
}

// readGorilla reuses one buffer, where Conn.ReadMessage would allocate each
// message.
func readGorilla(f *feed, n int, message func([]byte)) error {
	w, r := handshake(f)
	c, err := (&gorilla.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	room := make([]byte, len(f.frame))
	for range n {
		_, in, err := c.NextReader()
		if err != nil {
			return err
		}
		size, err := fill(room, in)
		if err != nil {
			return err
		}
		message(room[:size])
	}
	return nil
}

// fill reads to the end of in. room has space for more than that.
func fill(room []byte, in io.Reader) (size int, err error) {
	for err == nil {
		var n int
		n, err = in.Read(room[size:])
		size += n
	}
	if err == io.EOF {
		err = nil
	}
	return size, err
}

// readGWS uses the library's own loop and its pool of buffers.
func readGWS(f *feed, n int, message func([]byte)) error {
	h := &gwsHandler{message: message}
	w, r := handshake(f)
	c, err := gws.NewUpgrader(h, &gws.ServerOption{ReadMaxPayloadSize: maxMessage}).Upgrade(w, r)
	if err != nil {
		return err
	}
	c.ReadLoop()
	if h.seen != n {
		return errShort
	}
	return nil
}

type gwsHandler struct {
	gws.BuiltinEventHandler
	message func([]byte)
	seen    int
}

func (h *gwsHandler) OnMessage(_ *gws.Conn, m *gws.Message) {
	h.seen++
	h.message(m.Bytes())
	m.Close()
}
