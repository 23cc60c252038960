package reactor

import (
	"runtime"
	"strings"
	"testing"

	"wsbench/parse"
	"wsbench/syscalls"
)

// One message costs one recv, one send and no allocation.
func TestSteadyState(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	l, addr := newLoop(t, Config{})
	defer l.Close()
	fd, err := syscalls.Connect(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer syscalls.Close(fd)
	in := make([]byte, 64<<10)
	trip := func(b []byte, reads int) (n int) {
		if _, errno := syscalls.Send(fd, b); errno != 0 {
			t.Fatal(errno)
		}
		for i := 0; n == 0 || i < reads; i++ {
			if err := l.RunOnce(0); err != nil {
				t.Fatal(err)
			}
			if got, errno := syscalls.Recv(fd, in); errno == 0 {
				n += got
			}
		}
		return n
	}
	trip(parse.AppendRequest(nil, "x", "/", testKey), 1)
	msg := frame(parse.Binary, strings.Repeat("m", 1024))
	trip(msg, 1)
	before := l.Counters()
	const runs = 200
	if n := testing.AllocsPerRun(runs-1, func() {
		if trip(msg, 1) != 1028 {
			t.Fatal("short echo")
		}
	}); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
	after := l.Counters()
	if r, s, e := after.Recvs-before.Recvs, after.Sends-before.Sends, after.EAGAINs-before.EAGAINs; r != runs || s != runs || e != 0 {
		t.Errorf("%d messages took %d recvs, %d sends, %d EAGAINs", runs, r, s, e)
	}
}
