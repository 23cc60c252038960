package peers

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The table has the versions of ws that are installed, and a -server line for each.
func TestOpponents(t *testing.T) {
	table, err := os.ReadFile("OPPONENTS.md")
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := os.ReadFile("node/package.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"(ws|bufferutil)": "([0-9.]+)"`).FindAllSubmatch(manifest, -1) {
		if want := string(m[1]) + "@" + string(m[2]); !strings.Contains(string(table), want) {
			t.Errorf("no %s in OPPONENTS.md", want)
		}
	}
	for _, name := range []string{"uws", "fastwebsockets", "tungstenite", "ws"} {
		line := regexp.MustCompile(`(?m)^    -server ` + name + `='[^']*\{port\}[^']*'$`)
		if !line.Match(table) {
			t.Errorf("no -server line of %s", name)
		}
	}
}
