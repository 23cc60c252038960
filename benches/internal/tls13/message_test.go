package tls13

import (
	"bytes"
	"testing"
)

// Messages are read alike however they are cut over records.
func TestPost(t *testing.T) {
	ticket := append([]byte{4, 0, 1, 0}, bytes.Repeat([]byte{24}, 256)...)
	asked, plain := KeyUpdateMessage(true), KeyUpdateMessage(false)
	for _, c := range []struct {
		name     string
		client   bool
		messages []byte
		want     Update
		err      error
	}{
		{"key update", false, plain, Update{true, false}, nil},
		{"key update asked for", false, asked, Update{true, true}, nil},
		{"tickets", true, append(bytes.Clone(ticket), ticket...), Update{}, nil},
		{"a ticket without content", true, []byte{4, 0, 0, 0}, Update{}, nil},
		{"a ticket, then a key update", true, append(bytes.Clone(ticket), asked...), Update{true, true}, nil},
		{"a ticket to a server", false, ticket, Update{}, UnexpectedMessage},
		{"a ticket too long", true, []byte{4, 255, 255, 255}, Update{}, UnexpectedMessage},
		{"a ClientHello", false, []byte{1, 0, 0, 4}, Update{}, UnexpectedMessage},
		{"a key update too long", false, []byte{24, 0, 0, 2, 0, 0}, Update{}, DecodeError},
		{"a key update of 2", false, []byte{24, 0, 0, 1, 2}, Update{}, IllegalParameter},
	} {
		for size := 1; size <= len(c.messages); size++ {
			p := Post{Client: c.client}
			var got Update
			var err error
			for rest := c.messages; len(rest) > 0 && err == nil; {
				n := min(size, len(rest))
				var u Update
				u, err = p.Read(rest[:n])
				if rest := rest[n:]; err == nil && len(rest) == 0 && p.Partial() {
					t.Errorf("%s in pieces of %d: a part is awaited behind all of it", c.name, size)
				}
				got.Received = got.Received || u.Received
				got.Requested = got.Requested || u.Requested
				rest = rest[n:]
			}
			if err != c.err || got != c.want {
				t.Fatalf("%s in pieces of %d: %+v, %v; want %+v, %v", c.name, size, got, err, c.want, c.err)
			}
		}
	}
}

// What has come of a message is its header, or its header and a part.
func TestPostPartial(t *testing.T) {
	p := Post{Client: true}
	for i, b := range [][]byte{{4}, {0, 0}, {2}, {1}} {
		if _, err := p.Read(b); err != nil || !p.Partial() {
			t.Errorf("part %d: %v, a rest is awaited: %v", i, err, p.Partial())
		}
	}
	if _, err := p.Read([]byte{2}); err != nil || p.Partial() {
		t.Errorf("the last part: %v, a rest is awaited: %v", err, p.Partial())
	}
}

// A key update ends its record: what follows has other keys.
func TestPostAfterKeyUpdate(t *testing.T) {
	var p Post
	if u, err := p.Read(append(KeyUpdateMessage(false), KeyUpdateMessage(false)...)); err != UnexpectedMessage || u.Received {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestAlerts(t *testing.T) {
	for _, c := range []struct {
		alert AlertError
		level byte
	}{{CloseNotify, 1}, {UserCanceled, 1}, {BadRecordMAC, 2}, {InternalError, 2}} {
		s, o := pair(t, half(AES128GCM))
		typ, plain, err := o.Open(s.SealAlert(nil, c.alert))
		if err != nil || typ != TypeAlert || len(plain) != 2 || plain[0] != c.level {
			t.Errorf("%v: type %d, % x, %v", c.alert, typ, plain, err)
		}
		if a, err := ParseAlert(plain); a != c.alert || err != nil {
			t.Errorf("%v is parsed as %v, %v", c.alert, a, err)
		}
	}
	for _, b := range [][]byte{nil, {1}, {1, 0, 0}} {
		if _, err := ParseAlert(b); err != DecodeError {
			t.Errorf("an alert of % x: %v", b, err)
		}
	}
}
