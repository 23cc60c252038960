package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An archive holds what was put in, each folder once and before what is in it.
func TestArchive(t *testing.T) {
	from := t.TempDir()
	for name, text := range map[string]string{"one": "1", "sub/four": "4444", "sub/empty": ""} {
		file := filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	a := newArchive(&b)
	a.dir("proc")
	a.char("dev/console", 5, 1)
	a.file("init", filepath.Join(from, "one"), 0o755)
	a.tree("tests/a", from)
	a.tree("tests/none", filepath.Join(from, "none"))
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"40755 proc", "40755 dev", "20600 dev/console 5:1", "100755 init 1",
		"40755 tests", "40755 tests/a", "100644 tests/a/one 1", "40755 tests/a/sub", "100644 tests/a/sub/empty ", "100644 tests/a/sub/four 4444",
	}
	if diff := cmp.Diff(want, listing(t, b.Bytes())); diff != "" {
		t.Error(diff)
	}
	if b.Len()%512 != 0 {
		t.Errorf("%d bytes are no multiple of 512", b.Len())
	}
}

// listing reads an archive, and fails where an inode is there twice.
func listing(t *testing.T, b []byte) (list []string) {
	inodes := map[uint64]bool{}
	for {
		if len(b) < 110 || string(b[:6]) != "070701" {
			t.Fatalf("no header behind %q", list)
		}
		var f [13]uint64
		for i := range f {
			n, err := strconv.ParseUint(string(b[6+8*i:14+8*i]), 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			f[i] = n
		}
		inode, mode, size, major, minor, nameSize := f[0], f[1], f[6], f[9], f[10], f[11]
		name := string(b[110 : 110+nameSize-1])
		data := (110 + nameSize + 3) &^ 3
		if name == "TRAILER!!!" {
			return list
		}
		if inodes[inode] {
			t.Errorf("%s: inode %d is there twice", name, inode)
		}
		inodes[inode] = true
		line := fmt.Sprintf("%o %s", mode, name)
		switch mode &^ 0o777 {
		case typeFile:
			line += " " + string(b[data:data+size])
		case typeChar:
			line += fmt.Sprintf(" %d:%d", major, minor)
		}
		list = append(list, line)
		b = b[(data+size+3)&^3:]
	}
}

// A file that is not there makes the archive fail.
func TestArchiveFails(t *testing.T) {
	a := newArchive(&bytes.Buffer{})
	a.file("init", filepath.Join(t.TempDir(), "none"), 0o755)
	if err := a.close(); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("close: %v", err)
	}
}
