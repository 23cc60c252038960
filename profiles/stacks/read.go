package stacks

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/google/pprof/profile"
)

// maxProfile bounds the bytes of a pprof file, unpacked.
const maxProfile = 1 << 30

// ErrPerfData says that a file is a capture that perf script has yet to print.
var ErrPerfData = errors.New("a capture by perf record: want what perf script prints of it")

// Read reads what perf script printed, or any file that pprof reads, either of
// them gzipped or not, and tells them apart by their first bytes. Warnings
// and errors name fileName.
func Read(r io.Reader, fileName string) (*profile.Profile, []error, error) {
	return readAs(r, fileName, ReadPerfScript)
}

// readAs does what Read does, with another reader of what perf script printed,
// such as ReadOffCPU.
func readAs(r io.Reader, fileName string, script func(io.Reader, string) (*profile.Profile, []error, error)) (*profile.Profile, []error, error) {
	text, err := unzip(r)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", fileName, err)
	}
	start, err := text.Peek(512)
	switch {
	case err != nil && err != io.EOF:
		return nil, nil, fmt.Errorf("%s: %w", fileName, err)
	case bytes.HasPrefix(start, []byte("PERFILE2")):
		return nil, nil, fmt.Errorf("%s: %w", fileName, ErrPerfData)
	case isBinary(start):
		p, err := ReadGo(text, fileName)
		return p, nil, err
	}
	return script(text, fileName)
}

// isBinary distinguishes pprof's encoding, whose tags are control characters, from
// text.
func isBinary(start []byte) bool {
	for _, c := range start {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\v' && c != '\f' && c != 27 {
			return true
		}
	}
	return false
}

// unzip reads r, unpacked if it is gzipped.
func unzip(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReader(r)
	if start, err := b.Peek(2); err != nil || start[0] != 0x1f || start[1] != 0x8b {
		return b, nil // an empty file is its reader's error
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return bufio.NewReader(z), nil
}

// ReadGo reads a profile that Go, or anything else, wrote for pprof, gzipped
// or not, so that Merge can put it beside perf's: the mappings say that they
// have functions, for a Go profile has its symbols, and the sample type pprof
// opens on is named. Its sample types and labels are its own: of a CPU profile
// of Go samples/count and cpu/nanoseconds, as ReadPerfScript makes.
func ReadGo(r io.Reader, fileName string) (p *profile.Profile, err error) {
	defer func() { // the decoder is not ours: a file must not end the program
		if e := recover(); e != nil {
			p, err = nil, fmt.Errorf("%s: no profile that pprof reads: %v", fileName, e)
		}
	}()
	text, err := unzip(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fileName, err)
	}
	data, err := io.ReadAll(io.LimitReader(text, maxProfile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", fileName, err)
	case len(data) > maxProfile:
		return nil, fmt.Errorf("%s: more than %d bytes; want a smaller profile", fileName, maxProfile)
	}
	if p, err = profile.ParseUncompressed(data); err == nil {
		err = p.CheckValid()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: no profile that pprof reads: %w", fileName, err)
	}
	if p.DefaultSampleType == "" && len(p.SampleType) > 0 {
		p.DefaultSampleType = p.SampleType[len(p.SampleType)-1].Type
	}
	for _, l := range p.Location {
		if l.Mapping != nil && len(l.Line) > 0 {
			l.Mapping.HasFunctions = true
		}
	}
	return p, nil
}

// ReadAnyOffCPU does what ReadOffCPU does, of a file that may be gzipped; one
// that pprof reads is taken as it is.
func ReadAnyOffCPU(r io.Reader, fileName string) (*profile.Profile, []error, error) {
	return readAs(r, fileName, ReadOffCPU)
}
