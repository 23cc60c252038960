package micro

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	"unsafe"

	"wsbench/benches/results"
)

var small = Caches{L1: 4 << 10, L2: 16 << 10, L3: 64 << 10}

func TestWalk(t *testing.T) {
	a := NewArena(1<<20, Sets, small)
	for _, c := range []struct {
		set         Set
		size, align int
		slots       int
	}{
		{Hot, 20, 0, 1}, {Hot, 1 << 20, 63, 1},
		{Fresh, 20, 0, 32}, {Fresh, 64, 1, 16}, {Fresh, 4 << 10, 3, 1},
		{L2, 64, 0, 1024}, {L3, 300, 33, (256 << 10) / 384},
	} {
		w := a.Walk(c.set, c.size, c.align)
		if want := map[bool]Set{true: Hot, false: c.set}[c.slots == 1]; w.Set() != want {
			t.Errorf("%+v: set %s, want %s", c, w.Set(), want)
		}
		seen := map[*byte]bool{}
		for range 2 * c.slots {
			b := w.Next()
			if at := uintptr(unsafe.Pointer(&b[0])); len(b) != c.size || int(at%64) != c.align {
				t.Fatalf("%+v: %d bytes at %d", c, len(b), at%64)
			}
			seen[&b[0]] = true
		}
		if len(seen) != c.slots {
			t.Errorf("%+v: %d payloads", c, len(seen))
		}
	}
}

func TestBatch(t *testing.T) {
	if Hot.Batch() != DefaultBatch || Fresh.Batch() != DefaultBatch || L2.Batch() != 500*time.Microsecond || L3.Batch() != L2.Batch() {
		t.Errorf("batches of %v, %v, %v, %v", Hot.Batch(), Fresh.Batch(), L2.Batch(), L3.Batch())
	}
}

func TestCaches(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"index0/level": "1\n", "index0/type": "Data\n", "index0/size": "48K\n",
		"index1/level": "1\n", "index1/type": "Instruction\n", "index1/size": "64K\n",
		"index3/level": "3\n", "index3/type": "Unified\n", "index3/size": "32M\n",
	} {
		os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o777)
		os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666)
	}
	want := Caches{48 << 10, usual.L2, 32 << 20}
	if got := readCaches(dir); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := readCaches(filepath.Join(dir, "none")); got != usual {
		t.Errorf("without files: %v", got)
	}
}

func TestParse(t *testing.T) {
	sizes, err := results.ParseSizes("20,1KiB,64MiB")
	if err != nil || !slices.Equal(sizes, []int{20, 1 << 10, 64 << 20}) {
		t.Error(sizes, err)
	}
	for _, bad := range []string{"", "x", "0", "-1", "20,", "2GiB", "4096MiB"} {
		if _, err := results.ParseSizes(bad); err == nil {
			t.Errorf("size %q is no error", bad)
		}
	}
	for _, n := range sizes {
		if back, err := results.ParseSizes(results.SizeName(n)); err != nil || back[0] != n {
			t.Error(n, back, err)
		}
	}
	if sets, err := ParseSets("hot,l3"); err != nil || !slices.Equal(sets, []Set{Hot, L3}) {
		t.Error(sets, err)
	}
	if _, err := ParseSets("cold"); err == nil {
		t.Error("set cold is no error")
	}
}

func TestParseSetsOnce(t *testing.T) {
	if _, err := ParseSets("hot,l2,hot"); err == nil || err.Error() != `set "hot": duplicate; name each set once` {
		t.Error(err)
	}
}
