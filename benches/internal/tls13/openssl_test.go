package tls13

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

// openssl is a running s_client or s_server.
type openssl struct {
	t     testing.TB
	stdin io.WriteCloser
	done  chan error
	mu    sync.Mutex
	out   bytes.Buffer
	seen  int // bytes of out that await has passed
}

func (o *openssl) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.Write(b)
}

func startOpenSSL(t testing.TB, args ...string) *openssl {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl here to talk to")
	}
	cmd := exec.Command(path, args...)
	o := &openssl{t: t, done: make(chan error, 1)}
	cmd.Stdout, cmd.Stderr = o, o
	if o.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { o.done <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-o.done
		if t.Failed() {
			t.Logf("openssl's output:\n%s", o.out.String())
		}
	})
	return o
}

// line types a line.
func (o *openssl) line(s string) {
	if _, err := io.WriteString(o.stdin, s+"\n"); err != nil {
		o.t.Errorf("openssl's input: %v", err)
	}
}

// await waits until pattern is in the output behind what was awaited before.
func (o *openssl) await(pattern string) (found []string) {
	o.t.Helper()
	re := regexp.MustCompile(pattern)
	waiting.For(o.t, "openssl says "+pattern, func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		rest := o.out.Bytes()[o.seen:]
		at := re.FindIndex(rest)
		if at != nil {
			for _, b := range re.FindSubmatch(rest) {
				found = append(found, string(b))
			}
			o.seen += at[1]
		}
		return at != nil
	})
	return found
}

// pemFiles writes the certificate and its key.
func pemFiles(t testing.TB) (cert, key string) {
	t.Helper()
	c := certificate()
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: c.Certificate[0]}, key: {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// conversation has both sides say something, each update its keys with and
// without the other's, and checks what arrives. It ends with a close_notify of
// ours. updated waits until openssl has read a command for an update.
func conversation(t *testing.T, e *end, o *openssl, updated func()) {
	t.Helper()
	hear := func(line string) {
		t.Helper()
		o.line(line)
		if got := string(e.receive(t, len(line)+1)); got != line+"\n" {
			t.Fatalf("openssl said %q; want %q", got, line)
		}
	}
	say := func(line string) {
		t.Helper()
		e.send(t, TypeApplicationData, []byte(line+"\n"))
		o.await(strings.TrimLeft(line, "."))
	}
	hear("hello from openssl")
	say("hello from here")
	for _, command := range []string{"k", "K"} { // an update; one that asks for ours
		o.line(command)
		updated()
		hear("sealed with new keys")
		say("opened by new keys")
	}
	for _, request := range []bool{false, true} {
		e.write(t, e.SealKeyUpdate(nil, request))
		say("ours are new")
		hear("theirs perhaps")
	}
	say(strings.Repeat(".", 3*MaxPlaintext) + "end of several records")
	e.write(t, e.SealAlert(nil, CloseNotify))
}

// handshakeRecord reads one record, of a handshake message, and does what it
// says.
func (e *end) handshakeRecord(t *testing.T) {
	t.Helper()
	typ, plain := e.record(t)
	if typ != TypeHandshake {
		t.Fatalf("type %d, % x; want a handshake message", typ, plain)
	}
	e.handshake(t, plain)
}

// awaitClose reads until the peer's close_notify.
func (e *end) awaitClose(t *testing.T) {
	t.Helper()
	typ, plain := e.record(t)
	if a, err := ParseAlert(plain); typ != TypeAlert || a != CloseNotify || err != nil {
		t.Errorf("type %d, % x; want close_notify", typ, plain)
	}
}

func TestOpenSSLClient(t *testing.T) {
	for _, suite := range Suites {
		t.Run(suite.String(), func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			o := startOpenSSL(t, "s_client", "-connect", l.Addr().String(), "-tls1_3", "-ciphersuites", suite.String(), "-alpn", "http/1.1")
			l.(*net.TCPListener).SetDeadline(time.Now().Add(waiting.Bound))
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(waiting.Bound))
			s, err := Server(context.Background(), conn, serverConfig())
			if err != nil {
				t.Fatal(err)
			}
			if s.In.Suite != suite || s.ALPN != "http/1.1" || s.Out.Seq != 1 {
				t.Errorf("%v, %q, %d tickets", s.In.Suite, s.ALPN, s.Out.Seq)
			}
			e := newEnd(t, conn, s)
			conversation(t, e, o, func() { o.await("KEYUPDATE") })
			e.awaitClose(t)
		})
	}
}

func TestOpenSSLServer(t *testing.T) {
	cert, key := pemFiles(t)
	for _, suite := range Suites {
		t.Run(suite.String(), func(t *testing.T) {
			o := startOpenSSL(t, "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-cert", cert, "-key", key, "-tls1_3", "-ciphersuites", suite.String(), "-alpn", "http/1.1")
			conn, err := net.Dial("tcp", o.await(`ACCEPT (127\.0\.0\.1:\d+)`)[1])
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(waiting.Bound))
			config := clientConfig()
			config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
			s, err := Client(context.Background(), conn, config)
			if err != nil {
				t.Fatal(err)
			}
			if s.In.Suite != suite || s.ALPN != "http/1.1" {
				t.Errorf("%v, %q", s.In.Suite, s.ALPN)
			}
			e := newEnd(t, conn, s)
			e.Post.Client = true
			o.await("CIPHER is " + suite.String())
			conversation(t, e, o, func() { e.handshakeRecord(t) })
			e.awaitClose(t)
		})
	}
}
