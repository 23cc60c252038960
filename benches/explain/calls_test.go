package explain

import (
	"bufio"
	"compress/gzip"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/pprof/profile"

	"wsbench/profiles/counts"
	"wsbench/profiles/stacks"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// captured reads a capture of testdata/calls, and what perf script says of it:
// the time of all samples, and of those below the entry of a system call.
func captured(t *testing.T, path string) (p *profile.Profile, all, within float64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, warnings, err := stacks.Read(f, path)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	f.Seek(0, 0)
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var period float64
	counted := false
	for lines := bufio.NewScanner(z); lines.Scan(); {
		line := lines.Text()
		if before, _, ok := strings.Cut(line, " cpu-clock:"); ok {
			words := strings.Fields(before)
			if period, err = strconv.ParseFloat(words[len(words)-1], 64); err != nil {
				t.Fatal(line)
			}
			all, counted = all+period, false
		}
		if strings.Contains(line, " entry_SYSCALL_64") && !counted {
			within, counted = within+period, true
		}
	}
	return p, all, within
}

// Every server's time in the kernel is some call's, whatever the kernel's
// functions are called, or to none; nothing is lost.
func TestCallsOfCaptures(t *testing.T) {
	paths := glob("testdata/calls/*.txt.gz")
	if len(paths) < 4 {
		t.Fatalf("captures %q", paths)
	}
	for _, path := range paths {
		p, all, within := captured(t, path)
		s := &Subject{profiles: map[string]*profile.Profile{PerfRecord: p}}
		var text strings.Builder
		var sum float64
		for _, c := range s.Calls() {
			ns := c.CPU * Messages
			sum += ns
			fmt.Fprintf(&text, "%-16s %5.1f %%\n", c.Name, 100*ns/all)
		}
		if math.Abs(sum-within) > 1 {
			t.Errorf("%s: the calls have %.0f ns of %.0f within system calls", path, sum, within)
		}
		golden(t, strings.TrimSuffix(path, ".txt.gz")+".golden", text.String())
	}
}

// The outermost function below the kernel's entry tells the call, by any of the
// names that its kinds of functions have.
func TestCallOf(t *testing.T) {
	for folded, want := range map[string]string{
		"main;do_syscall_64_[k];__x64_sys_sendto_[k];__sys_sendto_[k];tcp_sendmsg_[k]":                 "sendto",
		"main;do_syscall_64_[k];x64_sys_call_[k];ksys_write_[k];vfs_write_[k]":                         "write",
		"main;do_syscall_64_[k];vfs_writev_[k]":                                                        "writev",
		"main;do_syscall_64_[k];do_writev_[k];vfs_writev_[k]":                                          "writev",
		"main;do_syscall_64_[k];__do_sys_io_uring_enter_[k];io_submit_sqes_[k];__sys_recvmsg_sock_[k]": "io_uring_enter",
		"main;do_syscall_64_[k];do_sendfile_[k];do_splice_direct_[k];vfs_read_[k]":                     "sendfile",
		"main;do_syscall_64_[k];do_epoll_wait_[k];schedule_[k]":                                        "epoll_wait",
		"main;do_syscall_64_[k];do_epoll_pwait.part.0_[k];do_epoll_wait_[k]":                           "epoll_pwait",
		"main;do_syscall_64_[k];___sys_sendmsg_[k]":                                                    "sendmsg",
		"main;do_syscall_64_[k];__se_sys_newfstat_[k]":                                                 "fstat",
		"main;entry_SYSCALL_64_[k]":                                                                    Unattributed,
		"main;do_syscall_64_[k];exit_to_user_mode_loop_[k];schedule_[k]":                               Unattributed,
		"main;do_syscall_64_[k];syscall_trace_enter_[k]":                                               Unattributed,
		"main;SyS_write_[k];vfs_write_[k]":                                                             "",
		"main;do_syscall_64_[k];SyS_write_[k];vfs_write_[k]":                                           "write",
		"main;do_fast_syscall_32_[k];__ia32_compat_sys_recvfrom_[k]":                                   "recvfrom",
		"main;el0t_64_sync_[k];el0t_64_sync_handler_[k];el0_svc_[k];do_el0_svc_[k];el0_svc_common.constprop.0_[k];invoke_syscall_[k];__arm64_sys_write_[k];ksys_write_[k]": "write",
		"main;el0t_64_sync_[k];el0t_64_sync_handler_[k];el0_svc_[k];do_el0_svc_[k];vfs_read_[k]":                                                                           "read",
		"main;el0t_64_sync_[k];el0t_64_sync_handler_[k];el0_svc_[k];exit_to_user_mode_[k]":                                                                                 Unattributed,
		"main;el0t_64_sync_[k];el0t_64_sync_handler_[k];el0_da_[k];do_page_fault_[k]":                                                                                      "",
		"main;asm_exc_page_fault_[k];exc_page_fault_[k];vfs_read_[k]":                                                                                                      "",
		"ret_from_fork_asm_[k];io_wq_worker_[k];__sys_sendmsg_sock_[k]":                                                                                                    "",
		"main;__x64_sys_recvfrom_[k];tcp_recvmsg_[k]":                                                                                                                      "recvfrom",
		"do_syscall_64;ksys_write;main":                                                                                                                                    "", // a program's own
		"main":                                                                                                                                                             "",
	} {
		frames := strings.Split(folded, ";")
		slices.Reverse(frames)
		if got := callOf(stacks.Frames(cpuOf(stack{frames, 1}).Sample[0])); got != want {
			t.Errorf("%s: %q, want %q", folded, got, want)
		}
	}
}

// A call that strace saw and no sample did took no CPU time, which is not to say
// that it is unknown; what is no call's has no number of calls.
func TestCallsWithoutSamples(t *testing.T) {
	got := &counts.Capture{Calls: []counts.Call{{Name: "accept4", Calls: 7}, {Name: "sendto", Calls: 70}}}
	s := &Subject{
		counted:  []counted{{Capture{Observer: Strace, Echoes: 70}, got}},
		profiles: map[string]*profile.Profile{PerfRecord: cpuOf(stack{sending, 3e6}, stack{[]string{"schedule_[k]", "exit_to_user_mode_loop_[k]", "do_syscall_64_[k]", "main"}, 9e6})},
	}
	calls := s.Calls()
	if len(calls) != 3 || calls[0].Name != "sendto" || calls[0].CPU != 3 || calls[1].Name != "accept4" || calls[1].CPU != 0 || calls[1].Count != 0.1 {
		t.Fatalf("calls %+v", calls)
	}
	if last := calls[2]; last.Name != Unattributed || last.CPU != 9 || !math.IsNaN(last.Count) || !math.IsNaN(last.Errors) {
		t.Errorf("the last is %+v", last)
	}
	s.profiles = nil
	if calls := s.Calls(); len(calls) != 2 || !math.IsNaN(calls[0].CPU) {
		t.Errorf("without a profile %+v", calls)
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update writes it anew:\n%s", filepath.Base(path), diff)
	}
}
