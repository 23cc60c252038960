package micro

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unsafe"
)

// Set says where the payloads of a benchmark come from.
type Set string

// The sets.
const (
	Hot   Set = "hot"   // the same bytes over and over
	Fresh Set = "fresh" // other bytes each time, of a working set within the L1
	L2    Set = "l2"    // a working set larger than the L2
	L3    Set = "l3"    // a working set larger than the L3
)

// Sets lists all of them, the nearest first.
var Sets = []Set{Hot, Fresh, L2, L3}

// Batch returns how long a batch over payloads of the set should be. Beyond the
// L1 it is longer, so that a prefetcher's start, and what another variant left to
// be written back, weigh little.
func (s Set) Batch() time.Duration {
	if s == L2 || s == L3 {
		return 500 * time.Microsecond
	}
	return DefaultBatch
}

// ParseSets reads a comma-separated list of sets.
func ParseSets(list string) (sets []Set, err error) {
	for name := range strings.SplitSeq(list, ",") {
		if slices.Contains(sets, Set(name)) {
			return nil, fmt.Errorf("set %q: duplicate; name each set once", name)
		}
		switch s := Set(name); s {
		case Hot, Fresh, L2, L3:
			sets = append(sets, s)
		default:
			return nil, fmt.Errorf("set %q: want hot, fresh, l2 or l3, comma-separated", name)
		}
	}
	return sets, nil
}

// line is the size of a cache line in bytes.
const line = 64

// Arena is memory to take payloads from. It begins on a cache line and
// holds random bytes, so that every page is there.
type Arena struct {
	room   []byte
	caches Caches
}

// NewArena makes an arena for payloads of at most longest bytes, and for sets on
// a host with these caches. With L3 it is four times as large as the L3.
func NewArena(longest int, sets []Set, caches Caches) *Arena {
	n := 0
	for _, s := range sets {
		n = max(n, caches.WorkingSet(s))
	}
	n = max(n, longest+2*line)
	room := make([]byte, n+line)
	skip := int(-uintptr(unsafe.Pointer(&room[0])) % line)
	room = room[skip : skip+n : skip+n]
	part := make([]byte, min(n, 64<<10))
	rand.NewChaCha8([32]byte{'a', 'r', 'e', 'n', 'a'}).Read(part)
	for at := 0; at < n; {
		at += copy(room[at:], part)
	}
	return &Arena{room, caches}
}

// Walk goes round the payloads of one length and alignment in a set, in
// order.
type Walk struct {
	room             []byte
	at, stride, last int
	size             int
	set              Set
}

// Walk returns a walk over payloads of size bytes that begin align bytes (0 to
// 63) after a cache line. Where the set holds no two such payloads, the walk is
// one payload over and over, and [Walk.Set] returns Hot.
func (a *Arena) Walk(set Set, size, align int) *Walk {
	stride := (size + align + line - 1) &^ (line - 1)
	slots := max(1, min(a.caches.WorkingSet(set), len(a.room))/max(1, stride))
	if slots == 1 {
		set = Hot
	}
	return &Walk{room: a.room[align:], stride: stride, last: (slots - 1) * stride, size: size, set: set}
}

// Set returns where the payloads come from in fact: the set asked for, or Hot.
func (w *Walk) Set() Set { return w.set }

// Next returns the next payload, which is valid as long as the arena. It is
// inlined, and costs about a nanosecond.
func (w *Walk) Next() []byte {
	at := w.at
	w.at = at + w.stride
	if at >= w.last {
		w.at = 0
	}
	return w.room[at : at+w.size]
}
