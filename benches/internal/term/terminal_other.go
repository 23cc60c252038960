//go:build !linux

package term

import "os"

// isTerminal reports whether fd is a standard stream that is a device.
func isTerminal(fd int) bool {
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		info, err := f.Stat()
		if int(f.Fd()) == fd && err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return true
		}
	}
	return false
}

func terminalColumns(int) int { return 0 }
