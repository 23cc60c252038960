package lab

import (
	"strings"
	"testing"

	"wsbench/benches/host"
	"wsbench/syscalls"
)

func TestNotes(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{quotaNote("none"), ""}, {quotaNote("2.00"), ""}, {quotaNote("1.50"), "1.50 CPUs"}, {quotaNote(host.Unknown), ""},
		{loadNote("0.99", 2), ""}, {loadNote("1.01", 2), "was 1.01"}, {loadNote("", 2), ""},
		{irqNote("separate"), ""}, {irqNote(host.Unknown), "irq-time"},
		{stealNote(0.01), ""}, {stealNote(0.025), "2.5 %"}, {stealNote(0), ""},
	} {
		if (tt.want == "") != (tt.got == "") || !strings.Contains(tt.got, tt.want) {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestBackgroundNote(t *testing.T) {
	own := OwnServer("wsbench", "epoll")
	ext, err := External("x=srv {port}")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		servers []Server
		cpus    syscalls.CPUs
		want    string
	}{
		{[]Server{own}, syscalls.CPUs{0}, "the loops of epoll have CPU 0, the Go runtime's own threads run beside them on the others (-background apart)"},
		{[]Server{own, OwnServer("wsbench", "net"), rawIO}, syscalls.CPUs{0}, "the loops of epoll, raw have CPU 0, the Go runtime's own threads run beside them on the others (-background apart); net is confined to CPU 0"},
		{[]Server{OwnServer("wsbench", "net")}, syscalls.CPUs{0}, "net is confined to CPU 0"},
		{[]Server{own, ext}, syscalls.CPUs{0}, "-background same"},
		{[]Server{own, own.Varied("handler", "pool")}, syscalls.CPUs{0}, "-background same"},
		{[]Server{own, OwnWith("wsbench", "x", []string{"-handler", "loop"})}, syscalls.CPUs{0}, "-background apart"},
		{[]Server{ext}, syscalls.CPUs{0}, ""},
		{[]Server{own}, nil, ""},
	} {
		s := &Session{Plan: Plan{Servers: tt.servers}, place: host.Placement{ServerCPU: tt.cpus}}
		if got := backgroundNote(s.place.ServerCPU, s.Plan); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// A server that goes without a switch, as this host cannot do it, is told of.
func TestFallbackNote(t *testing.T) {
	for _, tt := range []struct {
		server         Server
		switches, want string
	}{
		{OwnServer("wsbench", "epoll").Varied("tls", "ktls"), "io=epoll mask=word tls=ktls half-open=4096", ""},
		{OwnServer("wsbench", "epoll").Varied("tls", "ktls"), "io=epoll mask=word tls=user half-open=4096", "epoll tls=ktls was measured with -tls user: this host lacks what -tls ktls needs"},
		{OwnServer("wsbench", "epoll").Varied("tls", "off"), "io=epoll mask=word", ""},
		{OwnServer("wsbench", "uring"), "io=epoll mask=word", "uring was measured with -io epoll: this host lacks what -io uring needs"},
		{OwnServer("wsbench", "uring"), "", ""},
	} {
		if got := fallbackNote(tt.server, tt.switches); got != tt.want {
			t.Errorf("%v with %q in force: %q, want %q", tt.server.Argv, tt.switches, got, tt.want)
		}
	}
}
