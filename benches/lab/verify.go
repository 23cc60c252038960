package lab

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"wsbench/benches/internal/wsclient"
	"wsbench/benches/load"
	"wsbench/parse"
	"wsbench/parse/opening"
)

// Refused is the error of a session that ended before its first run, as a server
// could not take part.
type Refused struct {
	Server string // its label
	Err    error
}

func (e *Refused) Error() string {
	return fmt.Sprintf("%s: %s%s; -keep-going measures the others", e.Server, strings.Replace(e.Err.Error(), "load: ", "", 1), advice(e.Err))
}

func (e *Refused) Unwrap() error { return e.Err }

// advice returns what to do about a server that could not take part.
func advice(err error) string {
	var fault *ServerFault
	var corruption *load.Corruption
	var scheme *wsclient.SchemeError
	switch {
	case errors.As(err, &scheme) && scheme.Scheme == "wss":
		return "; its command then has {tls-port} in the place of {port}"
	case errors.As(err, &scheme):
		return "; its command then has {port} in the place of {tls-port}"
	case errors.Is(err, opening.ErrResponse) && strings.Contains(err.Error(), " 404 "):
		return "; name the path of its WebSocket with -path"
	case errors.Is(err, opening.ErrResponse):
		return "; -path, -header and -subprotocol say what it wants"
	case errors.As(err, &corruption), errors.Is(err, errNoEcho):
		return "; a server must send each message back as it came: -path names another handler"
	case errors.Is(err, errNoLine), errors.Is(err, errNotReady):
		return "; -start-timeout gives it longer"
	case errors.As(err, &fault):
		return "; mend its command"
	}
	return ""
}

var errNoEcho = errors.New("no echo came back")

// verifyEchoes are the messages that a server must echo before it is measured.
var verifyEchoes = []load.Config{
	{Op: parse.Text, Size: 20},
	{Op: parse.Binary, Size: 256},
}

// verify starts server i, unless it runs, and has it echo a text and a binary message, do
// what profiles take for granted, or answer a request of the probe Accept.
func (s *Stage) verify(ctx context.Context, i int) error {
	p := s.process(i)
	if p == nil {
		defer s.end(i)
		if err := s.Start(ctx, i); err != nil {
			return err
		}
		p = s.process(i)
	}
	p.resume()
	defer p.pause()
	if probe, ok := s.Plan.Probe.(validator); ok {
		return p.blame(probe.validate(ctx, p))
	}
	if accept, ok := s.Plan.Probe.(*Accept); ok {
		_, err := accept.Open(ctx, p, s.Plan.Cases[0])
		return p.blame(err)
	}
	for _, c := range verifyEchoes {
		c.URL, c.Offer, c.Conns, c.Depth, c.Verify = p.URL(), p.Offer(), 1, 1, load.VerifyAll
		if err := verifyEcho(ctx, c); err != nil {
			return p.blame(err)
		}
	}
	return nil
}

// verifyEcho has one message echoed, or a few: the window is over at once.
func verifyEcho(ctx context.Context, c load.Config) error {
	g, err := load.Open(ctx, c)
	if err != nil {
		return err
	}
	defer g.Close()
	r, err := g.Run(ctx, 0, time.Nanosecond)
	switch {
	case err != nil:
		return fmt.Errorf("a %v message of %d bytes: %w", c.Op, c.Size, err)
	case r.Corruption != nil:
		return fmt.Errorf("a %v message of %d bytes: %w", c.Op, c.Size, r.Corruption)
	case r.Echoes < int64(c.Depth):
		return fmt.Errorf("a %v message of %d bytes: %w", c.Op, c.Size, errNoEcho)
	}
	return nil
}
