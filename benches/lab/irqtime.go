package lab

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
)

// IRQTime tells whether this kernel takes the time of interrupts out of the
// processes' CPU time (CONFIG_IRQ_TIME_ACCOUNTING), or may do so, as it does
// not tell. On loopback the receiving half of the network runs in a soft
// interrupt: where that is nobody's time, CPU a message is that much less, and
// the time must not be taken for another process's.
func IRQTime() bool { return irqTime() != "in-process" }

func irqTime() string {
	for _, path := range []string{"/proc/config.gz", "/boot/config-" + kernel()} {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		defer f.Close()
		var r io.Reader = f
		if path == "/proc/config.gz" {
			z, err := gzip.NewReader(f)
			if err != nil {
				continue
			}
			r = z
		}
		return irqTimeOf(r)
	}
	return unknown
}

// irqTimeOf reads a kernel's configuration.
func irqTimeOf(config io.Reader) string {
	s := bufio.NewScanner(config)
	for s.Scan() {
		if s.Text() == "CONFIG_IRQ_TIME_ACCOUNTING=y" {
			return "separate"
		}
	}
	return "in-process"
}
