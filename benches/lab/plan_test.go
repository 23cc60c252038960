package lab

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/host"
	"wsbench/benches/load"
	"wsbench/benches/results"
)

var (
	rawIO = OwnServer("wsbench", "raw")
	case1 = results.EchoCase(100, 20, 1)
)

// external returns a server of a name.
func external(name string) Server { return Server{Key: results.Server("server=" + name)} }

func TestServers(t *testing.T) {
	for _, tt := range []struct {
		s    Server
		want results.Server
	}{
		{rawIO, "server=wsbench/io=raw"},
		{OwnWith("wsbench", "mine", []string{"-flush", "frame", "-io=net"}), "server=mine/io=net"},
		{OwnWith("wsbench", "mine", []string{"--io", "uring"}), "server=mine/io=uring"},
		{OwnWith("wsbench", "mine", nil), "server=mine/io=epoll"},
		{external("uws").Observed("strace"), "server=uws/observer=strace"},
	} {
		if tt.s.Key != tt.want {
			t.Errorf("%q, want %q", tt.s.Key, tt.want)
		}
	}
	if n := (Plan{Probe: Echo{}}).Name(rawIO.Key, case1).String(); n != "BenchmarkEcho/server=wsbench/io=raw/conns=100/size=20/depth=1" {
		t.Error(n)
	}
	if n := (Plan{Probe: Idle{}}).Name(rawIO.Key, "conns=9000").String(); n != "BenchmarkConns/server=wsbench/io=raw/conns=9000" {
		t.Error(n)
	}
}

func TestWithAA(t *testing.T) {
	a, b := external("a"), external("b")
	for _, tt := range []struct {
		list   []Server
		second results.Server
	}{
		{[]Server{a, b}, "server=a-aa"},
		{[]Server{a, OwnServer("", "epoll"), rawIO}, "server=wsbench/io=raw-aa"},
	} {
		got := WithAA(tt.list)
		if last := got[len(got)-1]; last.Key != tt.second || len(got) != len(tt.list)+1 {
			t.Errorf("%+v got the A/A process %+v", tt.list, last)
		}
	}
	if WithAA(nil) != nil {
		t.Error("nothing got an A/A process")
	}
}

// The keys of a case say how its messages are cut, and on what link they are.
func TestWithKey(t *testing.T) {
	for _, g := range []load.Segment{{}, {Bytes: 1448}, {Bytes: 7, Gap: 200 * time.Microsecond}} {
		c := WithKey([]results.Case{results.EchoCase(10, 16384, 1)}, g.Key()+host.Link{MTU: 1500}.Key())[0]
		name := Plan{Probe: Echo{}}.Name(OwnServer("wsbench", "epoll").Key, c)
		if got := segment(results.ParseName(name.String()).Case()); got != g {
			t.Errorf("%v is read back as %v from %v", g, got, name)
		}
		if mtu := c.Int("mtu"); mtu != 1500 || results.ParseName(name.String()).Case() != c {
			t.Errorf("%v has an MTU of %d", name, mtu)
		}
	}
}

func TestParseCases(t *testing.T) {
	got, err := ParseCases("100/20, 10/1024/16", 2)
	if diff := cmp.Diff([]results.Case{results.EchoCase(100, 20, 2), results.EchoCase(10, 1024, 16)}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	got, err = ParseCases("100/20, large", 2)
	if diff := cmp.Diff([]results.Case{results.EchoCase(100, 20, 2), results.EchoCase(3, 64<<10, 1), results.EchoCase(3, 1<<20, 1), results.EchoCase(3, 16<<20, 1)}, got); diff != "" || err != nil {
		t.Errorf("large: %v %s", err, diff)
	}
	for _, s := range []string{"", "100", "100/", "0/20", "1/-1", "1/2/0", "1/2/3/4", "a/b", "1/2,1/2", "large,large", "larger", "large/2", "3/1048576/1,large"} {
		if _, err := ParseCases(s, 1); err == nil {
			t.Errorf("%q was accepted", s)
		}
	}
}
