package echo

import (
	"strings"
	"testing"
)

// Every buffer size in range serves, whatever the defaults of other switches:
// the longest request falls with it.
func TestBufferSizes(t *testing.T) {
	for _, kind := range []IO{Epoll, Uring, Net, Raw} {
		for _, size := range []int{MinBufferSize, 4096, 64 << 10} {
			o := options(kind)
			o.BufferSize = size
			s, _ := serve(t, o)
			c := connect(t, s)
			payload := strings.Repeat("b", 100_000)
			c.write(frame(bin, payload))
			if kind != Raw { // which sends it back masked
				c.want(bin, payload)
			}
			if want := min(size, 8192); s.opt.Opening.Limit() != want {
				t.Errorf("-io %s, %d bytes: requests of %d, want %d", kind, size, s.opt.Opening.Limit(), want)
			}
		}
	}
}
