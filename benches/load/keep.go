package load

import (
	"bytes"
	"context"
	"fmt"
	"syscall"
	"time"

	"wsbench/benches/internal/wsclient"
	"wsbench/syscalls"
)

// keeper is the connections of exchanges that one dialer has opened. Servers end those
// that ask for nothing for some seconds, and to open thousands over TLS takes longer:
// meanwhile each asks once per keepEvery.
type keeper struct {
	ask  []byte // the request
	list []kept
	buf  []byte // headroom, and what is received
	out  []byte // records
	got  []byte // of an answer
}

type kept struct {
	wsclient.Raw
	asked time.Time
}

// keepEvery is less than the time that any server is known to allow; but for tests it
// is a constant.
var keepEvery = time.Second

// newKeeper returns that of a dialer; nil where connections are not of exchanges.
func (c *Config) newKeeper() *keeper {
	if c.Exchanges == nil {
		return nil
	}
	return &keeper{ask: c.Exchanges[0].Request, buf: make([]byte, wsclient.Headroom+minBuffer)}
}

// dial opens one connection more, after the others have asked that are to.
func (k *keeper) dial(ctx context.Context, open func() (wsclient.Raw, error)) (wsclient.Raw, error) {
	if k == nil {
		return open()
	}
	for i := range k.list {
		if d := &k.list[i]; time.Since(d.asked) >= keepEvery {
			if err := k.exchange(ctx, d); err != nil {
				return wsclient.Raw{}, fmt.Errorf("a connection that waits for the others to be opened: %w", err)
			}
		}
	}
	d, err := open()
	if err == nil {
		k.list = append(k.list, kept{d, time.Now()})
	}
	return d, err
}

// exchange has d ask, and takes the answer, whatever it is.
func (k *keeper) exchange(ctx context.Context, d *kept) error {
	out := k.ask
	if d.Records != nil {
		k.out = d.Records.Seal(k.out[:0], out)
		out = k.out
	}
	if n, errno := syscalls.Send(d.FD, out); errno != 0 || n < len(out) {
		return fmt.Errorf("send took %d of %d bytes: %w", n, len(out), errno)
	}
	k.got = k.got[:0]
	for ctx.Err() == nil {
		if whole, err := k.whole(); whole || err != nil {
			d.asked = time.Now()
			return err
		}
		if err := k.receive(d); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// whole reports whether k.got is an answer.
func (k *keeper) whole() (bool, error) {
	end := bytes.Index(k.got, headEnd) + len(headEnd)
	if end < len(headEnd) {
		if len(k.got) > longestHead {
			return false, errLongHead
		}
		return false, nil
	}
	_, length, err := parseHead(k.got[:end])
	if length > longestBody {
		err = errLongBody
	}
	return int64(len(k.got)-end) >= length, err
}

// receive waits a little for more of an answer.
func (k *keeper) receive(d *kept) error {
	const step = 100 // ms
	if _, err := syscalls.Await(d.FD, syscalls.EPOLLIN, step); err != nil {
		return err
	}
	n, errno := syscalls.Recv(d.FD, k.buf[wsclient.Headroom:])
	switch {
	case errno == syscall.EAGAIN || errno == syscall.EINTR:
		return nil
	case errno != 0:
		return fmt.Errorf("recv: %w", errno)
	case n == 0:
		return errEOF
	case d.Records == nil:
		k.got = append(k.got, k.buf[wsclient.Headroom:][:n]...)
		return nil
	}
	plain, err := d.Records.Open(k.buf, n)
	k.got = append(k.got, plain...)
	return err
}
