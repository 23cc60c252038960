package main

import (
	"bufio"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// What a user sees who types something wrong, asks for help, or reads the
// output by program.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Setup: places, Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"serve": serve, "exits": exits, "document": document, "lines": lines,
	}})
}

// places tells scripts where the source tree is, and what was built before: a
// script's home is no folder.
func places(env *testscript.Env) error {
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	env.Setenv("SOURCE", root)
	if dir, err := exec.Command("go", "env", "GOCACHE").Output(); err == nil { // without the go command no script builds
		env.Setenv("GOCACHE", strings.TrimSpace(string(dir)))
	}
	return err
}

// serve [flags]: the reference server runs until the script ends, at $URL; with -tls
// that is wss://.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	cmd := exec.Command("wsbench", append([]string{"echo", "-addr", "127.0.0.1:0"}, args...)...)
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { cmd.Process.Signal(syscall.SIGTERM); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	_, rest, _ := strings.Cut(line, "listening on ")
	addr, _, found := strings.Cut(rest, " ")
	if !found {
		ts.Fatalf("the server says %q", line)
	}
	scheme := "ws://"
	if slices.Contains(args, "-tls") {
		scheme = "wss://"
	}
	ts.Setenv("URL", scheme+addr+"/")
}

// exits status command [args]: exec, and the exit status that is wanted: 0|5 is
// one of these, for a schedule that a busy host may not keep.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if !slices.Contains(strings.Split(args[0], "|"), strconv.Itoa(got)) {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}

// document file command [fields that need not be there]: the file, or stdout, is
// a JSON document of the command.
func document(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(checkDocument(args[1], []byte(ts.ReadFile(args[0])), args[2:]...))
}

// lines file benchmark least: the file, or stdout, is in the benchmark format
// and has at least so many lines of the benchmark.
func lines(ts *testscript.TestScript, _ bool, args []string) {
	least, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(checkBench(args[1], least, []byte(ts.ReadFile(args[0]))))
}
