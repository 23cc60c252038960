package syscalls

import (
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestEventLayout(t *testing.T) {
	type layout struct{ size, events, lo, hi uintptr }
	var e Event
	var k unix.EpollEvent
	got := layout{unsafe.Sizeof(e), unsafe.Offsetof(e.Events), unsafe.Offsetof(e.lo), unsafe.Offsetof(e.hi)}
	want := layout{unsafe.Sizeof(k), unsafe.Offsetof(k.Events), unsafe.Offsetof(k.Fd), unsafe.Offsetof(k.Pad)}
	if got != want {
		t.Errorf("Event is %+v, unix.EpollEvent %+v", got, want)
	}
	known := map[string]layout{"amd64": {12, 0, 4, 8}, "arm64": {16, 0, 8, 12}}
	if want, ok := known[runtime.GOARCH]; ok && got != want {
		t.Errorf("Event is %+v, the kernel's %+v", got, want)
	}
}

func TestEventData(t *testing.T) {
	for _, data := range []uint64{0, 1, 1 << 31, 1 << 32, 0xFEDCBA9876543210, 1<<64 - 1} {
		if e := newEvent(EPOLLIN, data); e.Data() != data || e.Events != EPOLLIN {
			t.Errorf("%#x became %#x", data, e.Data())
		}
	}
}
