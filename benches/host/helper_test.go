package host

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// emulated tells whether qemu-user runs this process. It makes up what
// /proc says about itself, but not to others.
var emulated = sync.OnceValue(func() bool {
	exe, _ := exec.Command("readlink", fmt.Sprintf("/proc/%d/exe", os.Getpid())).Output()
	return strings.HasPrefix(filepath.Base(string(exe)), "qemu-")
})

func skipEmulated(t *testing.T, why string) {
	t.Helper()
	if emulated() {
		t.Skip("qemu-user: " + why)
	}
}
