package syscalls

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

// kernelOf is a kernel that knows the set-up flags of f only.
func kernelOf(f Features) setupRing {
	known := f.setupFlags() | setupCQSize | setupClamp | setupDisabled
	return func(entries uint32, p *uringParams) (int, syscall.Errno) {
		if p.flags&^known != 0 {
			return -1, syscall.EINVAL
		}
		return setupByKernel(entries, p)
	}
}

// Older kernels refuse what they do not know: the ring does without.
func TestNewRingOnOlderKernels(t *testing.T) {
	has, err := probed()
	if err != nil {
		t.Skip(err)
	}
	since := Features(0)
	for _, c := range []struct {
		kernel string
		brings Features
	}{
		{"5.11", 0}, {"5.18", SubmitAll}, {"5.19", CoopTaskrun | TaskrunFlag},
		{"6.0", SingleIssuer}, {"6.1", DeferTaskrun}, {"6.6", NoSQArray},
	} {
		since |= c.brings
		t.Run("kernel="+c.kernel, func(t *testing.T) {
			if !has.Has(since) {
				t.Skip("this kernel is older")
			}
			r := newRing(t, RingOptions{setup: kernelOf(since)})
			if r.Features() != since {
				t.Errorf("runs with %v, not with %v", r.Features(), since)
			}
			r.SQE().PrepNop(1)
			expect(t, "nop", completion(t, r), 1, 0, false)
		})
	}
}

func TestProbe(t *testing.T) {
	has, err := Probe()
	if err != nil {
		t.Skip(err)
	}
	t.Log(has)
	if !has.Has(RegisteredBuffers | Timeouts | PollMultishot) {
		t.Error("lacks what 5.13 had")
	}
	old := SubmitAll | CoopTaskrun | TaskrunFlag
	if got, err := probe(RingOptions{Entries: 8, setup: kernelOf(old)}); err != nil || got&setupFeatures != old&has {
		t.Errorf("of an older kernel: %v, %v", got, err)
	}
	without := DeferTaskrun | RecvBundle | Incremental
	if got, err := probe(RingOptions{Entries: 8, Without: without}); err != nil || got != has&^without {
		t.Errorf("without some: %v, %v", got, err)
	}
}

// What a kernel lacks or a sandbox forbids is one line.
func TestNewRingRefused(t *testing.T) {
	refuse := func(errno syscall.Errno) setupRing {
		return func(uint32, *uringParams) (int, syscall.Errno) { return -1, errno }
	}
	for errno, want := range map[syscall.Errno]string{
		syscall.ENOSYS: "io_uring: not there: ",
		syscall.EPERM:  "io_uring: ",
		syscall.ENOMEM: "ulimit -l",
		syscall.EINVAL: "io_uring: set-up with 256 entries: invalid argument",
		syscall.EMFILE: "io_uring: set-up failed: too many open files",
	} {
		for name, f := range map[string]func(RingOptions) error{
			"ring":  func(opt RingOptions) error { _, err := NewRing(opt); return err },
			"probe": func(opt RingOptions) error { _, err := probe(opt); return err },
		} {
			err := f(RingOptions{setup: refuse(errno)})
			if !errors.Is(err, ErrNoUring) || !errors.Is(err, errno) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s, %v: %v", name, errno, err)
			}
		}
	}
	needs(t, 0)
	old := func(entries uint32, p *uringParams) (int, syscall.Errno) {
		fd, errno := setupByKernel(entries, p)
		p.features &^= featExtArg
		return fd, errno
	}
	if _, err := NewRing(RingOptions{setup: old}); !errors.Is(err, ErrNoUring) || !strings.HasSuffix(err.Error(), "too old: want Linux 5.11 or later") {
		t.Error(err)
	}
}

func TestSetupError(t *testing.T) {
	for _, c := range []struct {
		disabled, want string
	}{
		{"2", "io_uring: switched off: sysctl kernel.io_uring_disabled is 2, 0 would allow it: operation not permitted"},
		{"1", "io_uring: switched off for this user: sysctl kernel.io_uring_disabled is 1; it takes 0, membership in the group of kernel.io_uring_group, or CAP_SYS_ADMIN: operation not permitted"},
		{"0", "io_uring: forbidden by a sandbox: its seccomp profile must allow io_uring_setup, io_uring_enter and io_uring_register: operation not permitted"},
		{"", "io_uring: forbidden by a sandbox: its seccomp profile must allow io_uring_setup, io_uring_enter and io_uring_register: operation not permitted"},
	} {
		if got := setupError(syscall.EPERM, c.disabled).Error(); got != c.want {
			t.Errorf("disabled %q:\n%s\nwant\n%s", c.disabled, got, c.want)
		}
	}
}

func TestFeaturesString(t *testing.T) {
	all := endOfFeatures - 1
	if len(features) != strings.Count(all.String(), " ")+1 || strings.Contains(all.String(), "lacks") {
		t.Errorf("all: %v", all)
	}
	for f, want := range map[Features]string{
		all &^ (RecvBundle | MsgRingSync): "cancel-fd sync-cancel msg-ring; lacks recv-bundle (Linux 6.10), msg-ring-sync (Linux 6.13)",
		0:                                 "nothing; lacks submit-all (Linux 5.18), ",
		SubmitAll | MsgRingSync:           "submit-all msg-ring-sync; lacks ",
	} {
		if got := f.String(); !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	if f := SubmitAll | DeferTaskrun | TaskrunFlag; f.setupFlags() != setupSubmitAll {
		t.Errorf("%v asks for %#x, which kernels refuse", f, f.setupFlags())
	}
}
