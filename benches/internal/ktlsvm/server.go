package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
)

// server is a wsbench echo that runs. The zero server is none.
type server struct {
	addr string
	cmd  *exec.Cmd
	said chan string // all that it printed, once it has ended
}

// listening matches the server's line that tells its address.
var listening = regexp.MustCompile(`listening on (\S+)`)

// start starts the server and waits until it listens. The end of ctx ends it.
func (s *server) start(ctx context.Context, flags []string) error {
	s.cmd = exec.CommandContext(ctx, "/bin/wsbench", append([]string{"echo", "-addr", "127.0.0.1:0"}, flags...)...)
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	s.cmd.Stdout, s.cmd.Stderr = w, w
	err = s.cmd.Start()
	w.Close()
	if err != nil {
		return err
	}
	addr := make(chan string, 1)
	s.said = make(chan string, 1)
	go func() { s.said <- follow(r, addr) }()
	if s.addr = <-addr; s.addr == "" {
		s.stop()
		return errors.New("wsbench echo ended before it listened")
	}
	return nil
}

// follow prints and returns what the server says, and sends its address on.
func follow(r *os.File, addr chan<- string) string {
	defer r.Close()
	defer close(addr)
	var all strings.Builder
	for lines := bufio.NewScanner(r); lines.Scan(); {
		fmt.Printf("server: %s\n", lines.Text())
		fmt.Fprintln(&all, lines.Text())
		if m := listening.FindStringSubmatch(lines.Text()); m != nil && len(addr) == 0 {
			addr <- m[1]
		}
	}
	return all.String()
}

// stop ends the server as a user does, and returns what it has said.
func (s *server) stop() string {
	if s.cmd == nil {
		return ""
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	s.cmd.Wait()
	s.cmd = nil
	return <-s.said
}
