package opening

import "testing"

func TestNothingIsAllocated(t *testing.T) {
	var (
		request  = []byte(with("Connection: keep-alive, Upgrade"))
		plain    = []byte("HEAD http://a/healthz?q HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
		offering = []byte(with("Origin: http://a", "Sec-WebSocket-Protocol: a, b\r\nsec-websocket-protocol: c"))
		refused  = []byte(with("Sec-WebSocket-Version: 8"))
		answer   = make([]byte, 0, 256)
		ask      = Handshake{Host: "h", Target: "/", Key: theKey, Origin: "http://a", Protocols: []string{"a", "b"}}
		accept   = AppendAcceptProtocol(nil, theKey, "b")
		lookedAt int
	)
	for name, f := range map[string]func(){
		"ParseUpgrade":          func() { u, _ := ParseUpgrade(request); lookedAt += u.Size },
		"ParseUpgrade refused":  func() { ParseUpgrade(refused) },
		"ParseRequest":          func() { r, _ := ParseRequest(plain, 0, MaxRequest); lookedAt += len(r.Path) },
		"ParseRequest in parts": func() { r, _ := ParseRequest(plain, 20, MaxRequest); lookedAt += len(r.Path) },
		"Offer.Has": func() {
			if r, _ := ParseRequest(offering, 0, MaxRequest); r.Protocols.Has("c") {
				lookedAt++
			}
		},
		"Request.Upgrade": func() {
			r, _ := ParseRequest(offering, 0, MaxRequest)
			if key, _ := r.Upgrade(); key == theKey {
				lookedAt++
			}
		},
		"AppendOK":                func() { AppendOK(answer, "a/b", 3, true) },
		"AppendAcceptProtocol":    func() { AppendAcceptProtocol(answer, theKey, "b") },
		"Handshake.Append":        func() { ask.Append(answer) },
		"Handshake.ParseResponse": func() { n, _, _ := ask.ParseResponse(accept); lookedAt += n },
		"Refusal.Append":          func() { ErrVersion.Append(answer) },
		"AppendAccept":            func() { AppendAccept(answer, theKey) },
		"AppendRequest":           func() { AppendRequest(answer, "h", "/", theKey) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	if lookedAt == 0 {
		t.Error("nothing was done")
	}
}
