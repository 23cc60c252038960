package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"

	"wsbench/benches/internal/wsclient"
	"wsbench/benches/load"
	"wsbench/parse"
)

// validations are what a server must do before a profile is put on it, in the order
// of the suite that profiles are from. The opening handshake, with the right key, is
// part of each echo.
var validations = []struct {
	what  string
	check func(ctx context.Context, v *validation) error
}{
	{"echo a text message", func(ctx context.Context, v *validation) error { return v.echo(ctx, parse.Text, 5, 1) }},
	{"echo a binary message of 256 bytes", func(ctx context.Context, v *validation) error { return v.echo(ctx, parse.Binary, 256, 1) }},
	{"echo five messages sent at once", func(ctx context.Context, v *validation) error { return v.echo(ctx, parse.Text, 5, 5) }},
	{"refuse a request without upgrade", func(ctx context.Context, v *validation) error { return v.refuses(ctx) }},
	{"still echo after that", func(ctx context.Context, v *validation) error { return v.echo(ctx, parse.Text, 5, 1) }},
}

// validation is a server that is validated.
type validation struct {
	url    string
	offer  wsclient.Offer
	verify load.Verify
}

// validate returns what p does wrong of what profiles take for granted, nil if
// nothing. Payloads of masked servers are not compared.
func (Profile) validate(ctx context.Context, p *Process) error {
	v := &validation{p.URL(), p.Offer(), load.VerifyAll}
	if p.Server.Masked {
		v.verify = load.VerifyOff
	}
	for _, rule := range validations {
		if err := rule.check(ctx, v); err != nil {
			return fmt.Errorf("validation: the server does not %s: %w", rule.what, err)
		}
	}
	return nil
}

// echo has depth messages of size bytes echoed.
func (v *validation) echo(ctx context.Context, op parse.Opcode, size, depth int) error {
	return verifyEcho(ctx, load.Config{URL: v.url, Offer: v.offer, Conns: 1, Op: op, Size: size, Depth: depth, Verify: v.verify})
}

// refuses has a request without upgrade answered by a status of 400 to 499, or by the
// connection's end.
func (v *validation) refuses(ctx context.Context) error {
	u, err := wsclient.ParseURL(v.url)
	if err != nil {
		return err
	}
	conn, err := v.offer.Connect(ctx, u)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(answerLimit))
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", u.RequestURI(), u.Host); err != nil {
		return err
	}
	answer := make([]byte, len("HTTP/1.1 4"))
	switch _, err := io.ReadFull(conn, answer); {
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return nil
	case err != nil:
		return err
	case !strings.HasPrefix(string(answer), "HTTP/1.") || answer[len(answer)-1] != '4':
		return fmt.Errorf("the answer begins with %q; want HTTP/1.1 4…", answer)
	}
	return nil
}
