package main

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// archive writes the format that the kernel unpacks an initramfs from: cpio with
// ASCII headers of eight hexadecimal digits a number ("newc"). The first error is
// kept, and Close returns it.
type archive struct {
	w    *bufio.Writer
	n    int64 // bytes written
	made map[string]bool
	err  error
}

// The types of files, as in st_mode.
const (
	typeDir  = 0o040000
	typeChar = 0o020000
	typeFile = 0o100000
)

func newArchive(w io.Writer) *archive {
	return &archive{w: bufio.NewWriter(w), made: map[string]bool{".": true, "/": true}}
}

// header writes what stands before a file's contents. device is its number.
func (a *archive) header(name string, mode uint32, size int64, device [2]int) {
	const magic, uid, gid, links, mtime, major, minor, check = 0x070701, 0, 0, 1, 0, 0, 0, 0
	inode := len(a.made)
	a.printf("%06x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00",
		magic, inode, mode, uid, gid, links, mtime, size, major, minor, device[0], device[1], len(name)+1, check, name)
	a.pad(4)
}

func (a *archive) printf(format string, args ...any) {
	n, err := fmt.Fprintf(a.w, format, args...)
	a.wrote(int64(n), err)
}

func (a *archive) wrote(n int64, err error) {
	a.n += n
	if a.err == nil {
		a.err = err
	}
}

// pad fills up with zeros to a multiple of n.
func (a *archive) pad(n int64) {
	for a.n%n != 0 {
		a.wrote(1, a.w.WriteByte(0))
	}
}

// dir adds a directory and those above it, each once.
func (a *archive) dir(name string) {
	if a.made[name] {
		return
	}
	a.dir(path.Dir(name))
	a.made[name] = true
	a.header(name, typeDir|0o755, 0, [2]int{})
}

// char adds a character device.
func (a *archive) char(name string, major, minor int) {
	a.dir(path.Dir(name))
	a.made[name] = true
	a.header(name, typeChar|0o600, 0, [2]int{major, minor})
}

// file adds a copy of a file of this machine.
func (a *archive) file(name, from string, perm fs.FileMode) {
	f, err := os.Open(from)
	if err != nil {
		a.wrote(0, err)
		return
	}
	defer f.Close()
	s, err := f.Stat()
	if err != nil {
		a.wrote(0, err)
		return
	}
	a.dir(path.Dir(name))
	a.made[name] = true
	a.header(name, typeFile|uint32(perm.Perm()), s.Size(), [2]int{})
	a.wrote(io.CopyN(a.w, f, s.Size()))
	a.pad(4)
}

// tree adds a directory of this machine and what is below it. A directory that
// does not exist is empty.
func (a *archive) tree(name, from string) {
	a.wrote(0, filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if p == from && os.IsNotExist(err) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(from, p)
		a.file(path.Join(name, filepath.ToSlash(rel)), p, 0o644)
		return err
	}))
}

// close ends the archive.
func (a *archive) close() error {
	a.header("TRAILER!!!", 0, 0, [2]int{})
	a.pad(512)
	a.wrote(0, a.w.Flush())
	return a.err
}
