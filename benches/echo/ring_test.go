package echo

import (
	"errors"
	"strings"
	"testing"

	"wsbench/scratch"
	"wsbench/syscalls"
)

func TestRingOptions(t *testing.T) {
	for _, tt := range []struct {
		io     IO
		change func(*Options)
		want   string // "": valid
	}{
		{Uring, func(o *Options) {}, ""},
		{Uring, func(o *Options) { o.RingBuffers = 1 }, ""},
		{Uring, func(o *Options) { o.RingBuffers = 1 << 15 }, ""},
		{Uring, func(o *Options) { o.RingBuffers = 3 }, "ring-buffers 3: want a power of two, 1 to 32768"},
		{Uring, func(o *Options) { o.RingBuffers = -8 }, "ring-buffers -8: want"},
		{Uring, func(o *Options) { o.RingBuffers = 1 << 16 }, "ring-buffers 65536: want"},
		{Uring, func(o *Options) { o.RingBuffers, o.BufferSize = 1<<15, 1<<20 }, "want 4 GiB together"},
		{Uring, func(o *Options) { o.Buffers = scratch.Shared }, "buffers shared: with -io uring"},
		{Uring, func(o *Options) { o.Buffers = scratch.PerConn }, "buffers conn: with -io uring"},
		{Uring, func(o *Options) { o.Buffers = scratch.Pooled }, "use ring"},
		{Uring, func(o *Options) { o.Drain = true }, "read drain"},
		{Epoll, func(o *Options) { o.Buffers = scratch.Ring }, "use shared, conn or pool"},
		{Raw, func(o *Options) { o.Buffers = scratch.Ring }, "with -io raw use shared, conn or pool"},
		{Net, func(o *Options) { o.Buffers = scratch.Ring }, "with -io net use conn or pool"},
	} {
		o := options(tt.io)
		tt.change(&o)
		err := o.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("-io %s: %v, want %q", tt.io, err, tt.want)
		}
	}
}

func TestBannerTellsTheRing(t *testing.T) {
	o := options(Uring)
	if got := (&Server{opt: o}).String(); !strings.Contains(got, " buffers=ring buffer-size=16384 ring-buffers=256 ") {
		t.Errorf("%s", got)
	}
	o = options(Epoll)
	if got := (&Server{opt: o}).String(); !strings.Contains(got, " buffers=shared buffer-size=16384 write=") {
		t.Errorf("%s", got)
	}
}

// Where the kernel lacks what it takes, epoll serves, and one line says so.
func TestUringFallsBack(t *testing.T) {
	real := probeUring
	defer func() { probeUring = real }()
	for want, probe := range map[string]func() (syscalls.Features, error){
		"no io_uring here; -io epoll serves instead":                            func() (syscalls.Features, error) { return 0, errors.New("no io_uring here") },
		"lacks accept-multishot provided-buffers recv-multishot poll-multishot": func() (syscalls.Features, error) { return syscalls.SubmitAll, nil },
	} {
		probeUring = probe
		var warned []string
		o := options(Uring)
		o.Warn = func(line string) { warned = append(warned, line) }
		s, _ := serve(t, o)
		if len(warned) != 1 || !strings.Contains(warned[0], want) {
			t.Errorf("warnings %q, want %q in one", warned, want)
		}
		if banner := s.String(); !strings.Contains(banner, " io=epoll ") || !strings.Contains(banner, " buffers=shared ") {
			t.Error(banner)
		}
		c := connect(t, s)
		c.write(frame(text, "after all"))
		c.want(text, "after all")
	}
}
