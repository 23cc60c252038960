package wsclient

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"wsbench/benches/internal/tls13"
	"wsbench/benches/internal/waiting"
)

// ends returns the client's record layer of a connection, and the server's two
// halves.
func ends(t *testing.T) (*Records, *tls13.Sealer, *tls13.Opener) {
	t.Helper()
	half := func(secret byte) tls13.Half {
		return tls13.Half{Suite: tls13.AES128GCM, Secret: bytes.Repeat([]byte{secret}, 32)}
	}
	sealer, err := tls13.NewSealer(half(1))
	if err != nil {
		t.Fatal(err)
	}
	opener, err := tls13.NewOpener(half(2))
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRecords(&tls13.Session{In: half(1), Out: half(2)})
	if err != nil {
		t.Fatal(err)
	}
	return r, sealer, opener
}

// received has r open wire, which comes in parts of so many bytes.
func received(r *Records, wire []byte, part int) (plain []byte, err error) {
	buf := make([]byte, Headroom+part)
	for len(wire) > 0 && err == nil {
		n := copy(buf[Headroom:], wire[:min(part, len(wire))])
		var more []byte
		more, err = r.Open(buf, n)
		plain, wire = append(plain, more...), wire[n:]
	}
	return plain, err
}

// ticket is a NewSessionTicket message.
var ticket = append([]byte{4, 0, 0, 200}, make([]byte, 200)...)

// What is sent arrives in order, whatever is between and however it is cut: session
// tickets are skipped, keys updated, and the close_notify is the end.
func TestRecords(t *testing.T) {
	want := append(bytes.Repeat([]byte("a"), 40_000), "bcd"...)
	for _, cut := range []int{1, 2, 5, 21, 22, 100, 16 << 10, 1 << 20} {
		r, sealer, opener := ends(t)
		wire := sealer.Seal(nil, tls13.TypeHandshake, ticket[:10])
		wire = sealer.Seal(wire, tls13.TypeHandshake, append(ticket[10:], ticket...))
		wire = sealer.Seal(wire, tls13.TypeApplicationData, want[:len(want)-3])
		wire = sealer.Seal(wire, tls13.TypeApplicationData, []byte("b"))
		wire = sealer.SealKeyUpdate(wire, true)
		wire = sealer.Seal(wire, tls13.TypeApplicationData, []byte("cd"))
		wire = sealer.SealAlert(wire, tls13.CloseNotify)
		if plain, err := received(r, wire, cut); err != io.EOF || !bytes.Equal(plain, want) {
			t.Fatalf("cut every %d bytes: %d bytes, %v", cut, len(plain), err)
		}
		// The update that was asked for comes before what is sent next.
		answer := r.Seal(nil, []byte("x"))
		size, _ := tls13.RecordSize(answer)
		if typ, _, err := opener.Open(answer[:size]); typ != tls13.TypeHandshake || err != nil {
			t.Fatalf("type %d, %v; want a key update", typ, err)
		}
		opener.Update()
		if _, plain, err := opener.Open(answer[size:]); string(plain) != "x" || err != nil {
			t.Fatalf("%q, %v", plain, err)
		}
	}
}

func TestRecordsWrong(t *testing.T) {
	for want, wire := range map[string]func(*tls13.Sealer) []byte{
		"bad record MAC": func(s *tls13.Sealer) []byte {
			b := s.Seal(nil, tls13.TypeApplicationData, []byte("abc"))
			b[len(b)-1]++
			return b
		},
		"alert of TLS: tls: internal error": func(s *tls13.Sealer) []byte { return s.SealAlert(nil, tls13.InternalError) },
		"records of TLS: tls: unexpected message": func(*tls13.Sealer) []byte {
			return []byte("HTTP/1.1 400 Bad Request\r\n\r\n")
		},
		"unexpected message": func(s *tls13.Sealer) []byte { // within a ticket
			return s.Seal(s.Seal(nil, tls13.TypeHandshake, ticket[:10]), tls13.TypeApplicationData, []byte("abc"))
		},
		"record overflow": func(*tls13.Sealer) []byte { return []byte{23, 3, 3, 0xff, 0xff} },
	} {
		r, sealer, _ := ends(t)
		good := sealer.Seal(nil, tls13.TypeApplicationData, []byte("good"))
		plain, err := received(r, append(good, wire(sealer)...), 1000)
		if string(plain) != "good" || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q, %v; want %s", plain, err, want)
		}
	}
}

// Sealing and opening allocate nothing once buffers have grown, records cut in two
// included.
func TestRecordsAllocations(t *testing.T) {
	r, sealer, opener := ends(t)
	message := make([]byte, 40_000)
	var sealed, sent []byte
	buf := make([]byte, Headroom+100_000)
	if n := testing.AllocsPerRun(100, func() {
		sent = sealer.Seal(sent[:0], tls13.TypeApplicationData, message)
		for _, b := range [][]byte{sent[:20_000], sent[20_000:]} {
			if _, err := r.Open(buf, copy(buf[Headroom:], b)); err != nil {
				t.Fatal(err)
			}
		}
		sealed = r.Seal(sealed[:0], message)
		for b := sealed; len(b) > 0; {
			size, _ := tls13.RecordSize(b)
			if _, _, err := opener.Open(b[:size]); err != nil {
				t.Fatal(err)
			}
			b = b[size:]
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A connection of a descriptor, plain or not, says what one of package net says.
func TestDialRaw(t *testing.T) {
	cert, _ := certificate(t)
	more := string(bytes.Repeat([]byte("more"), 5000))
	u := listen(t, accept(more))
	secure := listenTLS(t, &tls.Config{Certificates: []tls.Certificate{cert}}, accept(more))
	for _, u := range []string{u.String(), secure.String()} {
		u, err := ParseURL(u)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Offer{TLS: TLS{Insecure: true}}.DialRaw(t.Context(), u, waiting.Bound)
		if err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(r.FD), "")
		conn, err := net.FileConn(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if (r.Records != nil) != Secure(u) || r.Remote.String() != u.Host {
			t.Errorf("%v: records %v, remote %v", u, r.Records, r.Remote)
		}
		if Secure(u) {
			conn = newSealed(conn, r.Records)
		}
		io.WriteString(conn, "hello")
		got := make([]byte, len(more)+len("hello"))
		n := copy(got, r.Early)
		if _, err := io.ReadFull(conn, got[n:]); err != nil || string(got) != more+"hello" {
			t.Errorf("%v: %v", u, err)
		}
		conn.Close()
	}
}

// Certificates are judged as package net's connections judge them.
func TestDialRawFails(t *testing.T) {
	cert, _ := certificate(t)
	u := listenTLS(t, &tls.Config{Certificates: []tls.Certificate{cert}}, silent)
	if _, err := (Offer{}).DialRaw(t.Context(), u, waiting.Bound); err == nil || !strings.Contains(err.Error(), "-insecure takes any certificate") {
		t.Error(err)
	}
	plain := listen(t, answer("HTTP/1.1 400 Bad Request\r\n\r\n"))
	plain.Scheme = "wss"
	var header tls.RecordHeaderError
	if _, err := (Offer{}).DialRaw(t.Context(), plain, waiting.Bound); !errors.As(err, &header) {
		t.Error(err)
	}
}
