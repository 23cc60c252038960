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

// OfBlock begins the reason of a run that is discarded because another one of
// its block is; the label of that one's server follows.
const OfBlock = "its block was discarded for "

// Discarded is a run that is no sample: what it measured, and why it does not
// count.
type Discarded struct {
	Sample
	Reason string
}

// Why returns the runs that are no samples, by name, with the reasons.
func (res *Results) Why() (list []Reason) {
	for _, d := range res.Discarded {
		list = append(list, Reason{d.Name.String(), d.Reason})
	}
	return list
}

// Harmed reports whether the run itself was no sample, not another one of its
// block.
func (d Discarded) Harmed() bool { return !strings.HasPrefix(d.Reason, OfBlock) }

// Harmed returns the runs that cost their blocks, by name, with the reasons.
func (res *Results) Harmed() (list []Reason) {
	for _, d := range res.Discarded {
		if d.Harmed() {
			list = append(list, Reason{d.Name.String(), d.Reason})
		}
	}
	return list
}

// Results is a results file, read back.
type Results struct {
	Config      map[string]string // file configuration, the last of each key
	Samples     []Sample          // in the order of the file
	Discarded   []Discarded       // in the order of the file
	Skipped     []Reason
	Notes       []string
	Sources     []NamedSource // of the servers, and of the microbenchmarks
	Command     string        // the command line that makes such a file again; "": not known
	Interrupted string        // how far the session came; "" if to its end
	Latencies   []Latency     // of the histograms beside the file
	Pacing      []Latency     // as Latencies, of how late paced sends were
	Looks       []Look        // at which comparisons were judged while they were measured
	Steal       []Steal       // by epoch, where it is known
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

// readOwn reads this package's lines; blocks[n] is the block that line n
// (from 1) is in.
func (res *Results) readOwn(text string) (blocks []Block) {
	var now Block
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
		case "LOOK":
			res.Looks = append(res.Looks, lookOf(rest))
		case "STEAL":
			if s, ok := stealOf(rest); ok {
				res.Steal = append(res.Steal, s)
			}
		case "DISCARDED":
			res.Discarded = append(res.Discarded, discarded(rest))
		case "SKIP":
			res.Skipped = append(res.Skipped, reason(rest))
		case "SOURCE":
			r := reason(rest)
			res.Sources = append(res.Sources, NamedSource{r.Name, parseSource(r.Text)})
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

func blockOf(text string) (b Block) {
	id, rest, _ := strings.Cut(text, " ")
	b.ID, _ = strconv.Atoi(id)
	for _, f := range strings.Fields(rest) {
		switch key, value, _ := strings.Cut(f, "="); key {
		case "round":
			b.Round, _ = strconv.Atoi(value)
		case "epoch":
			b.Epoch, _ = strconv.Atoi(value)
		case "at":
			b.At, _ = time.ParseDuration(value)
		}
	}
	return b
}

func lookOf(text string) (l Look) {
	if n, err := fmt.Sscanf(text, "block=%d share=%g", &l.Block, &l.Share); n < 2 || err != nil || !(l.Share > 0 && l.Share <= 1) {
		return Look{}
	}
	return l
}

func stealOf(text string) (s Steal, ok bool) {
	n, err := fmt.Sscanf(text, "epoch=%d share=%g", &s.Epoch, &s.Share)
	return s, n == 2 && err == nil && s.Share >= 0 && s.Share <= 1
}

// configKey reports whether s can be a key of the file configuration: as benchfmt
// has it, and no file:line of what a test logged.
func configKey(s, value string) bool {
	if s == "go" && strings.HasPrefix(value, "downloading ") {
		return false // what the go command says of itself
	}
	return s != "" && s[0] >= 'a' && s[0] <= 'z' && strings.ToLower(s) == s && !strings.Contains(s, ":")
}

// discarded reads "name: reason [iterations value unit …]"; what was measured may
// be missing.
func discarded(s string) Discarded {
	r := reason(s)
	d := Discarded{Sample{Name: ParseName(r.Name)}, r.Text}
	at := strings.LastIndex(r.Text, " [")
	if at < 0 {
		return d
	}
	line := r.Name + strings.TrimSuffix(r.Text[at:], "]")
	rd := benchfmt.NewReader(strings.NewReader(strings.Replace(line, " [", " ", 1)+"\n"), "")
	if rd.Scan() {
		if res, ok := rd.Result().(*benchfmt.Result); ok {
			d = Discarded{SampleOf("", res), r.Text[:at]}
		}
	}
	return d
}

func reason(s string) Reason {
	name, text, _ := strings.Cut(s, ": ")
	return Reason{name, text}
}

func (res *Results) readBench(b []byte, fileName string, blocks []Block) {
	rd := benchfmt.NewReader(bytes.NewReader(b), fileName)
	for rd.Scan() {
		switch rec := rd.Result().(type) {
		case *benchfmt.Result:
			_, line := rec.Pos()
			s := SampleOf(rec.GetConfig("pkg"), rec)
			s.Block, s.Round, s.Epoch, s.At = blocks[line].ID, blocks[line].Round, blocks[line].Epoch, blocks[line].At
			res.Samples = append(res.Samples, s)
		case *benchfmt.SyntaxError:
			res.Warnings = append(res.Warnings, rec)
		}
	}
	if err := rd.Err(); err != nil {
		res.Warnings = append(res.Warnings, err)
	}
}
