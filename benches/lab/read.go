package lab

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"

	"wsbench/benches/results"
)

// Reason is why something named has no sample.
type Reason struct{ Name, Text string }

// Results is a results file, read back.
type Results struct {
	Config      map[string]string // file configuration, the last of each key
	Samples     []Sample          // in the order of the file
	Conns       []ConnsSample     // of idle connections
	Components  []ComponentSample // of other packages' benchmarks
	LeftOut     []Reason
	Skipped     []Reason
	Notes       []string
	Sources     []results.NamedSource // of the servers, and of the components' benchmarks
	Command     string                // the command line that remakes the file; "": not known
	Interrupted string                // how far the session came; "" if to its end
	Warnings    []error               // lines that could not be read: file:line: reason
}

// Read reads a results file. Lines that cannot be read, the unfinished last
// one of a session that was killed among them, become Warnings; err is
// non-nil only if r fails.
func Read(r io.Reader, fileName string) (*Results, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	res := &Results{Config: map[string]string{}}
	if end := bytes.LastIndexByte(b, '\n') + 1; end < len(b) {
		res.Warnings = append(res.Warnings, fmt.Errorf("%s: the last line is unfinished and was left out", fileName))
		b = b[:end]
	}
	blocks := res.readOwn(string(b))
	res.readBench(b, fileName, blocks)
	return res, nil
}

// readOwn reads this package's lines; blocks[n] is the block that line n
// (from 1) is in, 0 for none.
func (res *Results) readOwn(text string) (blocks []int) {
	block := 0
	blocks = append(blocks, 0)
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		default:
			if key, isKey := strings.CutSuffix(word, ":"); isKey && configKey(key, rest) && strings.HasPrefix(line, word) {
				res.Config[key] = rest
			}
		case "BLOCK":
			id, _, _ := strings.Cut(rest, " ")
			block, _ = strconv.Atoi(id)
		case "DISCARDED":
			res.LeftOut = append(res.LeftOut, reason(rest))
		case "SKIP":
			res.Skipped = append(res.Skipped, reason(rest))
		case "SOURCE":
			r := reason(rest)
			res.Sources = append(res.Sources, results.NamedSource{Name: r.Name, Source: results.ParseSource(r.Text)})
		case "NOTE":
			res.Notes = append(res.Notes, rest)
		case "COMMAND":
			res.Command = rest
		case "INTERRUPTED":
			res.Interrupted = rest
		}
		blocks = append(blocks, block)
	}
	return blocks
}

// configKey tells whether s can be a key of the file configuration: as benchfmt
// has it, and no file:line of what a test logged.
func configKey(s, value string) bool {
	if s == "go" && strings.HasPrefix(value, "downloading ") {
		return false // what the go command says of itself
	}
	return s != "" && s[0] >= 'a' && s[0] <= 'z' && strings.ToLower(s) == s && !strings.Contains(s, ":")
}

func reason(s string) Reason {
	name, text, _ := strings.Cut(s, ": ")
	return Reason{name, text}
}

func (res *Results) readBench(b []byte, fileName string, blocks []int) {
	rd := benchfmt.NewReader(bytes.NewReader(b), fileName)
	for rd.Scan() {
		switch rec := rd.Result().(type) {
		case *benchfmt.Result:
			_, line := rec.Pos()
			if s, ok := sampleOf(rec, blocks[line]); ok {
				res.Samples = append(res.Samples, s)
			} else if s, ok := connsSampleOf(rec); ok {
				res.Conns = append(res.Conns, s)
			} else {
				res.Components = append(res.Components, componentSampleOf(rec))
			}
		case *benchfmt.SyntaxError:
			res.Warnings = append(res.Warnings, rec)
		}
	}
	if err := rd.Err(); err != nil {
		res.Warnings = append(res.Warnings, err)
	}
}

// Source returns that of the wsbench that wrote the results.
func (res *Results) Source() results.Source {
	return (&results.Results{Config: res.Config}).Source()
}
