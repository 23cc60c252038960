package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// skip is why this machine cannot boot a kernel.
type skip string

func (s skip) Error() string { return string(s) }

// note adds the skip to a file, where one is given.
func (s skip) note(file, what string) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintf(f, "%s: %s\n", what, string(s))
	return err
}

// hasTools tells what this machine lacks to unpack and boot a Debian kernel.
func hasTools() error {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return skip("kernels are booted on linux/amd64 only")
	}
	for _, t := range [][2]string{{qemu, "qemu-system-x86"}, {"apt-get", "apt, on a Debian"}, {"dpkg-deb", "dpkg, on a Debian"}, {"xz", "xz-utils"}} {
		if _, err := exec.LookPath(t[0]); err != nil {
			return skip(fmt.Sprintf("%s is not installed: install %s", t[0], t[1]))
		}
	}
	return nil
}
