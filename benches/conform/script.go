package conform

import (
	"slices"
	"time"
)

// open reports whether neither side has begun to close.
func (p *player) open() bool { return !p.rec.sent && !p.rec.came && p.rec.breach == nil }

// arm starts the case's timer.
func (p *player) arm() { p.timer = time.Now().Add(p.stretched(p.c.Timer.After)) }

// advance does the steps up to one that waits. Behind the last one no step ends
// the writer's stream.
func (p *player) advance() {
	for ; p.step < len(p.c.Steps) && p.wake.IsZero(); p.step++ {
		switch s := p.c.Steps[p.step]; {
		case s.Await:
			if len(p.rec.got) <= p.passed {
				return
			}
			p.passed++
		case s.Wait > 0:
			p.timer = time.Time{}
			p.wake = time.Now().Add(p.pause(s))
			return
		case s.Closes:
			p.close(s)
		default:
			p.held = s.More > 0 || s.Frame.Hold > 0
			p.queue(s)
		}
	}
	if p.step == len(p.c.Steps) && p.c.Stream > 0 && !p.streamed {
		p.streamed = true
		p.queue(Step{})
	}
}

// pause returns how long a Wait takes.
func (p *player) pause(s Step) time.Duration {
	if s.Due {
		return p.stretched(s.Wait)
	}
	return s.Wait
}

// woken goes on behind a Wait.
func (p *player) woken() {
	p.wake = time.Time{}
	if !p.open() {
		p.step = len(p.c.Steps)
		return
	}
	if tag := p.c.Steps[p.step].Tag; tag != "" {
		p.event(Event{Elapsed, literal(tag)})
	}
	p.step++
	p.arm()
	p.advance()
}

func (p *player) queue(s Step) {
	if !p.complete {
		p.jobs <- s
	}
}

// close sends our close frame, if it is not sent yet.
func (p *player) close(s Step) {
	if p.rec.sent {
		return
	}
	p.rec.sent = true
	if p.rec.first == Nobody {
		p.rec.first = Us
	}
	p.queue(s)
	p.await()
}

// await starts the peer's time for its part of the closing handshake.
func (p *player) await() {
	p.closing = time.Now()
	p.bound = p.closing.Add(p.patience)
}

// take handles what the reader hands over.
func (p *player) take(r report) {
	v, bad := asViolation(r.err)
	switch {
	case bad:
		p.violated(v)
	case r.err != nil:
		p.ended(r)
	case r.op == opClose:
		p.closed(r)
	case r.op == opPing:
		p.pinged(r.payload)
	case r.op == opPong:
		p.arrived(Pong, r.payload)
	case p.failed || r.op > opPong: // does not count
	case r.op == opText:
		p.arrived(Text, r.payload)
	default:
		p.arrived(Binary, r.payload)
	}
}

// arrived records what came, and goes on where it was awaited.
func (p *player) arrived(kind Kind, payload []byte) {
	p.event(Event{kind, literal(string(payload))})
	p.advance()
}

// event records e. We close once all has come. Once something wrong has, only
// the timer could still end the case, and does so at once; but of a message
// whose length alone Autobahn compares, it awaits no other.
func (p *player) event(e Event) {
	want := p.c.arranged(append(slices.Clip(p.rec.got), e))
	if p.good == len(p.rec.got) && p.good < len(want) && same(want[p.good], e, p.c.LengthOnly) {
		p.good++
	}
	p.rec.got = append(p.rec.got, e)
	switch n, wrong := len(p.rec.got), p.good < len(p.rec.got); {
	case n > 2*len(want)+moreEvents:
		p.violated(&violation{1008, "many more messages than were due"})
	case p.c.Close.By != Us || !p.open() || p.c.closesItself():
	case wrong && !p.c.LengthOnly:
		p.giveUp()
	case wrong || n == len(want):
		p.close(closeCode(1000, ""))
	}
}

// pinged answers a ping, unless that would get into the middle of a frame.
func (p *player) pinged(payload []byte) {
	if p.pings++; p.pings > morePings {
		p.violated(&violation{1008, "more than a thousand pings"})
	} else if p.open() && !p.held {
		p.queue(frame(pong, string(payload)))
	}
}

// closed handles the peer's close frame. Of one that is at fault, the code
// counts nonetheless.
func (p *player) closed(r report) {
	code, err := parseClose(r.payload)
	if v, bad := asViolation(err); bad {
		p.violated(v)
	}
	p.rec.code, p.rec.badCode = code, code == 0 && len(r.payload) > 1
	if p.done || p.rec.came {
		return
	}
	p.rec.came, p.shutAt = true, r.at
	if p.rec.first == Nobody {
		p.rec.first = Peer
	}
	p.close(closeCode(1000, ""))
	p.await()
	p.finish()
}

// violated fails the connection (section 7.1.7): by our close frame or, behind
// that, by dropping TCP.
func (p *player) violated(v *violation) {
	p.failed = true
	if p.rec.breach == nil {
		p.rec.breach = v
	}
	if p.rec.sent {
		p.drop(dropped)
	}
	p.close(closeCode(v.code, ""))
}

// tick does what is due.
func (p *player) tick(now time.Time) {
	switch at := p.due(); {
	case at.IsZero() || now.Before(at):
	case at.Equal(p.wake):
		p.woken()
	case at.Equal(p.timer):
		p.expire()
	default:
		p.drop(impatient)
	}
}

// expire handles the end of the case's time.
func (p *player) expire() {
	if p.open() {
		p.rec.expired = p.stretched(p.c.Timer.After)
	}
	p.giveUp()
}

// giveUp does what the case's timer is for.
func (p *player) giveUp() {
	p.timer = time.Time{}
	open, kill := p.open(), p.c.Timer.Kill
	p.rec.gaveUp = p.rec.gaveUp || open
	p.failed = p.failed || kill
	switch {
	case open && kill:
		p.close(closeCode(1001, "going away"))
	case open:
		p.close(closing(literal("")))
	case kill:
		p.drop(dropped)
	}
}
