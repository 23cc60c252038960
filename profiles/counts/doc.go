// Package counts reads what strace, perf stat and perf trace print, and makes
// benchmark lines of it: how many system calls, errors, cycles and context
// switches a message took.
//
// # Captures
//
// Read finds out by itself which of these a file is:
//
//	strace -c       tables, with or without errors, -w, -S, -U, several in a file
//	strace -f       logs, with any of -T, -t, -tt, -ttt, -r, -y, -yy, -Y, -n; -C
//	perf stat       text, of one run, of -r, -I, -A, --per-thread
//	perf stat -x    with any one separator
//	perf stat -j    a JSON object a line
//	perf trace -s   tables per thread or in total, --errno-summary; -S
//
// A line that cannot be read is a warning with the file, the line and what to
// do, and reading goes on. What a tool did not count is absent, never 0; Skips
// tells why.
//
// # What is counted
//
// A system call counts once it has returned, as strace -c counts it: the calls
// that the end of a log found in the kernel, and exit_group, are Unfinished. A
// call that was interrupted (ERESTARTSYS, EINTR) has returned with an error;
// restart_syscall, by which the kernel continues one, is a call of its own.
//
// Time is what the tool calls it: the time from entry to return in logs (-T),
// perf trace and strace -c -w; the system time in strace -c without -w, which
// a table does not tell apart.
//
// # Lines
//
// Of the base name NAME and N messages:
//
//	BenchmarkNAME N 2.003 syscalls/msg 0.0012 EAGAIN/msg 12.4 frames/wait …
//	BenchmarkNAME/call=recvfrom N 1.0005 syscalls/msg 0.0005 errors/msg …
//	BenchmarkNAME/thread=worker N 1.2 syscalls/msg …
//
// A thread's line sums the threads of one name, and there are such lines only
// where a capture tells two names or more: thread IDs differ from run to run.
// Without a number of messages the unit is the capture (syscalls/capture), N is
// 1, and frames/wait is absent.
//
// EAGAIN/msg leaves out futex, whose EAGAIN says that a word has changed and
// not that a descriptor had nothing. It is absent where a call failed and the
// capture does not tell how: strace -c and perf trace without --errno-summary
// count errors only. Where no call failed it is 0.
//
// frames/wait divides the messages by the calls of epoll_wait, epoll_pwait,
// epoll_pwait2 and io_uring_enter that returned something. A log tells: a
// result above 0 of the first three; a call with IORING_ENTER_GETEVENTS and
// without an error of io_uring_enter, whose result counts submissions. In
// tables it is the calls less the errors, those that timed out included.
//
// cycles/msg is the sum of cycles:u and cycles:k where perf counted only these.
// The parts are user-cycles/msg and sys-cycles/msg, and so for other events;
// task-clock has no such parts, whatever its modifier says. Events that perf
// multiplexed are used as it scaled them, with a warning. Of tracepoints,
// raw_syscalls:sys_enter is syscalls/msg, and syscalls:sys_enter_X counts call X.
package counts
