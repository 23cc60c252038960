package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// guest is the machine's first process. args are what guestArgs returns.
func guest(args []string) {
	booted := time.Now()
	token, filter, limit, err := parseGuestArgs(args)
	if err == nil {
		err = setUp()
	}
	if err != nil {
		fmt.Printf("set-up: %v\n", err)
		powerOff()
	}
	v := verdict{token: token, release: release()}
	only := regexp.MustCompile(filter)
	for _, without := range []bool{true, false} {
		if !without {
			v.count(loadModules("/modules"), "modules", time.Now())
		}
		for _, s := range steps {
			if s.without != without || !only.MatchString(s.name) {
				continue
			}
			began := time.Now()
			if s.spare && time.Since(booted)+s.limit+bootTime > limit {
				fmt.Printf("\n%s%s%s: the machine's time is short\n", stepPrefix, notRun, s.name)
				continue
			}
			v.count(s.do(), s.name, began)
		}
	}
	v.count(complaints(), "what the kernel logged", time.Now())
	unix.Klogctl(unix.SYSLOG_ACTION_CONSOLE_OFF, nil) // nothing of its own within the next line
	fmt.Printf("\n%v\n", v)
	powerOff()
}

// bootTime is more than a machine takes besides its steps.
const bootTime = 40 * time.Second

// count prints what a step came to.
func (v *verdict) count(result outcome, name string, began time.Time) {
	word := "ok  "
	v.steps++
	if result.err != nil {
		v.failed++
		word = "FAIL"
	}
	fmt.Printf("\n%s%s %-24s %5.1f s  %s\n", stepPrefix, word, name, time.Since(began).Seconds(), result)
}

// setUp makes of a kernel with an initramfs what programs expect.
func setUp() error {
	for _, m := range [][3]string{{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/tmp"}} {
		if err := unix.Mount(m[0], m[1], m[0], 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m[1], err)
		}
	}
	if err := os.Symlink("/proc/self/fd", "/dev/fd"); err != nil {
		return err
	}
	for k, v := range map[string]string{"PATH": "/bin", "HOME": "/tmp", "TMPDIR": "/tmp"} {
		os.Setenv(k, v)
	}
	files := unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &files); err != nil {
		return fmt.Errorf("setrlimit: %w", err)
	}
	return loopbackUp()
}

// loopbackUp brings lo up, which gives it 127.0.0.1.
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	r, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	r.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, r)
}

// loadModules loads the files of a folder in the order of their names.
func loadModules(folder string) outcome {
	files, err := filepath.Glob(filepath.Join(folder, "*.ko"))
	if err != nil {
		return outcome{err: err}
	}
	var names []string
	for _, file := range files {
		if err := loadModule(file); err != nil {
			return outcome{err: fmt.Errorf("%s: %w", file, err)}
		}
		names = append(names, moduleName(file)[3:]) // without the number in front
	}
	return outcome{text: strings.Join(names, " ")}
}

func loadModule(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.FinitModule(int(f.Fd()), "", 0)
}

// complaints fails if the kernel has warned or worse since it started.
func complaints() outcome {
	b, err := os.ReadFile("/proc/sys/kernel/tainted")
	if err != nil {
		return outcome{err: err}
	}
	var flags uint64
	fmt.Sscan(string(b), &flags)
	const died, warned, lockedUp = 1 << 7, 1 << 9, 1 << 14
	if flags&(died|warned|lockedUp) == 0 {
		return outcome{text: "no warning"}
	}
	log := make([]byte, 1<<20)
	n, _ := unix.Klogctl(unix.SYSLOG_ACTION_READ_ALL, log)
	fmt.Printf("%s\n", log[:max(0, n)])
	return outcome{err: fmt.Errorf("the kernel warned; see its log above (tainted: %d)", flags)}
}

// release returns the kernel's, as uname -r does.
func release() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "unknown"
	}
	return unix.ByteSliceToString(u.Release[:])
}

// powerOff ends the machine.
func powerOff() {
	os.Stdout.Sync()
	unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	panic("still on")
}
