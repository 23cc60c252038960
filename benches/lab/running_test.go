package lab

import (
	"net"
	"os"
	"os/exec"
	"testing"
)

// -pid should name a process that listens, or an ancestor of it.
func TestListensElsewhere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	stranger := exec.Command("sleep", "600")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer stranger.Wait()
	defer stranger.Process.Kill()
	for pid, want := range map[int]int{os.Getpid(): 0, os.Getppid(): 0, stranger.Process.Pid: os.Getpid()} {
		s, err := AtURL("ws://"+l.Addr().String()+"/", pid)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Running.elsewhere(); got != want {
			t.Errorf("-pid %d: process %d listens elsewhere, want %d", pid, got, want)
		}
	}
}
