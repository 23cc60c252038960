package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What the first process writes about its work: a line for each step, then the
// sentinel.
const (
	stepPrefix     = "ktlsvm: "
	notRun         = "not run: " // behind stepPrefix
	sentinelPrefix = "ktlsvm-result "
)

// verdict is what the sentinel says.
type verdict struct {
	token   string // of this boot: text of another one is no result
	steps   int
	failed  int
	release string // the kernel's, 6.1.0-56-cloud-amd64
}

func newToken() string { return rand.Text() }

func (v verdict) String() string {
	return fmt.Sprintf("%stoken=%s steps=%d failed=%d release=%s end", sentinelPrefix, v.token, v.steps, v.failed, v.release)
}

// parseVerdict reads a sentinel.
func parseVerdict(line string) (v verdict, ok bool) {
	_, err := fmt.Sscanf(line, sentinelPrefix+"token=%s steps=%d failed=%d release=%s end", &v.token, &v.steps, &v.failed, &v.release)
	return v, err == nil && v.String() == line
}

// read returns the sentinel of a transcript, the zero verdict if it has none, and
// the lines about steps, each with the output of its step if that failed.
func read(transcript, token string) (v verdict, steps []string) {
	output := "" // of a step, so far
	for line := range strings.Lines(transcript) {
		line = strings.TrimRight(line, "\r\n")
		s, told := strings.CutPrefix(line, stepPrefix)
		switch {
		case told && strings.HasPrefix(s, "FAIL"):
			steps = append(steps, output+s)
		case told:
			steps = append(steps, s)
		}
		output += line + "\n"
		if told {
			output = ""
		}
		if w, ok := parseVerdict(line); ok && w.token == token {
			v = w
		}
	}
	return v, steps
}

// judge returns why a boot of k is no success. boot is what ended the machine, nil
// if it ended by itself.
func (v verdict) judge(boot error, transcript string, k kernel) error {
	switch {
	case v.token == "":
		why := errors.New("the machine ended without a result")
		if boot != nil {
			why = fmt.Errorf("no result: %w", boot)
		}
		return fmt.Errorf("%w; the transcript ends with:\n%s", why, tail(transcript, 40))
	case v.failed > 0:
		return fmt.Errorf("%d of %d steps failed on Linux %s", v.failed, v.steps, v.release)
	case v.steps == 0:
		return errors.New("no step has that name")
	case before(v.release, k.least):
		return skip(fmt.Sprintf("its kernel is Linux %s, and one of %s or later is needed", v.release, k.least))
	}
	return nil
}

// before compares the first two numbers of releases; any is before none.
func before(release, least string) bool {
	a, b := numbers(release), numbers(least)
	return a[0] < b[0] || a[0] == b[0] && a[1] < b[1]
}

func numbers(release string) (n [2]int) {
	for i, f := range strings.SplitN(release, ".", 3) {
		if i < len(n) {
			digits := strings.TrimRight(f, strings.TrimLeft(f, "0123456789"))
			n[i], _ = strconv.Atoi(digits)
		}
	}
	return n
}

// tail returns the last lines of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
