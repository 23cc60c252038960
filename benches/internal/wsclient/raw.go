package wsclient

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"time"

	"wsbench/benches/internal/tls13"
	"wsbench/syscalls"
)

// Raw is a connection after its opening handshake, whose owner sends and receives on
// its descriptor.
type Raw struct {
	FD      int            // does not block; the caller closes it
	Records *Records       // the record layer; nil: there is no TLS
	Early   []byte         // the bytes that followed the server's answer
	Remote  netip.AddrPort // the server's address
}

// DialRaw does what Dial does.
func (o Offer) DialRaw(ctx context.Context, u *url.URL, within time.Duration) (Raw, error) {
	bounded, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	r, err := o.dialRaw(bounded, u)
	if err != nil {
		return Raw{}, explain(bounded, err, within)
	}
	return r, nil
}

func (o Offer) dialRaw(ctx context.Context, u *url.URL) (r Raw, err error) {
	conn, err := connect(ctx, u)
	if err != nil {
		return Raw{}, err
	}
	defer func() {
		if err != nil {
			conn.Close()
		}
	}()
	if !Secure(u) {
		r.Early, err = o.open(ctx, conn, u)
	} else if r.Records, err = o.TLS.records(ctx, conn, u.Hostname()); err == nil {
		over := newSealed(conn, r.Records)
		r.Early, err = o.open(ctx, over, u)
		r.Early = append(r.Early, over.plain...)
	}
	if err != nil {
		return Raw{}, err
	}
	r.Remote, _ = netip.ParseAddrPort(conn.RemoteAddr().String())
	r.FD, err = syscalls.Detach(conn)
	return r, err
}

// records does the handshake of TLS on conn.
func (t TLS) records(ctx context.Context, conn net.Conn, host string) (*Records, error) {
	s, err := tls13.Client(ctx, conn, t.Config(host))
	if err != nil {
		return nil, AdviseTLS(err)
	}
	return NewRecords(s)
}

// sealed is a connection whose bytes go through a record layer.
type sealed struct {
	net.Conn
	*recordReader
	out []byte
}

func newSealed(conn net.Conn, r *Records) *sealed {
	return &sealed{Conn: conn, recordReader: newRecordReader(conn, r)}
}

// Read reads what the server sent.
func (s *sealed) Read(b []byte) (int, error) { return s.recordReader.Read(b) }

// Write sends b.
func (s *sealed) Write(b []byte) (int, error) {
	s.out = s.records.Seal(s.out[:0], b)
	if _, err := s.Conn.Write(s.out); err != nil {
		return 0, err
	}
	return len(b), nil
}
