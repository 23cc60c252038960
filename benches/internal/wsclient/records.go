package wsclient

import (
	"fmt"
	"io"

	"wsbench/benches/internal/tls13"
)

// Records is the record layer of a connection whose owner sends and receives on its
// descriptor. One goroutine at a time may use it.
type Records struct {
	sealer *tls13.Sealer
	opener *tls13.Opener
	post   tls13.Post
	part   []byte // of a record that has not come whole
	owed   bool   // the server awaits a key update
}

// NewRecords returns the record layer of a session, which it wipes.
func NewRecords(s *tls13.Session) (*Records, error) {
	defer s.Wipe()
	r := &Records{post: tls13.Post{Client: true}}
	var err error
	if r.sealer, err = tls13.NewSealer(s.Out); err != nil {
		return nil, err
	}
	r.opener, err = tls13.NewOpener(s.In)
	return r, err
}

// Seal appends plain to dst as records. They must be sent whole, in the order in
// which they were sealed. plain must not overlap what dst has room for.
func (r *Records) Seal(dst, plain []byte) []byte {
	if r.owed {
		r.owed = false
		dst = r.sealer.SealKeyUpdate(dst, false)
	}
	return r.sealer.Seal(dst, tls13.TypeApplicationData, plain)
}

// SealEnd appends a close_notify to dst, the last record of the connection.
func (r *Records) SealEnd(dst []byte) []byte { return r.sealer.SealAlert(dst, tls13.CloseNotify) }

// SealedSize returns how many bytes Seal appends for n, most of the time.
func SealedSize(n int) int { return tls13.SealedSize(n) }

// Headroom is how many bytes the buffer of Open has before those received.
const Headroom = tls13.MaxRecord

// Open opens in place the n bytes that were received behind the headroom of buf.
// plain is a part of buf and may be empty. With an error, plain is what came before
// it. The error is io.EOF if the server has ended the connection.
func (r *Records) Open(buf []byte, n int) (plain []byte, err error) {
	from := Headroom - len(r.part)
	copy(buf[from:], r.part)
	b := buf[from : Headroom+n]
	plain = b[:0]
	for {
		size, err := tls13.RecordSize(b)
		if err != nil {
			return plain, wrong(err)
		}
		if size == 0 || size > len(b) {
			r.part = append(r.part[:0], b...)
			return plain, nil
		}
		content, err := r.record(b[:size])
		if err != nil {
			return plain, err
		}
		if len(plain) == 0 {
			plain = content
		} else {
			plain = append(plain, content...) // moves it forward in buf
		}
		b = b[size:]
	}
}

// recordReader reads the content of records.
type recordReader struct {
	from    io.Reader
	records *Records
	buf     []byte // headroom, and what is received
	plain   []byte // received, not read yet
	err     error  // after it
}

// Reader returns a reader of the content of the records that come from the
// connection. Drop it only with the connection: it may have received bytes that it
// has not handed out.
func (r *Records) Reader(from io.Reader) io.Reader { return newRecordReader(from, r) }

func newRecordReader(from io.Reader, r *Records) *recordReader {
	return &recordReader{from: from, records: r, buf: make([]byte, Headroom+4096)}
}

// Read implements io.Reader.
func (r *recordReader) Read(b []byte) (int, error) {
	for len(r.plain) == 0 && r.err == nil {
		n, err := r.from.Read(r.buf[Headroom:])
		if r.plain, r.err = r.records.Open(r.buf, n); r.err == nil {
			r.err = err
		}
	}
	if len(r.plain) == 0 {
		return 0, r.err
	}
	n := copy(b, r.plain)
	r.plain = r.plain[n:]
	return n, nil
}

// record opens one record, and returns what is in it for the connection.
func (r *Records) record(b []byte) (content []byte, err error) {
	typ, content, err := r.opener.Open(b)
	switch {
	case err != nil:
		return nil, wrong(err)
	case typ != tls13.TypeHandshake && r.post.Partial():
		return nil, wrong(tls13.UnexpectedMessage)
	case typ == tls13.TypeApplicationData:
		return content, nil
	case typ == tls13.TypeAlert:
		return nil, alerted(content)
	}
	update, err := r.post.Read(content)
	if err != nil {
		return nil, wrong(err)
	}
	if update.Received {
		r.opener.Update()
	}
	r.owed = r.owed || update.Requested
	return nil, nil
}

// alerted returns what an alert of the server means.
func alerted(content []byte) error {
	switch alert, err := tls13.ParseAlert(content); {
	case err != nil:
		return wrong(err)
	case alert == tls13.CloseNotify:
		return io.EOF
	case alert == tls13.UserCanceled:
		return nil
	default:
		return fmt.Errorf("the server sent an alert of TLS: %w", alert)
	}
}

// wrong returns the error of records that are wrong.
func wrong(err error) error { return fmt.Errorf("the server's records of TLS: %w", err) }
