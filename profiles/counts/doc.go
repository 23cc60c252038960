// Package counts reads what strace, perf stat and perf trace print: how many
// system calls, errors, cycles and context switches there were, and how long
// they took.
//
// # Captures
//
// Read finds out by itself which of these a file is:
//
//	strace -c       tables, with or without errors, -w, -S, -U, several in a file
//	strace -f       logs, with any of -T, -t, -tt, -ttt, -r, -y, -yy, -Y, -n; -C
//	perf stat       text, of one run, of -r, -I, -A, --per-thread
//	perf stat -x    with any one separator
//	perf stat -j    one JSON object per line
//	perf trace -s   tables per thread or in total, --errno-summary; -S
//
// A line that cannot be read is a warning with the file, the line and what to
// do, and reading goes on. What a tool did not count is absent, never 0; Skips
// tells why.
//
// # What is counted
//
// A system call counts once it has returned, as strace -c counts it: the calls
// that the end of a log found in the kernel, and exit_group, do not count. A
// call that was interrupted (ERESTARTSYS, EINTR) has returned with an error;
// restart_syscall, by which the kernel continues one, is a call of its own.
//
// Time is what the tool calls it: the time from entry to return in logs (-T),
// perf trace and strace -c -w; the system time in strace -c without -w, which
// a table does not tell apart.
//
// # Waits
//
// A call waits if it is epoll_wait, epoll_pwait, epoll_pwait2 or io_uring_enter,
// and returned something: in a log a result above 0 of the first three, and a
// call with IORING_ENTER_GETEVENTS and without an error of io_uring_enter, whose
// result counts submissions. In
// tables it is the calls less the errors, those that timed out included.
//
// # Events
//
// Events that perf multiplexed are used as it scaled them, with a warning. Of
// tracepoints, syscalls:sys_enter_X counts call X.
package counts
