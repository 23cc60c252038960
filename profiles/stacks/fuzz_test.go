package stacks

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/pprof/profile"
)

// Whatever the bytes, reading ends without a panic, and what it makes is a
// profile that pprof takes.
func FuzzRead(f *testing.F) {
	for _, name := range captures(f) {
		if text := unpacked(f, name); len(text) > 1<<10 {
			f.Add(text[:1<<10])
		} else {
			f.Add(text)
		}
	}
	f.Add(unpacked(f, "pair-epoll.pb.gz"))
	f.Add([]byte("a 1 1.000001: sched:sched_switch: next_pid=1\n\t1 f (inlined)\n\t1 g (inlined)\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, read := range []func() error{
			func() error { return checked(Read(bytes.NewReader(text), "t")) },
			func() error { return checked(ReadOffCPU(bytes.NewReader(text), "t")) },
			func() error { return checked(ReadPerfScript(bytes.NewReader(text), "t")) },
		} {
			if err := read(); err != nil {
				t.Error(err)
			}
		}
	})
}

// checked is what is wrong with a profile that was made, nil if none was.
func checked(p *profile.Profile, warnings []error, err error) error {
	if err != nil {
		return nil
	}
	if len(warnings) > 100+8 {
		return fmt.Errorf("%d warnings", len(warnings))
	}
	Functions(p, "")
	Compare(p, p)
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		return err
	}
	_, err = profile.Parse(&b)
	return err
}

// unpacked is a gzipped file of testdata.
func unpacked(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
