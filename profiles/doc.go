// Package profiles holds the capture scripts for a target host: POSIX shell
// that runs strace, perf, bpftrace or an HTTP client on a process or a command
// and leaves what the tool printed in files. Each can be read, copied and run
// alone, with lib.sh and perflib.sh beside it; [Unpack] writes them all from
// the binary that holds them.
//
// They share one interface, which a header in each tells in full (-h prints
// it):
//
//	NAME.sh [-d SECONDS] [-o DIR] [-c] [-f] -p PID
//	NAME.sh [-d SECONDS] [-o DIR] [-f] -- COMMAND [ARG...]
//
// A capture ends when SECONDS are over, at SIGINT or SIGTERM, or with the
// process; it is complete in each case, a process of -p is left running, a
// COMMAND is ended, and no process of the capture remains. Standard output has
// a line "ready: ..." when the tool counts, and a line "wrote: FILE" for each
// file; a COMMAND has it to itself, and these lines are on standard error. The
// exit status is 0, or 1 after one line on standard error that says
// what to install or to set, or 2 after wrong usage. A capture that is there
// already is overwritten with -f only.
//
//	script          files                                  the tool's command
//	strace.sh       strace-counts.txt                      strace -f -c
//	strace.sh -l    strace-log.txt                         strace -f -ttt -T
//	perf-stat.sh    perf-stat.txt, -x .csv, -j .json       perf stat
//	perf-record.sh  perf.data, perf-script.txt             perf record, perf script
//	perf-trace.sh   perf-trace.txt                         perf trace -s
//	offcpu.sh       offcpu-script.txt                      perf record of sched_switch, perf script
//	offcpu.sh -b    offcpu-bpftrace.txt                    bpftrace
//	pprof.sh        cpu.pb.gz, heap.pb.gz, ..., trace.out  curl or wget, of net/http/pprof
//
// strace.sh, perf-stat.sh and perf-record.sh observe one thread with -t TID. By
// that bench.sh captures the loop of a benchmark of mask, parse, scratch or
// syscalls, which package benchloop holds back until the tool counts:
//
//	bench.sh [-b PATTERN] [-d SECONDS] [-o DIR] [-f] COMPONENT [perf|stat|strace|pprof]
//
// The scripts capture and do not interpret: what a capture means is for the
// packages below this one to read.
package profiles
