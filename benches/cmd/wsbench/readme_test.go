package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// readmeCommands returns the command lines of README's code blocks, without comments.
func readmeCommands(t *testing.T) (list []string) {
	t.Helper()
	b, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		text, indented := strings.CutPrefix(line, "    ")
		if !indented || !regexp.MustCompile(`^(\.build/wsbench|make|go|sh) `).MatchString(text) {
			continue
		}
		list = append(list, strings.TrimSpace(regexp.MustCompile(` {2,}#.*`).ReplaceAllString(text, "")))
	}
	return list
}

// shellWords splits a line at blanks outside of single quotes.
func shellWords(line string) (words []string) {
	for _, m := range regexp.MustCompile(`(?:[^' ]|'[^']*')+`).FindAllString(line, -1) {
		words = append(words, strings.ReplaceAll(m, "'", ""))
	}
	return words
}

// Every command of README can be carried out as it is written: its flags, verbs,
// scripts and packages are there.
func TestReadmeCommands(t *testing.T) {
	list := readmeCommands(t)
	if len(list) < 15 {
		t.Errorf("README has %d commands", len(list))
	}
	makefile, err := os.ReadFile("../../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range list {
		words := shellWords(strings.ReplaceAll(line, "-dir ../mine ", "")) // whose repository is not here
		switch words[0] {
		case ".build/wsbench":
			e, ok := find(commands, words[1])
			args := words[2:]
			if sub, found := find(e.sub, strings.Join(words[1:min(3, len(words))], " ")); found {
				e, args = sub, words[3:]
			}
			if !ok {
				t.Errorf("README: %s: there is no such command", line)
			} else if _, _, err := e.parse(args, io.Discard, io.Discard); err != nil {
				t.Errorf("README: %s: %v", line, err)
			}
		case "make":
			if !strings.Contains(string(makefile), "\n"+words[1]+":") && !strings.Contains(string(makefile), " "+words[1]+" ") {
				t.Errorf("README: %s: the Makefile has no such verb", line)
			}
		case "sh":
			exists(t, line, words[1])
		case "go":
			if words[1] != "mod" {
				exists(t, line, words[len(words)-1])
			}
		}
	}
}

func exists(t *testing.T, line, path string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("../../..", path)); err != nil {
		t.Errorf("README: %s: %v", line, err)
	}
}

// The recipes of README do what they say, in a short form: each is the line of README
// with a server that is there, and little time.
func TestReadmeRecipes(t *testing.T) {
	dir := t.TempDir()
	short := map[string]string{
		"matrix":  "-cases 2/20 -rounds 1 -for 20ms -noise off -peers  -o " + filepath.Join(dir, "matrix"),
		"ab":      "-cases 2/20 -rounds 1 -for 20ms -noise off -o " + filepath.Join(dir, "ab"),
		"profile": "-cases 2/20 -rounds 1 -for 100ms -noise off -with pprof -o " + filepath.Join(dir, "profile"),
	}
	mine := "wsbench echo -addr 127.0.0.1:{port}"
	for _, line := range readmeCommands(t) {
		words := shellWords(line)
		if words[0] != ".build/wsbench" || short[words[1]] == "" || !slices.ContainsFunc(words, func(w string) bool {
			return strings.HasPrefix(w, "mine=") || w == "-flush frame" || w == "200/16384"
		}) || words[1] == "profile" && words[2] != "-cases" {
			continue
		}
		extra := strings.Split(short[words[1]], " ")
		delete(short, words[1])
		operands := slices.IndexFunc(words, func(w string) bool { return w == "" })
		if operands < 0 {
			operands = len(words)
		}
		args := slices.Concat(words[1:operands], extra, words[operands:])
		for i := range args {
			args[i] = regexp.MustCompile(`^mine=.*`).ReplaceAllString(args[i], "mine="+mine)
		}
		cmd := exec.Command("wsbench", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if status := cmd.ProcessState.ExitCode(); status != 0 && status != int(statusUndecided) {
			t.Errorf("%s: %v\n%s", fmt.Sprintf("%q", args), err, out)
		}
		if _, err := os.Stat(filepath.Join(dir, words[1], "report.html")); err != nil {
			t.Errorf("%s: no page: %v", line, err)
		}
	}
	if len(short) > 0 {
		t.Errorf("README has no recipe of %v", short)
	}
}

// The documentation of the reference server has each of its switches.
func TestSwitchesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../echo/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	c, _ := echoExperiment.begin(nil, io.Discard, io.Discard)
	grouped := map[string]bool{}
	for _, g := range serverGroups {
		for _, name := range strings.Fields(g.names) {
			grouped[name] = true
			if c.flags.Lookup(name) != nil && !regexp.MustCompile(`(?m)^// .*-`+name+`\b`).Match(doc) && name != "format" {
				t.Errorf("benches/echo/doc.go does not have -%s", name)
			}
		}
	}
	for _, g := range echoExperiment.grouped(c.flags)[:1] {
		if names := strings.Fields(flagNames(g)); len(names) > 3 {
			t.Errorf("%v belong to no group of the help", names)
		}
	}
}

func flagNames(fs *flag.FlagSet) (names string) {
	fs.VisitAll(func(f *flag.Flag) { names += " " + f.Name })
	return names
}
