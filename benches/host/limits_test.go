package host

import (
	"os"
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
