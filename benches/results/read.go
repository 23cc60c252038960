package results

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"
)

// Reason is why something named has no sample.
type Reason struct{ Name, Text string }

// Results is a results file, read back.
type Results struct {
	Config      map[string]string // file configuration, the last of each key
	Samples     []Sample          // in the order of the file
	Discarded   []Reason
	Skipped     []Reason
	Notes       []string
	Sources     []NamedSource // of the servers, and of the microbenchmarks
	Command     string        // the command line that makes such a file again; "": not known
	Interrupted string        // how far the session came; "" if to its end
	Latencies   []Latency     // of the histograms beside the file
	Warnings    []error       // lines that could not be read: file:line: reason
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
		res.Warnings = append(res.Warnings, fmt.Errorf("%s: the last line is unfinished and was not read", fileName))
		b = b[:end]
	}
	blocks := res.readOwn(string(b))
	res.readBench(b, fileName, blocks)
	return res, nil
}

// block is where a line is.
type block struct {
	id int
	at time.Duration
}

// readOwn reads this package's lines; blocks[n] is the block that line n
// (from 1) is in.
func (res *Results) readOwn(text string) (blocks []block) {
	var now block
	blocks = append(blocks, now)
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		default:
			if key, isKey := strings.CutSuffix(word, ":"); isKey && configKey(key, rest) && strings.HasPrefix(line, word) {
				res.Config[key] = rest
			}
		case "BLOCK":
			now = blockOf(rest)
		case "DISCARDED":
			res.Discarded = append(res.Discarded, reason(rest))
		case "SKIP":
			res.Skipped = append(res.Skipped, reason(rest))
		case "SOURCE":
			r := reason(rest)
			res.Sources = append(res.Sources, NamedSource{r.Name, ParseSource(r.Text)})
		case "NOTE":
			res.Notes = append(res.Notes, rest)
		case "COMMAND":
			res.Command = rest
		case "INTERRUPTED":
			res.Interrupted = rest
		}
		blocks = append(blocks, now)
	}
	return blocks
}

func blockOf(text string) (b block) {
	id, rest, _ := strings.Cut(text, " ")
	b.id, _ = strconv.Atoi(id)
	if _, at, ok := strings.Cut(rest, " at="); ok {
		b.at, _ = time.ParseDuration(at)
	}
	return b
}

// configKey reports whether s can be a key of the file configuration: as benchfmt
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

func (res *Results) readBench(b []byte, fileName string, blocks []block) {
	rd := benchfmt.NewReader(bytes.NewReader(b), fileName)
	for rd.Scan() {
		switch rec := rd.Result().(type) {
		case *benchfmt.Result:
			_, line := rec.Pos()
			s := SampleOf(rec.GetConfig("pkg"), rec)
			s.Block, s.At = blocks[line].id, blocks[line].at
			res.Samples = append(res.Samples, s)
		case *benchfmt.SyntaxError:
			res.Warnings = append(res.Warnings, rec)
		}
	}
	if err := rd.Err(); err != nil {
		res.Warnings = append(res.Warnings, err)
	}
}
