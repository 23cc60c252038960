package micro

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
	"unsafe"
)

// Set is where the payloads of a benchmark come from.
type Set string

// The sets.
const (
	Hot   Set = "hot"   // the same octets over and over
	Fresh Set = "fresh" // other octets each time, of a working set within the L1
	L2    Set = "l2"    // a working set larger than the L2
	L3    Set = "l3"    // a working set larger than the L3
)

// Sets are all of them, nearest first.
var Sets = []Set{Hot, Fresh, L2, L3}

// Batch is how long a batch over payloads of the set should be: beyond the
// L1, long enough for a prefetcher's start, and what another variant left to
// be written back, to weigh little.
func (s Set) Batch() time.Duration {
	if s == L2 || s == L3 {
		return 500 * time.Microsecond
	}
	return DefaultBatch
}

// ParseSets reads a comma-separated list.
func ParseSets(list string) (sets []Set, err error) {
	for name := range strings.SplitSeq(list, ",") {
		switch s := Set(name); s {
		case Hot, Fresh, L2, L3:
			sets = append(sets, s)
		default:
			return nil, fmt.Errorf("set %q: want hot, fresh, l2 or l3, comma-separated", name)
		}
	}
	return sets, nil
}

// line is the octets of a cache line.
const line = 64

// An Arena is memory to take payloads from. It begins on a cache line and
// holds random octets, so that every page is there.
type Arena struct {
	room   []byte
	caches Caches
}

// NewArena makes one for payloads of at most longest octets, and for the given
// sets of a host with these caches. With L3 it takes four times the L3.
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

// A Walk goes round the payloads of one length and alignment in a set, in
// order.
type Walk struct {
	room             []byte
	at, stride, last int
	size             int
	set              Set
}

// Walk begins one: payloads of size octets that begin align octets (0 to 63)
// after a cache line. Where the set holds no two such payloads, it is one
// payload over and over, and [Walk.Set] is Hot.
func (a *Arena) Walk(set Set, size, align int) *Walk {
	stride := (size + align + line - 1) &^ (line - 1)
	slots := max(1, min(a.caches.WorkingSet(set), len(a.room))/max(1, stride))
	if slots == 1 {
		set = Hot
	}
	return &Walk{room: a.room[align:], stride: stride, last: (slots - 1) * stride, size: size, set: set}
}

// Set is where the payloads come from in fact: the set asked for, or Hot.
func (w *Walk) Set() Set { return w.set }

// Next is the next payload, valid as long as the arena. It is inlined; all
// that it costs is about a nanosecond.
func (w *Walk) Next() []byte {
	at := w.at
	w.at = at + w.stride
	if at >= w.last {
		w.at = 0
	}
	return w.room[at : at+w.size]
}
