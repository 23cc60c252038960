package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"

	"wsbench/benches/internal/term"
	"wsbench/benches/report"
)

// alsoMatrix are the commands whose documents hold that of matrix.
var alsoMatrix = []string{"ab", "accept", "chunk", "conns", "micro", "pairs", "report", "profile", "profile ab", "tls"}

// documented is the fields of a command's document by 'wsbench help formats'.
func documented(command string) map[string]bool {
	fields, part := map[string]bool{}, "all"
	shared := slices.Contains([]string{"matrix", "ab", "accept", "chunk", "conns", "tls", "micro", "pairs", "floors", "crossover", "report", "profile", "profile ab"}, command)
	for line := range strings.Lines(formatsHelp) {
		words := strings.Fields(strings.ReplaceAll(line, ",", " "))
		switch {
		case len(words) == 0:
		case !strings.HasPrefix(line, "  "):
			if len(words) == 1 || words[0] == "echo" {
				part = words[0]
			} else if line == "profile and profile ab\n" {
				part = "profile"
			} else if strings.HasPrefix(line, "profile ") {
				part = strings.TrimSpace(line)
			} else if words[0] == "Those" {
				part = "shared"
			}
		case strings.HasPrefix(line, "   "):
		case part == "all" || part == command || slices.Contains(alsoMatrix, command) && part == "matrix" || part == "profile" && slices.Contains([]string{"report", "profile", "profile ab"}, command) || part == "shared" && shared:
			fields[words[0]] = true
		}
	}
	return fields
}

// free are objects whose names are not fixed.
var free = []string{"host", "values", "percentiles_ns"}

// fieldsOf adds the paths of v to fields.
func fieldsOf(v any, path string, fields map[string]bool) {
	switch v := v.(type) {
	case []any:
		fields[path+"[]"] = true
		for _, e := range v {
			fieldsOf(e, path+"[]", fields)
		}
	case map[string]any:
		fields[path] = true
		last := path[strings.LastIndexByte(path, '.')+1:]
		for name, e := range v {
			switch {
			case slices.Contains(free, last):
				fieldsOf(e, path+"{}", fields)
			case path == "":
				fieldsOf(e, name, fields)
			default:
				fieldsOf(e, path+"."+name, fields)
			}
		}
	default:
		fields[path] = true
	}
}

// checkDocument wants out to hold one JSON document, of the command, whose
// fields are those documented; those of absent need not be there, nor those of loads
// with a name.
func checkDocument(command string, out []byte, absent ...string) error {
	dec := json.NewDecoder(bytes.NewReader(out))
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		return fmt.Errorf("%s: %v in\n%.2000s", command, err, out)
	}
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(command+": "+format, args...)) }
	if _, err := dec.Token(); err != io.EOF {
		wrong("something follows the document: %v", err)
	}
	if doc["command"] != command || doc["version"] != 2.0 {
		wrong("command %v, version %v", doc["command"], doc["version"])
	}
	got, want := map[string]bool{}, documented(command)
	absent = append(absent, "profiles[].", "json_samples[].", "json[].", "handshakes_samples[].", "handshakes[].")
	fieldsOf(doc, "", got)
	for field := range got {
		if !want[field] && !parent(field, want) {
			wrong("the field %s is not in formats.txt", field)
		}
	}
	for field := range want {
		if !got[field] && !slices.ContainsFunc(absent, func(a string) bool { return strings.HasPrefix(field, a) }) {
			wrong("there is no field %s", field)
		}
	}
	return errors.Join(errs...)
}

// parent tells whether path is the beginning of a documented field.
func parent(path string, want map[string]bool) bool {
	for field := range want {
		if path == "" || strings.HasPrefix(field, path) {
			return true
		}
	}
	return false
}

// checkBench wants out to be in the Go benchmark format without anything else,
// with lines of the benchmark, at least so many.
func checkBench(name string, least int, out []byte) error {
	var errs []error
	lines, rd := 0, benchfmt.NewReader(bytes.NewReader(out), "out")
	for rd.Scan() {
		switch rec := rd.Result().(type) {
		case *benchfmt.SyntaxError:
			errs = append(errs, rec)
		case *benchfmt.Result:
			if strings.HasPrefix(rec.Name.String(), name) {
				lines++
			}
			if rec.GetConfig("goos") == "" {
				errs = append(errs, fmt.Errorf("%s has no facts of the host", rec.Name))
			}
		}
	}
	if rd.Err() != nil || lines < least {
		errs = append(errs, fmt.Errorf("%d lines of %s, %v in\n%.2000s", lines, name, rd.Err(), out))
	}
	for line := range strings.Lines(string(out)) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word != "" && !strings.HasSuffix(word, ":") && !strings.HasPrefix(word, "Benchmark") &&
			!slices.Contains([]string{"Unit", "#", "BLOCK", "NOTE", "DISCARDED", "SKIP", "SOURCE", "COMMAND", "LOOK", "STEAL", "INTERRUPTED"}, word) {
			errs = append(errs, fmt.Errorf("%q does not belong there", line))
		}
	}
	return errors.Join(errs...)
}

func TestHelpFormats(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"help", "formats"}, &out, io.Discard); err != nil || out.String() != formatsHelp {
		t.Errorf("%v, %s", err, &out)
	}
	if err := run([]string{"help", "else"}, &out, io.Discard); err == nil || exit(err, io.Discard) != 2 {
		t.Errorf("a topic that is not there: %v", err)
	}
	for _, command := range []string{"matrix", "ab", "accept", "chunk", "conns", "tls", "micro", "pairs", "selftest", "conform", "load", "floors", "crossover", "echo"} {
		if n := len(documented(command)); n < 12 {
			t.Errorf("%s: %d fields", command, n)
		}
	}
}

// Fields that documents had before version 2, by command, are still there, or
// fields.txt names behind a # what took their place.
func TestFieldsBefore(t *testing.T) {
	list, err := os.ReadFile("fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		command, fields, _ := strings.Cut(strings.TrimSpace(line), ": ")
		field, now, renamed := strings.Cut(fields, " # ")
		if !renamed {
			now = field
		}
		if !documented(command)[now] {
			t.Errorf("%s: %s became %s, which is not in formats.txt", command, field, now)
		}
	}
}

// A wrong -format or -color is one line that names the right ones.
func TestWrongFormat(t *testing.T) {
	for _, args := range []string{"echo", "load ws://127.0.0.1:1/", "matrix", "accept", "chunk", "conns", "tls", "selftest", "conform ws://127.0.0.1:1/", "floors", "crossover"} {
		f := strings.Fields(args)
		for flag, want := range map[string]string{
			"-format=xml": "wsbench: " + f[0] + ": -format \"xml\" is not one of text, json, markdown, bench\n",
			"-color=red":  "wsbench: " + f[0] + ": -color \"red\" is not one of auto, always and never\n",
		} {
			var out, errs bytes.Buffer
			err := run(append([]string{f[0], flag}, f[1:]...), &out, &errs)
			if f[0] == "echo" { // has no table
				if flag == "-color=red" {
					continue
				}
				want = strings.Replace(want, ", markdown", "", 1)
			}
			if status := exit(err, &errs); status != 2 || errs.String() != want || out.Len() > 0 {
				t.Errorf("%s %s: status %d, %q, output %q", args, flag, status, errs.String(), out.String())
			}
		}
	}
}

// Sessions on a busy machine may have no sample: the fields of samples and
// comparisons are checked on a stored one.
func TestMatrixDocument(t *testing.T) {
	path := filepath.Join("..", "..", "report", "testdata", "whole", "bench.txt")
	doc, err := documentOf("matrix", path, "")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.Write(&out, doc, jsonFormat, term.Screen{}); err != nil {
		t.Fatal(err)
	}
	if err := checkDocument("matrix", out.Bytes(), "sources[].", "comparisons[].ratio_interval.", "noise_floor[].ratio_interval.", "pooled[].ratio_interval.", "discarded[].", "skipped[].", "warnings[]", "notes[]"); err != nil {
		t.Error(err)
	}
}
