package wsclient

import (
	"strings"
	"testing"
)

func TestOfferCheck(t *testing.T) {
	good := Offer{Header: []string{"Authorization: Bearer abc", "X-Empty:", "Host: example.org"}, Protocols: []string{"chat", "chat.v2"}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for want, o := range map[string]Offer{
		"want Name: value":      {Header: []string{"no colon"}},
		`header "X: a\r\nY: b"`: {Header: []string{"X: a\r\nY: b"}},
		`header " X: a"`:        {Header: []string{" X: a"}},
		"name subprotocols as":  {Header: []string{"Sec-WebSocket-Protocol: chat"}},
		"header upgrade is":     {Header: []string{"upgrade: h2c"}},
		"header Sec-WebSocket-": {Header: []string{"Sec-WebSocket-Key: x"}},
		`subprotocol "a b"`:     {Protocols: []string{"a b"}},
	} {
		if err := o.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", o, err, want)
		}
	}
}

// What is offered is in the request, and Host in place of the URL's.
func TestOfferHandshake(t *testing.T) {
	o := Offer{Header: []string{"X-One: 1", "host: example.org:81"}, Protocols: []string{"a", "b"}}
	h := o.Handshake("127.0.0.1:9001", "/ws")
	request := string(h.Append(nil))
	for _, want := range []string{"GET /ws HTTP/1.1\r\nHost: example.org:81\r\n", "\r\nSec-WebSocket-Protocol: a, b\r\n", "\r\nX-One: 1\r\n"} {
		if !strings.Contains(request, want) {
			t.Errorf("%q is not in %q", want, request)
		}
	}
	if !strings.HasSuffix(request, "\r\n\r\n") || strings.Count(request, "ost: ") != 1 {
		t.Errorf("%q", request)
	}
}
