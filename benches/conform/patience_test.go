package conform

import (
	"strings"
	"testing"
	"time"
)

// late are servers that do what is due, but take their time.
func late(d time.Duration) map[string]honest {
	return map[string]honest{
		"1.1.1 2.10 7.3.3": {closed: func(c *session, p []byte) { time.Sleep(d); c.write(shut, p) }},
		"1.1.2 7.7 x.9.1":  {end: func(c *session) { time.Sleep(d); c.Close() }},
		"1.2.1 5.19 6.5":   {echo: func(c *session, op uint8, p []byte) { time.Sleep(d); c.write(op|fin, p) }},
		"2.1 2.9":          {pong: func(c *session, p []byte) { time.Sleep(d); c.write(pong, p) }},
		"3.1 6.3.1 6.4.1":  {fail: func(c *session, code int) { time.Sleep(d); failBy(code)(c, code) }},
	}
}

// A peer has a twentieth of Timeout, and at least a second, where Autobahn
// gives it a second.
func TestPatience(t *testing.T) {
	for _, tt := range []struct {
		timeout, late time.Duration
		ok            bool
	}{
		{time.Second, 400 * time.Millisecond, true},
		{20 * time.Second, 1100 * time.Millisecond, false},
		{DefaultTimeout, 1400 * time.Millisecond, true},
		{DefaultTimeout, 4 * time.Second, false},
		{10 * time.Minute, 14 * time.Second, true},
	} {
		for ids, h := range late(tt.late) {
			bubble(t, ids, func(t *testing.T) {
				for _, c := range selected(t, strings.Fields(ids)...) {
					if r := meet(&c, &h, termsOf(tt.timeout, false)); r.Strict() != tt.ok {
						t.Errorf("timeout %v, %v late:\n%s", tt.timeout, tt.late, r.Detail())
					}
				}
			})
		}
	}
}

// Whom nothing is missing from nobody waits for, however patient.
func TestPatienceTakesNoTime(t *testing.T) {
	bubble(t, "honest", func(t *testing.T) {
		for _, c := range Cases() {
			if slow(c) {
				continue
			}
			took := func(timeout time.Duration) time.Duration {
				began := time.Now()
				if r := meet(&c, &honest{}, termsOf(timeout, false)); !r.Strict() {
					t.Errorf("%s", r.Detail())
				}
				return time.Since(began)
			}
			if short, long := took(DefaultTimeout), took(time.Hour); short != long {
				t.Errorf("case %s takes %v, with more patience %v", c.ID, short, long)
			}
		}
	})
}
