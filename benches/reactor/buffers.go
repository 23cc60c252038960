package reactor

import (
	"fmt"

	"wsbench/syscalls"
)

// provided is a loop's provided buffers. The kernel takes them in the order in
// which it was given them, so that it would go through all of them in turn,
// and out of the cache; it is therefore given no more than it uses up between
// two turns, and those that were used last.
type provided struct {
	*syscalls.BufRing
	free   []uint16 // ours; the end was used last
	given  int      // the kernel's
	want   int      // how many those are to be
	used   int      // by the kernel, since the last supply
	most   int      // used between two supplies, of late
	short  bool     // the kernel found none, since the last supply
	supply int      // supplies until most is forgotten
}

const (
	// leastGiven covers a quiet loop, and slack what a turn may use beyond what
	// those before it did.
	leastGiven = 8
	slack      = 4
	// memory is for how many supplies the most used counts.
	memory = 256
)

func newProvided(r *syscalls.Ring, entries, size int) (*provided, error) {
	ring, err := r.NewBufRing(syscalls.BufRingOptions{Group: ringGroup, Entries: entries, Size: size, Empty: true})
	if err != nil {
		return nil, fmt.Errorf("%d provided buffers of %d bytes: %w; fewer or shorter ones take less memory", entries, size, err)
	}
	p := &provided{BufRing: ring, want: min(4*leastGiven, entries)}
	for i := range entries {
		p.free = append(p.free, uint16(entries-1-i))
	}
	p.give()
	return p, nil
}

// taken accounts for a buffer that the kernel has filled.
func (p *provided) taken() {
	p.given--
	p.used++
}

// put takes back a buffer whose bytes are no longer needed.
func (p *provided) put(bid uint16) { p.free = append(p.free, bid) }

// refill gives the kernel what it is to have for the next turn.
func (p *provided) refill() {
	p.most = max(p.most, p.used)
	if p.short {
		p.most = max(p.most, min(2*p.want, len(p.free)+p.given))
	}
	p.used, p.short = 0, false
	if p.want = max(leastGiven, p.most+slack); p.supply == 0 {
		p.most, p.supply = p.most*3/4, memory
	}
	p.supply--
	p.give()
}

func (p *provided) give() {
	for p.given < p.want && len(p.free) > 0 {
		p.Recycle(p.free[len(p.free)-1])
		p.free = p.free[:len(p.free)-1]
		p.given++
	}
}
