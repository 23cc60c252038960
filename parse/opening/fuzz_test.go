package opening

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzUpgrade(f *testing.F) {
	for _, r := range goodRequests {
		f.Add([]byte(r), []byte("\x81\x80"))
	}
	for _, c := range badRequests {
		f.Add([]byte(c.request), []byte("\r\n\r\n"))
	}
	f.Fuzz(func(t *testing.T, b, after []byte) {
		u, refused := ParseUpgrade(b)
		switch {
		case u.Size > len(b) || u.Size > MaxRequest || u.Size != 0 && refused != nil:
			t.Fatalf("size %d of %d, %v", u.Size, len(b), refused)
		case u.Size == 0 && refused == nil:
			return // incomplete: what follows may well matter
		}
		v, again := ParseUpgrade(slices.Concat(b, after))
		if v.Size != u.Size || v.Key != u.Key || !bytes.Equal(v.Target, u.Target) || again != refused {
			t.Errorf("followed by %q: %+v, %v, not %+v, %v", after, v, again, u, refused)
		}
		if refused == nil {
			for n := range u.Size {
				if v, refused := ParseUpgrade(b[:n]); v.Size != 0 || refused != nil {
					t.Fatalf("%d of %d bytes: %d, %v", n, u.Size, v.Size, refused)
				}
			}
			checkAgainstHTTP(t, b, u)
		}
	})
}

// checkAgainstHTTP: of a request that both take, net/http reads the same.
func checkAgainstHTTP(t *testing.T, b []byte, u Upgrade) {
	r := bufio.NewReader(bytes.NewReader(b))
	request, err := http.ReadRequest(r)
	if err != nil {
		return // such as a target that is no URL
	}
	rest, _ := io.ReadAll(r)
	key := request.Header["Sec-Websocket-Key"]
	if !slices.Equal(key, []string{string(u.Key[:])}) || request.RequestURI != string(u.Target) || !bytes.Equal(rest, b[u.Size:]) {
		t.Errorf("net/http reads key %q, target %q, then %d bytes; not %q, %q, %d", key, request.RequestURI, len(rest), u.Key, u.Target, len(b)-u.Size)
	}
}

// FuzzRequest: nothing that follows a request, and no way to arrive, changes
// what it says; and where net/http takes it too, both see the same request,
// above all the same end.
func FuzzRequest(f *testing.F) {
	for _, r := range goodRequests {
		f.Add([]byte(r), uint16(9))
	}
	for _, c := range badRequests {
		f.Add([]byte(c.request), uint16(20))
	}
	for _, r := range []string{
		"POST /p?q HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET",
		"GET http://b:1/p HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\n\r\n",
		"HEAD / HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Protocol: a,b\r\nOrigin: null\r\n\r\n",
	} {
		f.Add([]byte(r), uint16(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, cut uint16) {
		whole, refused := ParseRequest(b, 0, MaxRequest)
		if whole.Size > len(b) || whole.Size > MaxRequest || whole.Size != 0 && refused != nil {
			t.Fatalf("size %d of %d, %v", whole.Size, len(b), refused)
		}
		n := min(int(cut), len(b))
		part, early := ParseRequest(b[:n], 0, MaxRequest)
		if part.Size == 0 && early == nil {
			part, early = ParseRequest(b, n, MaxRequest)
		}
		if diff := cmp.Diff(summarize(&whole), summarize(&part)); diff != "" || early != refused || part.Size != whole.Size {
			t.Fatalf("in parts: size %d, %v; not %d, %v\n%s", part.Size, early, whole.Size, refused, diff)
		}
		if whole.Size > 0 {
			checkRequest(t, b, &whole)
		}
	})
}

// checkRequest: of a request that both take, net/http reads the same.
func checkRequest(t *testing.T, b []byte, r *Request) {
	in := bufio.NewReader(bytes.NewReader(b))
	request, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	length := r.Body
	if r.Chunked {
		length = -1
	}
	host := string(r.Host)
	if r.Path == nil {
		host = request.Host // such a target is not taken apart
	}
	if request.Method != string(r.Method) || request.RequestURI != string(r.Target) || request.Host != host ||
		request.ContentLength != length || request.Close == r.KeepAlive && r.Minor > 0 {
		t.Errorf("net/http reads %s %s for %q, length %d, close %v; not %+v", request.Method, request.RequestURI, request.Host, request.ContentLength, request.Close, summarize(r))
	}
	want := request.Header["Sec-Websocket-Protocol"]
	if got := offered(r.Protocols); strings.Join(split(want), "\n") != strings.Join(got, "\n") {
		t.Errorf("subprotocols %q, want those of %q", got, want)
	}
	rest, err := io.ReadAll(in)
	if err != nil || !bytes.Equal(rest, b[r.Size:]) {
		t.Errorf("net/http finds %d bytes behind the head, not %d", len(rest), len(b)-r.Size)
	}
}

// split are the elements of comma-separated lists, empty ones left out.
func split(lists []string) (items []string) {
	for item := range strings.SplitSeq(strings.Join(lists, ","), ",") {
		if item = strings.Trim(item, " \t"); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// FuzzResponse: a client's view of an answer does not depend on how it arrives
// or on what follows it, and what it takes net/http reads as 101.
func FuzzResponse(f *testing.F) {
	hs := Handshake{Host: "h", Target: "/", Key: NewKey([16]byte{1}), Protocols: []string{"a", "b"}}
	good := AppendAcceptProtocol(nil, hs.Key, "b")
	f.Add(good)
	f.Add(AppendAccept(nil, hs.Key))
	f.Add(bytes.Replace(good, []byte("101"), []byte("200"), 1))
	f.Add(bytes.Replace(good, []byte("\r\n\r\n"), []byte("\r\nSec-WebSocket-Extensions: x\r\n\r\n"), 1))
	f.Add(ErrUpgrade.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		size, protocol, err := hs.ParseResponse(b)
		if size < 0 || size > len(b) || size > 0 && err != nil {
			t.Fatalf("size %d of %d, %v", size, len(b), err)
		}
		for cut := range b {
			n, p, e := hs.ParseResponse(b[:cut])
			if size > 0 && cut >= size && (n != size || p != protocol || e != nil) || size > 0 && cut < size && (n != 0 || e != nil) {
				t.Fatalf("%d bytes of %d: size %d, %v", cut, size, n, e)
			}
			if e != nil && err == nil {
				t.Fatalf("%d bytes are refused, %v, and all of them are not", cut, e)
			}
		}
		if size == 0 {
			return
		}
		if more, p, e := hs.ParseResponse(append(bytes.Clone(b), "frames"...)); more != size || p != protocol || e != nil {
			t.Fatalf("with frames behind: size %d, %v", more, e)
		}
		r, e := http.ReadResponse(bufio.NewReader(bytes.NewReader(b[:size])), nil)
		if e != nil || r.StatusCode != http.StatusSwitchingProtocols || r.Header.Get("Sec-WebSocket-Protocol") != protocol {
			t.Fatalf("net/http reads %v, %v", r, e)
		}
	})
}
