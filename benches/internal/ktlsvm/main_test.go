package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Where there is no qemu, each kernel is a skip that the file of skips has too.
func TestSkips(t *testing.T) {
	t.Setenv("PATH", "")
	file := filepath.Join(t.TempDir(), "skips")
	var out strings.Builder
	if err := run(t.Context(), []string{"-skips", file}, &out); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kernels {
		if !strings.Contains(string(b), "ktls: "+k.suite+": ") || !strings.Contains(out.String(), "SKIP "+k.suite+": ") {
			t.Errorf("no skip of %s in\n%s\n%s", k.suite, b, &out)
		}
	}
}

// Wrong usage is refused before anything is downloaded.
func TestUsage(t *testing.T) {
	for args, want := range map[string]string{
		"-kernels woody": "-kernels woody: there are bookworm,testing",
		"-steps (":       "missing closing )",
		"steps":          "steps: no arguments are expected",
	} {
		if err := run(t.Context(), strings.Fields(args), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}

// A machine that hangs is ended, and what it wrote is kept.
func TestBootHangs(t *testing.T) {
	text, err := boot(t, "echo Oops; exec sleep 1000", time.Second)
	if err == nil || !strings.Contains(err.Error(), "did not power off within 1s") {
		t.Errorf("%q, %v", text, err)
	}
}

// A machine that powers off gives what it wrote; its first process gets the token
// and the steps.
func TestBoot(t *testing.T) {
	text, err := boot(t, `for last; do :; done; echo "$last"`, time.Minute)
	if want := "-- T x617c622063 1m0s"; err != nil || !strings.Contains(text, want) {
		t.Errorf("%q (%v), want %s", text, err, want)
	}
	token, steps, limit, err := parseGuestArgs(guestArgs("T", "a|b c", time.Minute))
	if token != "T" || steps != "a|b c" || limit != time.Minute || err != nil {
		t.Errorf("%q, %q, %v, %v", token, steps, limit, err)
	}
}

// boot runs a script in the place of qemu.
func boot(t *testing.T, script string, limit time.Duration) (string, error) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, qemu), []byte("#!/bin/sh\n"+script+"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	m := machine{kernel: "vmlinuz", initrd: "initrd", transcript: filepath.Join(folder, "log")}
	text, err := m.boot(t.Context(), limit, "T", "a|b c")
	kept, unread := os.ReadFile(m.transcript)
	if unread != nil || string(kept) != text {
		t.Errorf("the transcript has %q (%v), not %q", kept, unread, text)
	}
	return text, err
}
