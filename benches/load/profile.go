package load

import (
	"fmt"
	"strings"

	"wsbench/parse"
)

// Profile is a load by name, which others can put on their servers too.
type Profile struct {
	Name  string
	Depth int // messages in flight per connection
	Turns int // messages of a connection, after which a new one takes its place; 0: it stays
	Conns []int
	Kind  ProfileKind
	TLS   bool // the server's address is wss://
}

// ProfileKind is what the connections of a profile do.
type ProfileKind int

// The kinds of profiles.
const (
	Echoes     ProfileKind = iota // short text messages
	Answers                       // GET /json/{count}?m={m}, by Pairs in turn
	Handshakes                    // those of TLS; the connections are dialers
)

// Profiles are those of a public suite of benchmarks of HTTP servers, with the
// connections that they have there, and handshakes of TLS.
var Profiles = []Profile{
	{Name: "echo-ws", Depth: 1, Conns: echoConns},
	{Name: "echo-ws-pipeline", Depth: 16, Conns: echoConns},
	{Name: "echo-ws-limited", Depth: 1, Turns: 10, Conns: echoConns},
	{Name: "json", Depth: 1, Conns: []int{4096}, Kind: Answers},
	{Name: "json-tls", Depth: 1, Conns: []int{4096}, Kind: Answers, TLS: true},
	{Name: "tls-handshake", Depth: 1, Conns: []int{64}, Kind: Handshakes, TLS: true},
}

var echoConns = []int{512, 4096, 16384}

const profileText = "hello"

// ProfileOf returns the profile of a name.
func ProfileOf(name string) (Profile, error) {
	var names []string
	for _, p := range Profiles {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Profile{}, fmt.Errorf("profile %q: want %s", name, strings.Join(names, ", "))
}

// Config returns the profile as a load without an address, and of Answers without
// its exchanges: every echo is verified, and every answer.
func (p Profile) Config(conns int) Config {
	if p.Kind == Answers {
		return Config{Conns: conns, Op: parse.Binary, Depth: p.Depth, Verify: VerifyAll, Endure: true}
	}
	return Config{Conns: conns, Size: len(profileText), Payload: []byte(profileText), Op: parse.Text, Depth: p.Depth, Turns: p.Turns, Verify: VerifyAll, Endure: true}
}
