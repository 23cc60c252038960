package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

const qemu = "qemu-system-x86_64"

// machine is a virtual machine that needs no right of root and nothing of the
// kernel below it: its CPUs are emulated, since a /dev/kvm that exists may still
// boot nothing.
type machine struct {
	kernel, initrd string
	transcript     string // the file for all that it writes to its console
}

// boot runs the machine until it powers off, and returns what it wrote. It
// passes token, steps and its limit to its first process.
func (m machine) boot(ctx context.Context, limit time.Duration, token, steps string) (text string, err error) {
	limit = limit.Round(time.Second)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("the machine did not power off within %v", limit))
	defer cancel()
	out, err := os.Create(m.transcript)
	if err != nil {
		return "", err
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, qemu, "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1024",
		"-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio", "-kernel", m.kernel, "-initrd", m.initrd,
		"-append", "console=ttyS0 quiet panic=-1 -- "+strings.Join(guestArgs(token, steps, limit), " "))
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Run()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	b, unread := os.ReadFile(m.transcript)
	return string(b), errors.Join(err, unread)
}
