package reactor

import (
	"errors"
	"fmt"
	"syscall"

	"wsbench/benches/internal/tls13"
	"wsbench/syscalls"
)

// control handles a record that is not application data. It returns false if
// nothing more is read from c.
func (l *Loop) control(c *Conn, t *tlsConn, typ uint8, content []byte) bool {
	switch {
	case typ == tls13.TypeHandshake:
		return l.keyUpdate(c, t, content)
	case typ == tls13.TypeAlert && !t.post.Partial():
		return l.alerted(c, t, content)
	}
	l.refuse(c, t, tls13.UnexpectedMessage)
	return false
}

// alerted handles an alert of the peer's.
func (l *Loop) alerted(c *Conn, t *tlsConn, content []byte) bool {
	switch a, err := tls13.ParseAlert(content); {
	case err != nil:
		l.refuse(c, t, err)
	case a == tls13.UserCanceled: // close_notify follows (RFC 8446, section 6.1)
		return true
	case a != tls13.CloseNotify:
		l.drop(c, fmt.Errorf("reactor: the peer ended TLS by an alert: %w", a))
	default:
		if t.ended = true; c.flags&paused == 0 {
			l.eof(c)
		} // else unpause does
	}
	return false
}

// keyUpdate handles a handshake record. The only message that a client sends in one
// is a key update.
func (l *Loop) keyUpdate(c *Conn, t *tlsConn, content []byte) bool {
	u, err := t.post.Read(content)
	if err != nil {
		l.refuse(c, t, err)
		return false
	}
	if u.Received {
		l.count.TLSUpdates++
		if !l.rekey(c, t, syscalls.TLSReceive) {
			return false
		}
	}
	if u.Requested && !t.updating { // one answers several (RFC 8446, section 4.6.3)
		t.updating = true
		l.queueControl(c, tls13.TypeHandshake, tls13.KeyUpdateMessage(false))
	}
	return true
}

// rekey moves one direction on to its next key. It returns false if that ended c.
func (l *Loop) rekey(c *Conn, t *tlsConn, d syscalls.TLSDirection) bool {
	k := t.kernel
	switch {
	case k != nil:
		return l.rekeyKernel(c, t, d)
	case d == syscalls.TLSReceive:
		t.records.in.Update()
	} // SealKeyUpdate has updated the other
	return true
}

func (l *Loop) rekeyKernel(c *Conn, t *tlsConn, d syscalls.TLSDirection) bool {
	h := &t.kernel.in
	if d == syscalls.TLSSend {
		h = &t.kernel.out
	}
	h.Update()
	err := t.kernel.calls.rekey(h, int(c.fd), d)
	if err == nil {
		return true
	}
	l.count.TLSUnkeyed++
	if why := fmt.Errorf("%w (%w)", ErrRekey, err); d == syscalls.TLSReceive {
		l.endByAlert(c, t, tls13.InternalError, why)
	} else {
		l.drop(c, why) // the peer could not read an alert
	}
	return false
}

// controlSent goes on after a part of a record of this type, not application data,
// was sent.
func (l *Loop) controlSent(c *Conn, typ uint8) {
	if t := c.tls(); typ == tls13.TypeHandshake && c.x.queue.record() != typ {
		t.updating = false
		l.rekey(c, t, syscalls.TLSSend)
	}
}

// refuse ends c for what its peer sent, by the alert that err is.
func (l *Loop) refuse(c *Conn, t *tlsConn, err error) {
	a := tls13.AlertError(tls13.InternalError)
	errors.As(err, &a)
	l.count.TLSRefused++
	l.endByAlert(c, t, a, fmt.Errorf("reactor: what the peer sent is no TLS: %w", a))
}

// endByAlert ends c by an alert behind what is queued.
func (l *Loop) endByAlert(c *Conn, t *tlsConn, a tls13.AlertError, why error) {
	t.notified = true
	l.queueControl(c, tls13.TypeAlert, tls13.AlertMessage(a))
	l.finish(c, why)
}

// kernelRecords is the TLS of a connection whose records the kernel seals and
// opens: what it takes to give it other keys.
type kernelRecords struct {
	in, out tls13.Half
	calls   kernelCalls
}

// kernelCalls are the system calls that tests replace.
type kernelCalls interface {
	// recv takes one record of any type.
	recv(fd int, b []byte) (n int, typ uint8, err error)
	// rekey gives the keys of h for one direction.
	rekey(h *tls13.Half, fd int, d syscalls.TLSDirection) error
}

// kernelRecord goes on from a recv that failed with errno on a connection whose
// records are the kernel's. EIO means that the next record is not application data;
// the errnos of badRecord mean that it is wrong. It returns false for any other.
func (l *Loop) kernelRecord(c *Conn, t *tlsConn, errno syscall.Errno) bool {
	switch a := badRecord(errno); {
	case a != 0 && c.reads():
		l.refuse(c, t, a)
	case errno == syscall.EIO:
		l.recvRecord(c, t)
	default:
		return false
	}
	return true
}

// badRecord returns the alert that answers a record that the kernel refused with
// errno, or 0 if errno means something else.
func badRecord(errno syscall.Errno) tls13.AlertError {
	switch errno {
	case syscall.EBADMSG:
		return tls13.BadRecordMAC
	case syscall.EMSGSIZE:
		return tls13.RecordOverflow
	case syscall.EINVAL:
		return tls13.UnexpectedMessage
	}
	return 0
}

func (l *Loop) recvRecord(c *Conn, t *tlsConn) {
	n, typ, err := t.kernel.calls.recv(int(c.fd), l.discard)
	switch {
	case err == syscall.EAGAIN || err == syscall.EINTR:
	case err != nil:
		l.drop(c, err)
	case !c.reads(): // it has no effect any more
	case n == 0 && typ == 0:
		l.eof(c)
	case n == 0: // RFC 8446, section 5.4
		l.refuse(c, t, tls13.UnexpectedMessage)
	default:
		c.silent = 0
		l.control(c, t, typ, l.discard[:n])
	}
}
