package main

import (
	"errors"
	"strings"
	"testing"
)

// A result is the sentinel of this boot, whole and on a line of its own.
func TestRead(t *testing.T) {
	v := verdict{token: "T1", steps: 3, failed: 1, release: "6.1.0-50-cloud-amd64"}
	whole := v.String()
	for text, want := range map[string]verdict{
		"ktlsvm: ok   a\r\n" + whole + "\r\nPower down\r\n": v,
		whole:                    v,
		"x" + whole + "\n":       {},
		whole + " x\n":           {},
		whole[:len(whole)-3]:     {},
		strings.ToUpper(whole):   {},
		"steps=3 failed=0\nPASS": {},
	} {
		if got, _ := read(text, "T1"); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
		if got, _ := read(text, "T2"); got != (verdict{}) {
			t.Errorf("%q is taken for the result of another boot", text)
		}
	}
	if _, steps := read("1\nktlsvm: ok   a\r\n2\nktlsvm: FAIL b\n", ""); strings.Join(steps, "|") != "ok   a|2\nFAIL b" {
		t.Errorf("steps: %q", steps)
	}
}

// Only a sentinel without failures is a success; one of a kernel too old is a skip.
func TestJudge(t *testing.T) {
	newer := kernel{suite: "testing", least: "6.14"}
	for _, c := range []struct {
		v    verdict
		boot error
		want string
	}{
		{verdict{}, nil, "the machine ended without a result; the transcript ends with:\nPANIC"},
		{verdict{}, errors.New("timed out"), "no result: timed out; the transcript ends with:\nPANIC"},
		{verdict{token: "T", steps: 4, failed: 2, release: "6.14.1"}, nil, "2 of 4 steps failed on Linux 6.14.1"},
		{verdict{token: "T", release: "6.14.1"}, nil, "no step has that name"},
		{verdict{token: "T", steps: 4, release: "6.12.9"}, nil, "its kernel is Linux 6.12.9, and one of 6.14 or later is needed"},
		{verdict{token: "T", steps: 4, release: "6.14-rc1"}, nil, ""},
		{verdict{token: "T", steps: 4, release: "7.2.12+deb14-cloud-amd64"}, nil, ""},
	} {
		err := c.v.judge(c.boot, "PANIC\n", newer)
		if got := errorText(err); got != c.want {
			t.Errorf("%+v: %q, want %q", c.v, got, c.want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A step fails unless a test of it passed, and counts tests at the top level.
func TestStepJudge(t *testing.T) {
	text := `=== RUN   TestA
    --- PASS: TestA/sub (0.00s)
--- PASS: TestA (0.00s)
    x_test.go:1: no io_uring
    --- SKIP: TestB/uring (0.00s)
--- PASS: TestB (0.00s)
--- FAIL: TestC (0.00s)
`
	tests := step{tests: "syscalls"}
	if o := tests.judge(text, nil); o.err != nil || o.text != "2 passed, 1 failed, 1 skipped (TestB/uring)" {
		t.Errorf("%+v", o)
	}
	if o := tests.judge("testing: warning: no tests to run\nPASS\n", nil); o.err == nil {
		t.Error("a step without a test that passes is a success")
	}
	command := step{want: `\d+ of \d+`}
	if o := command.judge("all 3 of 3 passed", nil); o.err != nil || o.text != "3 of 3" {
		t.Errorf("%+v", o)
	}
	if o := command.judge("nothing", nil); o.err == nil {
		t.Error("output that is wanted and missing is a success")
	}
}
