package conform

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// The counts of each subgroup, 301 without those of group x.
func TestCounts(t *testing.T) {
	want := map[string]int{
		"1.1": 8, "1.2": 8, "2": 11, "3": 7, "4.1": 5, "4.2": 5, "5": 20,
		"6.1": 3, "6.2": 4, "6.3": 2, "6.4": 4, "6.5": 5, "6.6": 11, "6.7": 4, "6.8": 2, "6.9": 4, "6.10": 3,
		"6.11": 5, "6.12": 8, "6.13": 5, "6.14": 10, "6.15": 1, "6.16": 3, "6.17": 5, "6.18": 5, "6.19": 5,
		"6.20": 7, "6.21": 8, "6.22": 34, "6.23": 7,
		"7.1": 6, "7.3": 6, "7.5": 1, "7.7": 13, "7.9": 9, "7.13": 2,
		"9.1": 6, "9.2": 6, "9.3": 9, "9.4": 9, "9.5": 6, "9.6": 6, "9.7": 6, "9.8": 6, "10.1": 1,
	}
	got, total, seen := map[string]int{}, 0, map[string]bool{}
	for _, c := range Cases() {
		if seen[c.ID] {
			t.Errorf("case %s is there twice", c.ID)
		}
		seen[c.ID] = true
		if c.Group() != "x" {
			got[c.ID[:strings.LastIndex(c.ID, ".")]]++
			total++
		}
		if c.Title == "" || c.Timer.After == 0 || len(c.Close.Codes) == 0 || len(c.Steps) == 0 {
			t.Errorf("case %s lacks something: %+v", c.ID, c)
		}
	}
	for prefix, n := range want {
		if got[prefix] != n {
			t.Errorf("%d cases %s, %d wanted", got[prefix], prefix, n)
		}
		delete(got, prefix)
	}
	if len(got) > 0 || total != 301 {
		t.Errorf("%d cases; besides those wanted: %v", total, got)
	}
}

// The payloads of group 6 are those recorded from that suite.
func TestUnicodePayloads(t *testing.T) {
	recorded, err := os.ReadFile("../../parse/testdata/autobahn6.txt")
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*Case{}
	for _, c := range Cases() {
		byID[c.ID] = &c
	}
	for line := range strings.Lines(string(recorded)) {
		f := strings.Fields(line)
		if f[0] == "#" {
			continue
		}
		c := byID[f[0]]
		payload := hex.EncodeToString(messages(c))
		if valid := c.Close.By == Us; payload != f[1] || valid != (f[2] == "valid") {
			t.Errorf("case %s sends %s, valid %v; recorded: %v", c.ID, payload, valid, f[1:])
		}
	}
}

// messages is the payloads of all frames of c, held bytes included.
func messages(c *Case) (b []byte) {
	for _, s := range c.Steps {
		if s.Frame != nil {
			b = s.Frame.Data.append(b, 0, s.Frame.Data.N)
		}
	}
	return b
}
