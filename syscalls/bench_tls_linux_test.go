package syscalls

import (
	"fmt"
	"syscall"
	"testing"

	"wsbench/profiles/benchloop"
)

var tlsSizes = []int{20, 256, 1024, 4096, 16384}

// BenchmarkTLSRecord seals a message into a record in memory, or opens it: what
// a server in userspace does beside its system calls. Opening includes a copy of
// the record, since it is opened in place.
func BenchmarkTLSRecord(b *testing.B) {
	for _, c := range tlsCiphers {
		for _, size := range tlsSizes {
			u, plain := newUserTLS(b, c.keys), make([]byte, size)
			sealed := u.seal(nil, 23, plain)
			record := make([]byte, len(sealed))
			name := fmt.Sprintf("cipher=%s/size=%d/do=", c.name, size)
			b.Run(name+"seal", func(b *testing.B) {
				b.SetBytes(int64(size))
				benchloop.Begin(b)
				for b.Loop() {
					u.seal(record[:0], 23, plain)
				}
			})
			b.Run(name+"open", func(b *testing.B) {
				b.SetBytes(int64(size))
				benchloop.Begin(b)
				for b.Loop() {
					u.keys.Seq = c.keys.Seq
					copy(record, sealed)
					if _, _, err := u.open(record); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkTLSSocket sends a message over loopback and receives it, both on the
// benchmark's thread.
//
//	tls  off: as it is    user: sealed before the send, opened after the recv
//	     ktls: by the kernel, in send and recv
func BenchmarkTLSSocket(b *testing.B) {
	for _, size := range tlsSizes {
		b.Run(fmt.Sprintf("tls=off/size=%d", size), func(b *testing.B) { newTLSPair(b).measure(b, size) })
	}
	for _, c := range tlsCiphers {
		for _, size := range tlsSizes {
			b.Run(fmt.Sprintf("tls=user/cipher=%s/size=%d", c.name, size), func(b *testing.B) {
				p := newTLSPair(b)
				p.sealer, p.opener = newUserTLS(b, c.keys), newUserTLS(b, c.keys)
				p.measure(b, size)
			})
			b.Run(fmt.Sprintf("tls=ktls/cipher=%s/size=%d", c.name, size), func(b *testing.B) {
				p := newTLSPair(b)
				p.kernel(b, c.keys)
				p.measure(b, size)
			})
		}
	}
}

// tlsPair is two ends of a connection and what is between them.
type tlsPair struct {
	from, to       int
	sealer, opener *userTLS
	out, in        []byte
	calls          int
}

func newTLSPair(b *testing.B) *tlsPair {
	p := &tlsPair{in: make([]byte, 32<<10)}
	p.from, p.to = tcpPair(b)
	noError(b, SetNoDelay(p.from))
	return p
}

func (p *tlsPair) kernel(b *testing.B, k TLSKeys) {
	if err := ProbeTLS(); err != nil {
		b.Skip(err)
	}
	noError(b, AttachTLS(p.from))
	noError(b, AttachTLS(p.to))
	noError(b, SetTLSKeys(p.from, TLSSend, k))
	noError(b, SetTLSKeys(p.to, TLSReceive, k))
}

func (p *tlsPair) measure(b *testing.B, size int) {
	lock(b)
	plain, messages := make([]byte, size), 0
	b.SetBytes(int64(size))
	benchloop.Begin(b)
	cpu := threadCPU()
	for b.Loop() {
		messages++
		if p.sealer == nil {
			p.pass(b, plain)
			continue
		}
		p.out = p.sealer.seal(p.out[:0], 23, plain)
		p.pass(b, p.out)
		if _, _, err := p.opener.open(p.in[:len(p.out)]); err != nil {
			b.Fatal(err)
		}
	}
	cpu = threadCPU() - cpu
	perMessage(b, p.calls, messages)
	b.ReportMetric(float64(cpu.Nanoseconds())/float64(messages), "cpu-ns/msg")
}

// pass sends out and receives it whole.
func (p *tlsPair) pass(b *testing.B, out []byte) {
	for sent, got := 0, 0; got < len(out); {
		if sent < len(out) {
			p.calls++
			n, errno := Send(p.from, out[sent:])
			if errno != 0 && errno != syscall.EAGAIN {
				b.Fatal(errno)
			}
			sent += max(n, 0)
		}
		p.calls++
		n, errno := Recv(p.to, p.in[got:])
		if errno != 0 && errno != syscall.EAGAIN {
			b.Fatal(errno)
		}
		got += max(n, 0)
	}
}
