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
}

// Profiles are those of a public suite of benchmarks of HTTP servers: short text
// messages, echoed.
var Profiles = []Profile{{"echo-ws", 1, 0}, {"echo-ws-pipeline", 16, 0}, {"echo-ws-limited", 1, 10}}

// ProfileConns are the connections that profiles have there.
var ProfileConns = []int{512, 4096, 16384}

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

// Config returns the profile as a load without an address: every echo is verified.
func (p Profile) Config(conns int) Config {
	return Config{Conns: conns, Size: len(profileText), Payload: []byte(profileText), Op: parse.Text, Depth: p.Depth, Turns: p.Turns, Verify: VerifyAll, Endure: true}
}
