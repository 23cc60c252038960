package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"wsbench/benches/reactor"
	"wsbench/parse"
)

// broker is the handler. Everything happens on the loop's goroutine, so that
// nothing is locked.
type broker struct{ rooms map[string]room }

// room is its members, by name.
type room map[string]*reactor.Conn

// member is what a connection's Data says of it.
type member struct{ room, name string }

// closeTryLater is the close code of the IANA registry for "come back later".
const closeTryLater = 1013

// Open lets c into the room that it asked for, and tells it who is there.
func (b *broker) Open(c *reactor.Conn) {
	m, err := invite(c.Target())
	if err == nil && b.rooms[m.room][m.name] != nil {
		err = errors.New("this name is taken")
	}
	if err != nil {
		c.Close(parse.ClosePolicy, err.Error())
		return
	}
	r := b.rooms[m.room]
	if r == nil {
		r = room{}
		b.rooms[m.room] = r
	}
	here := strings.Join(slices.Sorted(maps.Keys(r)), ", ")
	c.Send(parse.Text, fmt.Appendf(nil, "* here: %s", cmp.Or(here, "nobody")))
	c.Data = m
	r[m.name] = c
	r.say("* %s joined", m.name)
}

// maxName is the longest name, bytes.
const maxName = 32

// invite reads who asks for which room.
func invite(target string) (m member, err error) {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return m, errors.New("ask for /room?name=you")
	}
	m = member{room: u.Path, name: u.Query().Get("name")}
	if m.name == "" || len(m.name) > maxName || !utf8.ValidString(m.name) || strings.ContainsFunc(m.name, unicode.IsControl) {
		return m, fmt.Errorf("ask for /room?name=you, a name of at most %d bytes", maxName)
	}
	return m, nil
}

// Message passes a text on to the whole room, its author included.
func (b *broker) Message(c *reactor.Conn, op parse.Opcode, payload []byte) {
	if op != parse.Text {
		c.Close(parse.CloseUnsupported, "this is a chat of texts")
		return
	}
	m := c.Data.(member)
	b.rooms[m.room].say("%s: %s", m.name, payload)
}

// Close takes c out of its room, if it ever was in one.
func (b *broker) Close(c *reactor.Conn, _ error) {
	m, ok := c.Data.(member)
	if !ok {
		return
	}
	r := b.rooms[m.room]
	delete(r, m.name)
	if r.say("* %s left", m.name); len(r) == 0 {
		delete(b.rooms, m.room)
	}
}

// say sends one text to all members; in memory it is there once. A member with
// no room for it is too slow, and is told so behind what it has not read yet.
func (r room) say(format string, args ...any) {
	p, _ := reactor.Prepare(parse.Text, fmt.Appendf(nil, format, args...)) // which refuses no Text
	for _, c := range r {
		if c.SendPrepared(p) == reactor.ErrFull {
			c.Close(closeTryLater, "you read too slowly for this room")
		}
	}
}
