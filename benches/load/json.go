package load

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"wsbench/benches/internal/wsclient"
)

// Pair is what GET /json/{count}?m={m} is asked for: the first count items of the
// server's data set, each with a total of price × quantity × m.
type Pair struct{ Count, M int64 }

// The pairs of the profiles json and json-tls, and those that a server is validated
// with.
var (
	Pairs           = []Pair{{1, 3}, {5, 7}, {10, 2}, {15, 5}, {25, 4}, {40, 8}, {50, 6}}
	ValidationPairs = []Pair{{7, 2}, {23, 11}, {50, 1}}
)

// target returns what is asked for.
func (p Pair) target() string { return fmt.Sprintf("/json/%d?m=%d", p.Count, p.M) }

// Check returns what is wrong with the body of an answer, nil if nothing is.
func (p Pair) Check(body []byte) error {
	var a struct {
		Items []struct {
			ID, Price, Quantity, Total *int64
			Name, Category             *string
			Active                     *bool
			Tags                       []string
			Rating                     *struct{ Score, Count *int64 }
		}
		Count *int64
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return fmt.Errorf("the body is not the JSON wanted: %w", err)
	}
	if int64(len(a.Items)) != p.Count || a.Count == nil || *a.Count != p.Count {
		return fmt.Errorf("%d items came, want %d, and a count that says so", len(a.Items), p.Count)
	}
	for i, it := range a.Items {
		switch {
		case it.ID == nil || it.Name == nil || it.Category == nil || it.Price == nil || it.Quantity == nil || it.Active == nil || it.Tags == nil || it.Rating == nil || it.Rating.Score == nil || it.Rating.Count == nil || it.Total == nil:
			return fmt.Errorf("item %d lacks one of id, name, category, price, quantity, active, tags, rating{score,count} and total", i+1)
		case *it.Total != *it.Price**it.Quantity*p.M:
			return fmt.Errorf("item %d: total %d, want %d × %d × %d", i+1, *it.Total, *it.Price, *it.Quantity, p.M)
		}
	}
	return nil
}

// ReadJSON has the server at cfg.URL answer pairs, on one connection, and returns
// the exchanges: whose answers are right.
func (c *Config) ReadJSON(ctx context.Context, pairs []Pair) ([]Exchange, error) {
	u, err := wsclient.ParseURL(c.URL)
	if err != nil {
		return nil, err
	}
	within := c.Timeout
	if within == 0 {
		within = defaultTimeout
	}
	offer := c.Offer
	offer.HTTP = true
	conn, _, err := offer.Dial(ctx, u, within)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	conn.SetDeadline(time.Now().Add(within))
	in := bufio.NewReaderSize(conn, longestHead)
	var list []Exchange
	for _, p := range pairs {
		h := offer.Handshake(u.Host, p.target())
		x := Exchange{Request: fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n", h.Target, h.Host)}
		for _, line := range h.Header {
			x.Request = append(append(x.Request, line...), crlf...)
		}
		x.Request = append(x.Request, crlf...)
		if _, err := conn.Write(x.Request); err != nil {
			return nil, fmt.Errorf("GET %s: %w", h.Target, err)
		}
		if x.Body, err = p.read(in); err != nil {
			return nil, fmt.Errorf("GET %s: %w", h.Target, err)
		}
		list = append(list, x)
	}
	return list, nil
}

// read returns the body of the next answer, which is right.
func (p Pair) read(in *bufio.Reader) ([]byte, error) {
	if err := awaitHead(in); err != nil {
		return nil, err
	}
	a, err := http.ReadResponse(in, nil)
	if err != nil {
		return nil, err
	}
	// Its Body is not closed where it is not wanted: that would read it to its end.
	kind := a.Header.Get("Content-Type")
	switch {
	case a.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("status %s, want 200 OK", a.Status)
	case kind != "application/json":
		return nil, fmt.Errorf("Content-Type %q, want application/json", kind)
	case a.TransferEncoding != nil:
		return nil, errChunked
	case a.ContentLength < 0:
		return nil, errNoLength
	case a.ContentLength > longestBody:
		return nil, errLongBody
	case a.Close:
		return nil, errUnkept
	}
	body, err := io.ReadAll(a.Body)
	if err != nil {
		return nil, err
	}
	return body, p.Check(body)
}

// awaitHead waits until in holds the head of an answer, or can read no more.
func awaitHead(in *bufio.Reader) error {
	for {
		b, _ := in.Peek(in.Buffered())
		if bytes.Contains(b, headEnd) {
			return nil
		}
		switch _, err := in.Peek(len(b) + 1); err {
		case nil:
		case bufio.ErrBufferFull:
			return errLongHead
		default:
			return err
		}
	}
}

var errUnkept = fmt.Errorf("the server does not keep the connection")
