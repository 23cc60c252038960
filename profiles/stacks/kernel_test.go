package stacks

import (
	"testing"

	"github.com/google/pprof/profile"
)

// The object file tells the kernel's code from a program's, whatever half of
// the address space the address is in; without a file the address tells.
func TestKernel(t *testing.T) {
	const low, relative, high = 0x7f00_0000_0000, 0x4a0, 0xffff_ffff_c000_1000
	for _, tt := range []struct {
		object string
		addr   uint64
		want   bool
	}{
		{"[kernel.kallsyms]", high, true},
		{"[kernel.kallsyms]", relative, true},
		{"[kernel.kallsyms]_text", high, true},
		{"[kernel.kallsyms].init.text", relative, true},
		{"[kernel]", relative, true},
		{"[guest.kernel.kallsyms]", relative, true},
		{"[guest.kernel.kallsyms.12]", relative, true},
		{"/usr/lib/debug/boot/vmlinux-6.1.0-10", relative, true},
		{"/proc/kcore", high, true},

		// Modules, one of which has a name that begins like a region's.
		{"[tcp_bbr]", high, true},
		{"[tls]", relative, true},
		{"[stacktrace]", relative, true},
		{"[heapfs]", relative, true},
		{"[anonfs]", high, true},
		{"[vdso_test]", high, true},
		{"[unknown_module]", relative, true},
		{"[bpf]", high, true},
		{"/lib/modules/6.1/kernel/net/tls/tls.ko", high, true},
		{"/lib/modules/6.1/kernel/net/tls/tls.ko", relative, true},
		{"/lib/modules/6.1/kernel/net/tls/tls.ko.xz", relative, true},
		{"/lib/modules/6.1/kernel/net/tls/tls.ko.zst", high, true},
		{"/usr/lib/debug/lib/modules/6.1/kernel/net/tls/tls.ko.debug", relative, true},

		// What the kernel made as it ran.
		{"bpf_prog_6deef7357e7b4530", high, true},
		{"bpf_prog_6deef7357e7b4530_egress", relative, true},
		{"bpf_trampoline_6442490880", high, true},
		{"ftrace_trampoline", high, true},

		// Regions of a process.
		{"[vdso]", low, false},
		{"[vdso32]", low, false},
		{"[vvar]", low, false},
		{"[vsyscall]", 0xffff_ffff_ff60_0000, false},
		{"[heap]", low, false},
		{"[stack]", low, false},
		{"[stack:1234]", low, false},
		{"[anon]", low, false},
		{"[anon:go heap]", low, false},
		{"[uprobes]", low, false},
		{"[JIT] tid 12", low, false},
		{"//anon", low, false},

		// Programs and libraries, some by odd names, some at high addresses.
		{"/usr/bin/[", relative, false},
		{"[odd] name.so", relative, false},
		{"[odd].so", relative, false},
		{"/usr/lib/libc.so.6", low, false},
		{"/usr/lib/libc.so.6", high, false},
		{"/srv/server", high, false},
		{"/srv/server", relative, false},
		{"/srv/bpf_prog_6deef7357e7b4530", relative, false},
		{"/srv/app.kotlin", low, false},
		{"/run/perf-12.map", low, false},

		// No file.
		{"", high, true},
		{"", low, false},
		{"[unknown]", high, true},
		{"[unknown]", low, false},
	} {
		l := &profile.Location{Address: tt.addr, Mapping: &profile.Mapping{File: tt.object}, Line: []profile.Line{{Function: &profile.Function{Name: "f"}}}}
		for what, at := range map[string]Frame{"Frames": framesAt(l, cleaned)[0], "Functions": symbolOf(l, l.Line[0].Function)} {
			if at.Kernel != tt.want {
				t.Errorf("%s: %q at %#x: kernel is %v", what, tt.object, tt.addr, at.Kernel)
			}
		}
	}
}
