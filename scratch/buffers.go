package scratch

import "fmt"

// Kind is a way to own receive buffers; see the package documentation.
type Kind uint8

// The kinds of receive buffer.
const (
	// Shared: all connections of a loop read into one buffer, which stays in
	// the cache. An idle connection owns none.
	Shared Kind = iota
	// PerConn: each connection has its own from its first read on.
	PerConn
	// Pooled: a connection borrows one for the time of a read.
	Pooled
	// Ring: the kernel picks one, of the few that a loop has provided, when
	// bytes have arrived (io_uring's provided buffer ring). Those buffers are
	// package syscalls' BufRing, which this leaf does not import: New makes
	// none.
	Ring
)

var kinds = [...]string{Shared: "shared", PerConn: "conn", Pooled: "pool", Ring: "ring"}

// String returns the name that ParseKind accepts.
func (k Kind) String() string { return kinds[k] }

// ParseKind reads a Kind as String writes it.
func ParseKind(s string) (Kind, error) {
	for k, name := range kinds {
		if s == name {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("buffers %q: want shared, conn, pool or ring", s)
}

// DefaultSize is the size in bytes of a receive buffer: a message of 64 KiB
// fits with its header.
const DefaultSize = 68 << 10

// Buffers hands out receive buffers of one kind and size.
type Buffers struct {
	kind   Kind
	size   int
	shared []byte
	pool   *Pool
}

// New makes a source of receive buffers of size bytes. Pooled ones come from
// pool, which may serve others too. A source of the kind Ring has none: its Get
// returns nil, for what has a ring asks that.
func New(kind Kind, size int, pool *Pool) *Buffers {
	s := &Buffers{kind: kind, size: size, pool: pool}
	if kind == Shared {
		s.shared = make([]byte, size)
	}
	return s
}

// Size returns the length of every buffer in bytes.
func (s *Buffers) Size() int { return s.size }

// Get returns the buffer for one read of a connection; own is where that
// connection keeps one of its own. It is valid until Put, and a Shared one
// until the next Get.
func (s *Buffers) Get(own *[]byte) []byte {
	switch s.kind {
	case Shared:
		return s.shared
	case PerConn:
		if *own == nil {
			*own = make([]byte, s.size)
		}
		return *own
	case Ring:
		return nil
	}
	return s.pool.Get(s.size)[:s.size]
}

// Put ends the use of b, which Get returned.
func (s *Buffers) Put(b []byte) {
	if s.kind == Pooled {
		s.pool.Put(b)
	}
}
