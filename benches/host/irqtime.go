package host

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"sync"
)

// What a kernel does with the time of interrupts.
const (
	irqSeparate  = "separate"   // it is no process's
	irqInProcess = "in-process" // it is that of the process that was interrupted
)

// IRQTime reports whether this kernel takes the time of interrupts out of the
// processes' CPU time (CONFIG_IRQ_TIME_ACCOUNTING): "separate", "in-process",
// or Unknown. On loopback the receiving half of the network runs in a soft
// interrupt: where that is no process's time, CPU per message is that much
// less, and the time must not be taken for interference.
func IRQTime() string { return irqTime() }

var irqTime = sync.OnceValue(func() string {
	for _, path := range []string{"/proc/config.gz", "/boot/config-" + kernel()} {
		if config, err := readConfig(path); err == nil {
			defer config.Close()
			return irqTimeOf(config)
		}
	}
	return Unknown
})

// readConfig opens a kernel's configuration, which may be compressed.
func readConfig(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil || path != "/proc/config.gz" {
		return f, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{z, f}, nil
}

func irqTimeOf(config io.Reader) string {
	s := bufio.NewScanner(config)
	for s.Scan() {
		if s.Text() == "CONFIG_IRQ_TIME_ACCOUNTING=y" {
			return irqSeparate
		}
	}
	return irqInProcess
}
