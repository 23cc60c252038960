package tls13

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
)

// Server does the server's side of a handshake on conn. It reads up to the end of
// the client's Finished, and no byte after it. It closes conn only if ctx ends.
// Connections may share config, of which Server uses a clone. The clone allows
// only TLS 1.3 and ALPN http/1.1, and has a KeyLogWriter of its own.
// config.GetConfigForClient must be nil.
func Server(ctx context.Context, conn net.Conn, config *tls.Config) (*Session, error) {
	if config.GetConfigForClient != nil {
		return nil, errors.New("tls13: config has GetConfigForClient, which must be nil: its configurations would keep their secrets")
	}
	h := handshake{conn: recordConn{Conn: conn}}
	c := h.configure(config)
	if !c.SessionTicketsDisabled {
		h.countTickets(c, config)
	}
	if err := h.do(ctx, tls.Server(&h.conn, c)); err != nil {
		return nil, err
	}
	s := h.session
	s.In, s.Out = h.client, h.server
	s.Out.Seq = h.tickets
	return &s, nil
}

// Client does the client's side of a handshake on conn, as Server does its side.
// It reads up to the end of the server's Finished: session tickets come as records
// after it.
func Client(ctx context.Context, conn net.Conn, config *tls.Config) (*Session, error) {
	h := handshake{conn: recordConn{Conn: conn}}
	if err := h.do(ctx, tls.Client(&h.conn, h.configure(config))); err != nil {
		return nil, err
	}
	s := h.session
	s.In, s.Out = h.server, h.client
	return &s, nil
}

// handshake is a handshake in progress.
type handshake struct {
	conn           recordConn
	client, server Half   // by sender
	tickets        uint64 // records that the server sent after its Finished
	session        Session
}

// configure returns a clone of config for this connection.
func (h *handshake) configure(config *tls.Config) *tls.Config {
	c := config.Clone()
	c.MinVersion, c.MaxVersion = tls.VersionTLS13, tls.VersionTLS13
	c.NextProtos = []string{"http/1.1"}
	c.KeyLogWriter = h
	return c
}

// maxTicketLabel keeps a NewSessionTicket message in one record.
const maxTicketLabel = MaxPlaintext - 64

// countTickets counts the session tickets that c makes. It makes c use the ticket
// keys of shared, which outlive the connection.
func (h *handshake) countTickets(c, shared *tls.Config) {
	wrap := c.WrapSession
	if wrap == nil {
		wrap, c.UnwrapSession = shared.EncryptTicket, shared.DecryptTicket
	}
	c.WrapSession = func(cs tls.ConnectionState, ss *tls.SessionState) ([]byte, error) {
		label, err := wrap(cs, ss)
		if err == nil && len(label) > maxTicketLabel {
			err = fmt.Errorf("tls13: WrapSession made a session ticket of %d bytes, which does not fit into one record; want %d at most", len(label), maxTicketLabel)
		}
		h.tickets++
		return label, err
	}
}

func (h *handshake) do(ctx context.Context, c *tls.Conn) error {
	if err := c.HandshakeContext(ctx); err != nil {
		h.wipe()
		return err
	}
	cs := c.ConnectionState()
	h.client.Suite, h.server.Suite = Suite(cs.CipherSuite), Suite(cs.CipherSuite)
	h.session.ALPN, h.session.Resumed = cs.NegotiatedProtocol, cs.DidResume
	for _, half := range []Half{h.client, h.server} {
		if err := half.Suite.check(half.Secret); err != nil {
			h.wipe()
			return fmt.Errorf("tls13: crypto/tls logged %w", err)
		}
	}
	return nil
}

func (h *handshake) wipe() {
	clear(h.client.Secret)
	clear(h.server.Secret)
}

// Write reads a line of the key log: label, client random, secret. crypto/tls
// calls it while it holds a lock that all connections share.
func (h *handshake) Write(line []byte) (int, error) {
	rest, ok := bytes.CutPrefix(line, []byte("CLIENT_TRAFFIC_SECRET_0 "))
	half := &h.client
	if !ok {
		rest, ok = bytes.CutPrefix(line, []byte("SERVER_TRAFFIC_SECRET_0 "))
		half = &h.server
	}
	if !ok {
		return len(line), nil
	}
	secret := bytes.TrimSpace(rest[bytes.IndexByte(rest, ' ')+1:])
	half.Secret = make([]byte, hex.DecodedLen(len(secret)))
	_, err := hex.Decode(half.Secret, secret)
	return len(line), err
}
