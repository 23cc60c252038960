//go:build linux

package reactor

import (
	"slices"
	"testing"
)

func TestTable(t *testing.T) {
	var tab table
	want := map[int32]*Conn{}
	for _, fd := range []int32{0, 3, 511, 512, 513, 5000, 1 << 20} {
		want[fd] = &Conn{fd: fd}
		tab.set(fd, want[fd])
	}
	for _, fd := range []int32{1, 510, 514, 1024, 4999, 1<<20 - 1, 1<<20 + 1, 1 << 30, -1} {
		if c := tab.at(uint32(fd)); c != nil {
			t.Errorf("descriptor %d has the connection of %d", fd, c.fd)
		}
	}
	for fd, c := range want {
		if tab.at(uint32(fd)) != c {
			t.Errorf("descriptor %d lost its connection", fd)
		}
	}
	tab.set(512, nil)
	var seen []int32
	for c := range tab.all {
		seen = append(seen, c.fd)
	}
	if !slices.Equal(seen, []int32{0, 3, 511, 513, 5000, 1 << 20}) || tab.at(512) != nil {
		t.Errorf("connections %v", seen)
	}
	for c := range tab.all { // what ends while it goes on is not yielded
		if c.fd == 3 {
			tab.set(511, nil)
		}
		if c.fd == 511 {
			t.Error("yielded after its end")
		}
		if c.fd == 513 {
			break
		}
	}
}
