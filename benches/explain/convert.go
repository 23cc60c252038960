package explain

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/pprof/profile"

	"wsbench/benches/results"
	"wsbench/profiles/stacks"
)

// Profiles: Go's own, and those that this package makes of what perf script
// prints, which is a hundred times as long.
const (
	cpuProfile    = "cpu.pb.gz"
	offCPUProfile = "offcpu.pb.gz"
	warningsFile  = "warnings.txt"
)

// convert puts profiles in the place of perf's listings in the folder of a
// capture.
func convert(dir string) error {
	for _, d := range []struct {
		text, pb string
		read     func(io.Reader, string) (*profile.Profile, []error, error)
	}{
		{perfScript, cpuProfile, stacks.ReadPerfScript},
		{offCPUScript, offCPUProfile, stacks.ReadOffCPU},
	} {
		text := filepath.Join(dir, d.text)
		f, err := os.Open(text)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		p, warnings, err := d.read(f, text)
		f.Close()
		if err != nil {
			return err
		}
		if err := errors.Join(writeProfile(filepath.Join(dir, d.pb), p), writeWarnings(dir, warnings)); err != nil {
			return err
		}
		if err := os.Remove(text); err != nil {
			return err
		}
	}
	return nil
}

// endOfCapture is in the remark that every off-CPU capture of a living process
// has.
const endOfCapture = "were still off the CPU at the end"

// writeWarnings keeps what of a listing could not be read; none is no file.
func writeWarnings(dir string, warnings []error) error {
	var b strings.Builder
	for _, w := range warnings {
		if !strings.Contains(w.Error(), endOfCapture) {
			fmt.Fprintln(&b, w)
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return os.WriteFile(filepath.Join(dir, warningsFile), []byte(b.String()), 0o666)
}

// writeProfile writes p, whole or not at all.
func writeProfile(path string, p *profile.Profile) error {
	return results.Replace(path, p.Write)
}

// ReadFile returns what read makes of a file, which it names in messages by path.
func ReadFile[T any](path string, read func(r io.Reader, fileName string) (T, error)) (T, error) {
	f, err := os.Open(path)
	if err != nil {
		var none T
		return none, err
	}
	defer f.Close()
	return read(f, path)
}
