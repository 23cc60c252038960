package stacks

import (
	"path"
	"regexp"
	"strings"
)

// kernelHalf is where addresses of the kernel begin on the 64-bit machines
// that Linux knows.
const kernelHalf = 1 << 63

var (
	// bracketed is the kernel, a module or a region of a process. perf puts the
	// symbol that it relocates by, or a section, behind the name.
	bracketed = regexp.MustCompile(`^\[([^\]\s]+)\](?:_s?text|\.[\w.]+)?$`)

	// region is what brackets hold of a process that no file does. A module's
	// name may begin alike: heapfs, stacktrace.
	region = regexp.MustCompile(`^(?:vdso(?:32|64|x32)?|vvar(?:_vclock)?|vsyscall|heap|stack(?::\d+)?|anon(?:_shmem)?(?::.*)?|uprobes|sigpage|vectors|JIT)$`)

	// generated is code that the kernel made as it ran and named itself.
	generated = regexp.MustCompile(`^(?:bpf_(?:prog|trampoline|dispatcher|image)_|(?:kprobe_(?:opt)?insn_page|ftrace_trampoline)$)`)

	// moduleFile is the file of a module, packed or not, or of its symbols.
	moduleFile = regexp.MustCompile(`\.ko(?:\.(?:gz|xz|bz2|lzma|zst))?(?:\.debug)?$`)

	// kernelFile is the kernel's own, by the last part of its path.
	kernelFile = regexp.MustCompile(`^(?:vmlinux|kcore$)`)
)

// inKernel reports whether code at addr of an object file runs in the kernel.
// The file decides where it is known. The address cannot: perf up to 6.1 prints
// those of a module relative to the module, and the page [vsyscall] of every
// process is in the kernel's half. Where no file is known the address decides.
func inKernel(object string, addr uint64) bool {
	if object == "" || object == Unknown {
		return addr >= kernelHalf
	}
	if strings.HasPrefix(object, "[") {
		m := bracketed.FindStringSubmatch(object)
		return m != nil && !strings.HasSuffix(object, ".so") && !strings.HasSuffix(object, ".exe") && !region.MatchString(m[1])
	}
	base := path.Base(object)
	return moduleFile.MatchString(base) || kernelFile.MatchString(base) || generated.MatchString(object)
}
