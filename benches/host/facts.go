package host

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/klauspost/cpuid/v2"

	"wsbench/benches/results"
	"wsbench/syscalls"
)

// Unknown is what a fact says that this host does not tell.
const Unknown = "unknown"

// Facts returns the file configuration that tells about this host: what a
// measurement must not be compared across. A fact that cannot be read is
// empty.
func Facts() []results.Fact {
	return []results.Fact{
		{Key: "goos", Value: runtime.GOOS},
		{Key: "goarch", Value: runtime.GOARCH},
		{Key: "cpu", Value: cpuName()},
		{Key: "cpus", Value: strconv.Itoa(runtime.NumCPU())},
		{Key: "cpu-features", Value: strings.Join(Features(), " ")},
		{Key: "kernel", Value: kernel()},
		{Key: "io-uring", Value: ioUring()},
		{Key: "mitigations", Value: mitigations("/sys/devices/system/cpu/vulnerabilities")},
		{Key: "governor", Value: cmp.Or(readLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"), "none")},
		{Key: "cgroup", Value: cgroup("/sys/fs/cgroup")},
		{Key: "cpu-quota", Value: CPUQuota()},
		{Key: "virt", Value: virt()},
		{Key: "irq-time", Value: IRQTime()},
		{Key: "go", Value: runtime.Version()},
	}
}

func cpuName() string {
	if name := strings.TrimSpace(cpuid.CPU.BrandName); name != "" {
		return name
	}
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(line, ":")
		if key = strings.TrimSpace(key); key == "model name" || key == "Model" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// Features lists those features of the CPU that are of interest to kernels, by
// package cpuid: what GODEBUG hides is among them.
func Features() (list []string) {
	for _, f := range []struct {
		id   cpuid.FeatureID
		name string
	}{
		{cpuid.SSE2, "sse2"}, {cpuid.AVX, "avx"}, {cpuid.AVX2, "avx2"},
		{cpuid.AVX512F, "avx512f"}, {cpuid.AVX512BW, "avx512bw"}, {cpuid.AVX512VL, "avx512vl"},
		{cpuid.AVX512VBMI, "avx512vbmi"}, {cpuid.BMI2, "bmi2"}, {cpuid.ERMS, "erms"}, {cpuid.FSRM, "fsrm"},
		{cpuid.ASIMD, "asimd"}, {cpuid.SVE, "sve"},
	} {
		if cpuid.CPU.Supports(f.id) {
			list = append(list, f.name)
		}
	}
	return list
}

// ioUring returns what the kernel's io_uring has, or why there is none.
func ioUring() string {
	has, err := syscalls.Probe()
	if err != nil {
		return err.Error()
	}
	return has.String()
}

// mitigations sums the kernel's list of CPU vulnerabilities up: what costs
// time is what is mitigated.
func mitigations(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	var fixed, open []string
	for _, e := range entries {
		switch s := readLine(filepath.Join(dir, e.Name())); {
		case strings.HasPrefix(s, "Mitigation"):
			fixed = append(fixed, e.Name())
		case strings.HasPrefix(s, "Vulnerable"):
			open = append(open, e.Name())
		}
	}
	if len(fixed)+len(open) == 0 {
		return "none needed"
	}
	return "on: " + cmp.Or(strings.Join(fixed, " "), "none") + "; vulnerable: " + cmp.Or(strings.Join(open, " "), "none")
}

func cgroup(dir string) string {
	if _, err := os.Stat(filepath.Join(dir, "cgroup.controllers")); err == nil {
		return "v2"
	}
	if _, err := os.Stat(dir); err == nil {
		return "v1"
	}
	return "none"
}

func virt() string {
	if cpuid.CPU.Supports(cpuid.HYPERVISOR) {
		if cpuid.CPU.HypervisorVendorID != cpuid.VendorUnknown {
			return cpuid.CPU.HypervisorVendorID.String()
		}
		return cmp.Or(strings.TrimSpace(cpuid.CPU.HypervisorVendorString), "unknown hypervisor")
	}
	for _, f := range []string{"/sys/hypervisor/type", "/proc/device-tree/hypervisor/compatible"} {
		if s := readLine(f); s != "" {
			return strings.Trim(s, "\x00")
		}
	}
	return "none"
}

// LoadAverage returns the load average of the last minute as the kernel writes
// it; "" if it cannot be read.
func LoadAverage() string {
	first, _, _ := strings.Cut(readLine("/proc/loadavg"), " ")
	return first
}

// readLine reads the first line of a file; "" if there is none.
func readLine(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSpace(line)
}
