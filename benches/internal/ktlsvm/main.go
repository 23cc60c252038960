// Ktlsvm runs the tests of kernel TLS on kernels that have it: Debian's, each in
// a virtual machine of its own, without a disk and without root's rights.
//
// Most machines that tests run on have no module tls. So this program takes
// Debian kernels out of their packages, which it downloads with apt and does not
// install, and boots each under qemu-system-x86_64 with an initramfs that holds
// the modules, the test binaries, wsbench, and this program as the first process.
// That process first runs the steps that need a kernel without tls, loads the
// modules, runs the others, and powers off.
//
// The last thing it writes is one line with a token that was drawn for this boot.
// The result is taken from that line alone: a kernel that panics, hangs or loses
// it has failed. All that the machine wrote to its console is kept in a file.
//
//	go run ./benches/internal/ktlsvm                    both kernels
//	go run ./benches/internal/ktlsvm -kernels testing   one of them
//	go run ./benches/internal/ktlsvm -steps 'echo|tls'  some of the steps
//
// A kernel that cannot be had or booted here is skipped: the reason is printed
// and, with -skips, added to a file. Kernels are kept in the user's cache
// directory; -refresh has them downloaded anew. The program runs in the root of
// the module.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// kernels are what is booted, in this order: one before keys could be set a
// second time (Linux 6.14), one since.
var kernels = []kernel{
	{suite: "bookworm", what: "Linux 6.1, keys are set once"},
	{suite: "testing", what: "a Linux of 6.14 or later, keys can be set again", least: "6.14"},
}

// output is the folder of what is built, and of the transcripts.
const output = ".build/ktls"

// inAll is the time for everything. A machine has its share of what is left when
// it is booted.
const inAll = 590 * time.Second

func main() {
	if os.Getpid() == 1 {
		guest(os.Args[1:])
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ktlsvm:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	kernels, steps, skips string
	refresh               bool
}

func (o *options) parse(args []string) error {
	f := flag.NewFlagSet("ktlsvm", flag.ContinueOnError)
	f.StringVar(&o.kernels, "kernels", "", "the Debian suites to take kernels from, separated by commas (default: "+suites()+")")
	f.StringVar(&o.steps, "steps", "", "run only the steps whose names match this regular expression")
	f.StringVar(&o.skips, "skips", "", "add a line for each skip to this file")
	f.BoolVar(&o.refresh, "refresh", false, "download the kernels anew")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%s: no arguments are expected", f.Arg(0))
	}
	_, err := regexp.Compile(o.steps)
	return err
}

func suites() string {
	var list []string
	for _, k := range kernels {
		list = append(list, k.suite)
	}
	return strings.Join(list, ",")
}

// chosen returns the kernels that -kernels names.
func (o *options) chosen() (list []kernel, err error) {
	for _, s := range strings.Split(o.kernels, ",") {
		i := slices.IndexFunc(kernels, func(k kernel) bool { return k.suite == s })
		if s == "" && o.kernels == "" {
			return kernels, nil
		}
		if i < 0 {
			return nil, fmt.Errorf("-kernels %s: there are %s", s, suites())
		}
		list = append(list, kernels[i])
	}
	return list, nil
}

// run boots the kernels one after another. A skip is no error.
func run(ctx context.Context, args []string, stdout io.Writer) error {
	var o options
	if err := o.parse(args); err != nil {
		return err
	}
	list, err := o.chosen()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, inAll, fmt.Errorf("all kernels together took more than %v", inAll))
	defer cancel()
	var failed []error
	for i, k := range list {
		err := k.test(ctx, o, len(list)-i, stdout)
		var s skip
		if errors.As(err, &s) {
			fmt.Fprintf(stdout, "SKIP %s: %v\n", k.suite, s)
			err = s.note(o.skips, "ktls: "+k.suite)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", k.suite, err))
		}
	}
	return errors.Join(failed...)
}

// test fetches a kernel, boots it and prints what its steps came to. It is the
// first of as many as are left.
func (k kernel) test(ctx context.Context, o options, left int, stdout io.Writer) error {
	if err := hasTools(); err != nil {
		return err
	}
	cached, err := k.fetch(ctx, o.refresh)
	if err != nil {
		return err
	}
	token := newToken()
	m := machine{kernel: filepath.Join(cached, "vmlinuz"), initrd: filepath.Join(output, k.suite+".cpio"), transcript: filepath.Join(output, k.suite+".log")}
	if err := pack(ctx, m.initrd, cached); err != nil {
		return err
	}
	defer os.Remove(m.initrd)
	booted := time.Now()
	fmt.Fprintf(stdout, "== %s: %s\n", k.suite, k.what)
	end, _ := ctx.Deadline()
	text, err := m.boot(ctx, time.Until(end)/time.Duration(left), token, o.steps)
	v, lines := read(text, token)
	for _, l := range lines {
		fmt.Fprintln(stdout, l)
		if what, ok := strings.CutPrefix(l, notRun); ok {
			if err := skip(what).note(o.skips, "ktls: "+k.suite); err != nil {
				return err
			}
		}
	}
	err = v.judge(err, text, k)
	word := "ok  "
	if err != nil {
		word = "FAIL"
	}
	fmt.Fprintf(stdout, "%s %s: %d steps on Linux %s in %.0f s; transcript: %s\n", word, k.suite, v.steps, v.release, time.Since(booted).Seconds(), m.transcript)
	return err
}
