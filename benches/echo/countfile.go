package echo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"wsbench/benches/internal/countfile"
)

// mapCounters makes the file at path one of the counters of n workers, named as
// the fields of a sample are, embedded ones included. The memory is kept until the process ends.
func mapCounters(path string, n int, sample any) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("counters: %w", err)
	}
	defer f.Close()
	if err := replaceable(f); err != nil {
		return nil, fmt.Errorf("counters %s: %w", path, err)
	}
	size := countfile.Size(n)
	if err := f.Truncate(int64(size)); err != nil {
		return nil, fmt.Errorf("counters: %w", err)
	}
	b, err := mapShared(f, size)
	if err != nil {
		return nil, fmt.Errorf("counters %s: %w", path, os.NewSyscallError("mmap", err))
	}
	clear(b)
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeOf(sample)) {
		if !f.Anonymous {
			names = append(names, strings.ToLower(f.Name))
		}
	}
	copy(b, strings.Join(names, " ")+"\n")
	return b, nil
}

// replaceable returns an error if f has something else than counters.
func replaceable(f *os.File) error {
	info, err := f.Stat()
	if err != nil || info.Mode().IsRegular() && info.Size() == 0 {
		return err
	}
	head := make([]byte, countfile.Offset)
	n, _ := f.ReadAt(head, 0)
	names, rest, _ := bytes.Cut(head[:n], []byte("\n"))
	if n < countfile.Offset || !slices.Contains(strings.Fields(string(names)), "frames") || len(bytes.Trim(rest, "\x00")) > 0 {
		return errors.New("it is not a file of counters: want one, an empty file, or the name of a new one")
	}
	return nil
}

// counts makes the file of counters, if there is to be one.
func (o *Options) counts() (err error) {
	switch {
	case o.CountFile == "":
		return nil
	case o.IO == Net:
		o.counted, err = mapCounters(o.CountFile, 1, netCounters{})
	default:
		o.counted, err = mapCounters(o.CountFile, o.Workers, loopCounters{})
	}
	return err
}

// countedAt returns where worker i counts; nil where it does so by itself.
func (o Options) countedAt(i int) unsafe.Pointer {
	if o.counted == nil {
		return nil
	}
	return unsafe.Pointer(&o.counted[countfile.Size(i)])
}
