package load

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"wsbench/benches/internal/waiting"
	"wsbench/parse"
	"wsbench/parse/opening"
)

// session is a test server's side of one connection after the handshake.
type session struct {
	net.Conn
	in     *bufio.Reader
	server *server
}

// server is a test server and how many messages session.echo has answered.
type server struct {
	url    string // ws://
	echoed atomic.Int64
}

// serve accepts connections until the test ends and lets behave have each.
func serve(t testing.TB, behave func(*session)) *server {
	s := &server{}
	s.url = listen(t, func(c net.Conn) { upgraded(c, s, behave) })
	return s
}

// upgraded does the opening handshake on c and lets behave have it.
func upgraded(c net.Conn, s *server, behave func(*session)) {
	in := bufio.NewReaderSize(c, 1<<16)
	var head []byte
	for {
		b, err := in.ReadByte()
		if err != nil {
			return
		}
		head = append(head, b)
		u, refused := opening.ParseUpgrade(head)
		if refused != nil {
			c.Write(refused.Append(nil))
			return
		}
		if u.Size > 0 {
			c.Write(opening.AppendAccept(nil, u.Key))
			behave(&session{c, in, s})
			return
		}
	}
}

// listen is serve below the handshake.
func listen(t testing.TB, behave func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var open []net.Conn
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			wg.Go(func() {
				defer c.Close()
				behave(c)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return "ws://" + l.Addr().String() + "/echo"
}

// next reads a frame into buf, which grows as needed, unmasked.
func (s *session) next(buf []byte) (op parse.Opcode, payload []byte, err error) {
	var head [parse.MaxHeader]byte
	have := 0
	for {
		h, need, err := parse.ParseHeader(head[:have], parse.FromClient)
		if err != nil {
			return 0, nil, err
		}
		if need == 0 {
			if int(h.Length) > cap(buf) {
				buf = make([]byte, h.Length)
			}
			payload = buf[:h.Length]
			_, err := io.ReadFull(s.in, payload)
			var k [4]byte
			binary.LittleEndian.PutUint32(k[:], h.Key)
			for i := range payload {
				payload[i] ^= k[i&3]
			}
			return h.Opcode(), payload, err
		}
		if _, err := io.ReadFull(s.in, head[have:have+need]); err != nil {
			return 0, nil, err
		}
		have += need
	}
}

// echo answers every message through answer until the peer closes, and
// completes the closing handshake.
func (s *session) echo(answer func(op parse.Opcode, payload []byte) error) {
	buf := make([]byte, 1<<16)
	for {
		op, payload, err := s.next(buf)
		if err != nil {
			return
		}
		if op == parse.Close {
			s.Write(frame(parse.FIN, parse.Close, payload))
			return
		}
		if op == parse.Pong {
			continue
		}
		if op == parse.Ping {
			op = parse.Pong
		}
		if answer(op, payload) != nil {
			return
		}
		s.server.echoed.Add(1)
	}
}

// frame is a server's frame.
func frame(fin uint8, op parse.Opcode, payload []byte) []byte {
	return append(parse.AppendHeader(nil, fin|uint8(op), len(payload)), payload...)
}

// faithful is the echo server as it should be.
func faithful(s *session) {
	s.echo(func(op parse.Opcode, p []byte) error {
		_, err := s.Write(frame(parse.FIN, op, p))
		return err
	})
}

// leaks fails the test if, after its clean-up, goroutines or descriptors are
// left. It is called before anything that registers a clean-up.
func leaks(t *testing.T) {
	before := descriptors(t)
	ignore := goleak.IgnoreCurrent()
	t.Cleanup(func() {
		goleak.VerifyNone(t, ignore)
		if after := descriptors(t); after > before {
			t.Errorf("%d descriptors open, %d before", after, before)
		}
	})
}

// descriptors is how many descriptors this process has open.
func descriptors(t testing.TB) int {
	t.Helper()
	dir, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(dir)
}

// The generator's raw waits keep their P; the servers in this process need
// others.
func TestMain(m *testing.M) {
	runtime.GOMAXPROCS(max(16, runtime.NumCPU()))
	hurry = waiting.Bound
	os.Exit(m.Run())
}
