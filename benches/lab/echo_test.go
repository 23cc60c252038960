package lab

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wsbench/mask"
	"wsbench/parse"
	"wsbench/parse/opening"
)

// echoPort makes this test binary an echo server instead: how the tests get
// an external one on any host.
const echoPort = "LAB_TEST_ECHO_PORT"

func TestMain(m *testing.M) {
	if port := os.Getenv(echoPort); port != "" {
		serveEcho(port, os.Getenv("LAB_TEST_ECHO_FAULT"))
		return
	}
	goleak.VerifyTestMain(m)
}

// echoCommand is the command of an external server; fault is what is wrong
// with it: "" nothing, "exit" ends after 20 messages, "corrupt" answers
// with another octet from then on, "deaf" never listens, "patient" ends upon
// SIGTERM only when its connections have. "wrong" answers every message with
// another octet, "chatty" says something unasked, "fickle" closes a connection
// after its first echo, "mute" takes connections and answers none. "slow" takes
// 5 ms for each message, "lossy" answers none of one byte. "lax" opens a WebSocket
// for any request, "tls" speaks TLS.
func echoCommand(fault string) []string {
	port := portMark
	if fault == "tls" {
		port = securePortMark
	}
	return []string{"sh", "-c", "exec env GORACE=atexit_sleep_ms=0 " + echoPort + "=" + port + " LAB_TEST_ECHO_FAULT=" + fault + " " + os.Args[0]}
}

func serveEcho(port, fault string) {
	if fault == "deaf" {
		os.Stderr.WriteString("echo: no port today\n")
		os.Exit(3)
	}
	l, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		panic(err)
	}
	if fault == "tls" {
		certified := httptest.NewTLSServer(nil)
		certified.Close()
		l = tls.NewListener(l, certified.TLS)
	}
	var conns sync.WaitGroup
	if fault == "patient" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, func() { l.Close() })
	}
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			break
		}
		if err != nil {
			panic(err)
		}
		conns.Go(func() { echoConn(c, fault) })
	}
	conns.Wait()
}

func echoConn(c net.Conn, fault string) {
	defer c.Close()
	r := bufio.NewReaderSize(c, 64<<10)
	if fault == "mute" {
		io.Copy(io.Discard, c)
		return
	}
	if upgradeEcho(c, r, fault) != nil {
		return
	}
	if fault == "chatty" {
		c.Write([]byte("\x81\x02hi"))
	}
	for n := 0; ; n++ {
		frame, payload, err := readFrame(r)
		if err != nil {
			return
		}
		if n == 20 && fault == "exit" {
			os.Stderr.WriteString("echo: enough\n")
			os.Exit(7)
		}
		if n >= 20 && fault == "corrupt" || fault == "wrong" {
			payload[0] ^= 1
		}
		if fault == "lossy" && len(payload) == 1 {
			continue
		}
		if fault == "slow" {
			time.Sleep(5 * time.Millisecond)
		}
		if _, err := c.Write(append(frame, payload...)); err != nil || parse.Opcode(frame[0]&15) == parse.Close {
			return
		}
		if fault == "fickle" {
			return
		}
	}
}

func upgradeEcho(c net.Conn, r *bufio.Reader, fault string) error {
	key := ""
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimSpace(line)
		if line == "" {
			break
		}
		if k, v, _ := strings.Cut(line, ":"); strings.EqualFold(k, "Sec-WebSocket-Key") {
			key = strings.TrimSpace(v)
		}
	}
	if key == "" && fault != "lax" {
		io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		return errors.New("no key")
	}
	var k opening.Key
	copy(k[:], key)
	_, err := c.Write(opening.AppendAccept(nil, k))
	return err
}

// readFrame reads a masked frame and returns the header of its echo and the
// payload, unmasked.
func readFrame(r *bufio.Reader) (head, payload []byte, err error) {
	var b [14]byte
	if _, err = io.ReadFull(r, b[:2]); err != nil {
		return
	}
	n := uint64(b[1] & 127)
	head = []byte{b[0], byte(n)}
	if long := map[uint64]int{126: 2, 127: 8}[n]; long > 0 {
		if _, err = io.ReadFull(r, b[2:2+long]); err != nil {
			return
		}
		head = append(head, b[2:2+long]...)
		n = 0
		for _, o := range b[2 : 2+long] {
			n = n<<8 | uint64(o)
		}
	}
	var key [4]byte
	if _, err = io.ReadFull(r, key[:]); err != nil {
		return
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(r, payload)
	mask.Unmask(payload, uint32(key[0])|uint32(key[1])<<8|uint32(key[2])<<16|uint32(key[3])<<24)
	return
}
