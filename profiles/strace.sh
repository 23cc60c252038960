#!/bin/sh
# strace.sh - which system calls does a process make, and how many of them fail?
#
# USAGE
#   strace.sh [-l] [-d SECONDS] [-o DIR] [-t TID | -c] [-f] -p PID
#   strace.sh [-l] [-d SECONDS] [-o DIR] [-f] -- COMMAND [ARG...]
#
#   Counts calls and errors until SECONDS are over, SIGINT or SIGTERM comes, or
#   the process ends. Prints "ready: ..." when strace is attached to all threads,
#   and "wrote: FILE" at the end.
#
#   -l          write a log of every call instead: thread, time, call, result,
#               errno and duration, without payloads. Counts of each thread
#               come from it (strace -c adds all threads up).
#   -d SECONDS  end after so long (0.5 will do); a COMMAND is then ended too
#   -o DIR      where the capture goes (default: the current directory)
#   -p PID      this process, all its threads, those to come, and children that
#               it forks from now on
#   -t TID      with -p, this thread alone
#   -c          with -p, also the children that it has already: a server that
#               sh -c started is one
#   -f          overwrite an earlier capture
#   -h          this text
#
#   A COMMAND is observed from its start, the exec by the shell included. It
#   reads /dev/null, and keeps stdout to itself: "ready: ..." and "wrote: ..."
#   are on stderr then.
#
# REQUIREMENTS
#   strace (Debian: strace); the same user as the process and ptrace_scope 0,
#   or root. Nobody else may trace the process.
#
# OVERHEAD
#   The heaviest of these captures. Every system call stops its thread twice,
#   and each stop is two switches to strace and back: tens of microseconds a
#   call, so that a server which lives on small calls runs several times to
#   tens of times slower, and waits find more ready than they would. Read the
#   counts, never the times. -l writes about 100 bytes per call besides.
#   perf-trace.sh counts the same without ptrace.
#
# FILES
#   strace-counts.txt  strace -f -c, sorted by calls
#   strace-log.txt     with -l: strace -f -ttt -T -s 0
#
# SAMPLE OUTPUT
#   $ ./strace.sh -d 0.5 -p 5800; cat strace-counts.txt
#   ready: strace.sh observes process 5800
#   wrote: ./strace-counts.txt
#   % time     seconds  usecs/call     calls    errors syscall
#   ------ ----------- ----------- --------- --------- ----------------
#    15.75    0.059794           7      7567           sendto
#     7.54    0.028618           3      7567           recvfrom
#     0.57    0.002172           5       381           epoll_pwait
#    38.14    0.144831        2374        61         4 futex
#    37.35    0.141860        2955        48           nanosleep
#     0.02    0.000078           2        29           gettid
#     0.03    0.000114           6        19           rt_sigreturn
#     0.05    0.000174           9        19           getpid
#     0.05    0.000179           9        19           tgkill
#     0.51    0.001944        1944         1           restart_syscall
#   ------ ----------- ----------- --------- --------- ----------------
#   100.00    0.379764          24     15711         4 total
#
#   $ ./strace.sh -l -d 0.5 -p 5800; head strace-log.txt
#   ...
#   5803  1795263009.579207 futex(0x944740, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>
#   5800  1795263009.579253 futex(0x923ab8, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>
#   5804  1795263009.579288 recvfrom(24, ""..., 69632, 0, NULL, NULL) = 1032 <0.000010>
#   5804  1795263009.579362 sendto(24, ""..., 1028, MSG_NOSIGNAL, NULL, 0) = 1028 <0.000022>
#   5804  1795263009.579411 recvfrom(25, ""..., 69632, 0, NULL, NULL) = 1032 <0.000009>

set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

log=''
while getopts "${common}l" opt; do
	case $opt in
	l) log=1 ;;
	*) option "$opt" "${OPTARG-}" ;;
	esac
done
shift $((OPTIND - 1))

denied() {
	die "strace may not trace process $pid: run as its user with sysctl -w kernel.yama.ptrace_scope=0, or as root"
}

# not_traced ends the script where another tracer has one of the processes.
not_traced() {
	for traced in $(echo "$pids" | tr , ' '); do
		tracer=$(sed -n 's/^TracerPid:[[:space:]]*//p' "/proc/$traced/status" 2>/dev/null) || tracer=0
		[ "${tracer:-0}" = 0 ] || die "process $traced is traced already, by process $tracer: end that first"
	done
}

need strace strace
target "$@"
not_traced
if [ -n "$log" ]; then file=strace-log.txt; else file=strace-counts.txt; fi
outputs "$file"
begin
[ $# -eq 0 ] || launch "$@"

# strace says "attached" once for each process, when it has all its threads.
last=${thread:-${pids##*,}} observed=$pids all=-f
[ -z "$thread" ] || observed=$thread all=''
if [ -n "$log" ]; then set -- -ttt -T -s 0 -e signal=none; else set -- -c -S calls; fi
capture "*: Process $last attached*" strace $all "$@" -o "$dir/$file" -p "$observed"
wrote "$file"
