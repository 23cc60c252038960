//go:build linux

package host

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestDescriptors(t *testing.T) {
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	defer unix.Setrlimit(unix.RLIMIT_NOFILE, &before)
	low := unix.Rlimit{Cur: min(200, before.Max), Max: before.Max}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, err := Descriptors(); got != before.Max || err != nil {
			t.Errorf("%d, %v; the hard limit is %d", got, err, before.Max)
		}
	}
	if got, err := DescriptorsOf(os.Getpid()); got != before.Max || err != nil {
		t.Errorf("of the process: %d, %v; want %d", got, err, before.Max)
	}
	var after unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &after); after.Cur != before.Max || after.Max != before.Max {
		t.Errorf("the limits are %+v now", after)
	}
}

// A process whose table of descriptors is full is told from one that has room.
func TestFullTable(t *testing.T) {
	const wait = "; echo; read x"
	for script, want := range map[string]string{
		"ulimit -n 8; exec 3</dev/null 4</dev/null 5</dev/null 6</dev/null 7</dev/null" + wait: "has all of its 8 descriptors open",
		"ulimit -n 8" + wait: "",
	} {
		cmd := exec.Command("sh", "-c", script)
		in, inErr := cmd.StdinPipe()
		out, outErr := cmd.StdoutPipe()
		if err := errors.Join(inErr, outErr, cmd.Start()); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if got := FullTable(cmd.Process.Pid); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
		in.Close()
		cmd.Wait()
	}
}
