package main

import (
	"os/exec"
	"syscall"
)

// countersSignal has 'wsbench echo' print its counters.
const countersSignal = syscall.SIGUSR1

// apart gives a command, which has not started, a process group. Where it is to be
// cancelled, all of the group are killed.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if cmd.Cancel != nil {
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}
}
