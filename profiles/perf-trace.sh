#!/bin/sh
# perf-trace.sh - how many system calls does each thread make, and how long do
# they take, without ptrace?
#
# USAGE
#   perf-trace.sh [-k | -l] [-d SECONDS] [-o DIR] [-c] [-f] -p PID
#   perf-trace.sh [-k] [-d SECONDS] [-o DIR] [-f] -- COMMAND [ARG...]
#
#   Records the entry and the exit of each call until SECONDS are over, SIGINT
#   or SIGTERM comes, or the process ends, and has perf trace sum them up, a
#   table per thread. Prints "ready: ..." when recording has begun, and
#   "wrote: FILE" at the end.
#
#   -k          keep what was recorded, as perf-trace.data
#   -l          live, by perf trace -p: writes no recording, but misses threads
#               that are created later. Taken by itself, with a line that says
#               so, where perf cannot read its recordings (perf 6.12 crashes).
#   -d SECONDS  end after so long (0.5 will do); a COMMAND is then ended too
#   -o DIR      where the capture goes (default: the current directory)
#   -p PID      this process, all its threads, those to come, and children that
#               it forks from now on
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
#   perf 5.10 or newer (Debian: linux-perf), built with libtraceevent and a
#   table of system calls; tracepoints, which take root, or
#   kernel.perf_event_paranoid -1 and a readable /sys/kernel/tracing. Room in
#   DIR for about 200 bytes per call until the summary is made.
#
# OVERHEAD
#   Two records per call into a ring that perf empties to a file: some hundred
#   nanoseconds per call in the process, a small part of what ptrace takes, and
#   CPU time of perf itself on whatever CPU is free, or on the server's where
#   none is. Latencies hold that cost, and the time a call blocked. The summary
#   says so where records were lost.
#
# FILES
#   perf-trace.txt   perf trace -s, with errors (--errno-summary) where perf can
#   perf-trace.data  with -k: perf record of raw_syscalls:sys_enter and sys_exit
#
# SAMPLE OUTPUT
#   $ ./perf-trace.sh -d 0.5 -p 5800; cat perf-trace.txt
#   ready: perf-trace.sh observes process 5800
#   wrote: ./perf-trace.txt
#    Summary of events:
#
#    wsbench (5804), 139504 events, 99.9%
#
#      syscall            calls  errors  total       min       avg       max       stddev
#                                        (msec)    (msec)    (msec)    (msec)        (%)
#      --------------- --------  ------ -------- --------- --------- ---------     ------
#      epoll_pwait         2641      0   194.903     0.000     0.074     1.986      2.86%
#      sendto             33492      0   178.765     0.005     0.005     0.090      0.18%
#      recvfrom           33492      0    49.857     0.001     0.001     0.100      0.36%

set -eu
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/perflib.sh"

keep='' live=''
while getopts "${common}kl" opt; do
	case $opt in
	k) keep=1 ;;
	l) live=1 ;;
	*) option "$opt" "${OPTARG-}" ;;
	esac
done
shift $((OPTIND - 1))
[ -z "$thread" ] || usage '-t is for strace.sh, perf-stat.sh and perf-record.sh'
[ -z "$live" ] || [ -z "$keep" ] || usage 'give -k or -l, not both'
[ -z "$live" ] || [ $# -eq 0 ] || usage '-l takes -p PID: of a COMMAND it would see the first thread only'

# entries are the events of a recording.
entries=raw_syscalls:sys_enter,raw_syscalls:sys_exit

# settle_live turns to -l where perf cannot sum up a recording of its own.
settle_live() {
	[ -z "$live" ] || return 0
	perf record -R -c 1 -N -e $entries -o "$tmp/trial" -- true >/dev/null 2>&1 </dev/null || return 0
	# The shell between tells of a crash into /dev/null.
	# shellcheck disable=SC2016
	! sh -c '"$@"; exit $?' sh perf trace --force -s -o /dev/null -i "$tmp/trial" >/dev/null 2>&1 </dev/null || return 0
	[ $# -eq 0 ] || die "$version cannot sum up what it recorded: start the command, and use -p"
	[ -z "$keep" ] || die "$version cannot sum up what it recorded: leave -k away"
	say "$version cannot sum up what it recorded: as with -l, threads to come are not counted"
	live=1
}

# by_recording records, and has perf trace sum the recording up.
by_recording() {
	data=$dir/perf-trace.data
	[ -n "$keep" ] || scratch=$data
	perf_capture record -R -c 1 -m 1024 -N -e $entries -o "$data"
	[ -s "$data" ] || wrote perf-trace.data
	perf_print perf-trace.txt perf trace --force -s $errnos -o "$dir/perf-trace.txt" -i "$data"
}

# by_perf_trace has no way to be told of perf that it counts, but that perf has
# mapped its buffers, which is what it does last.
by_perf_trace() {
	# shellcheck disable=SC2016
	capture '@attached *' sh -c '
		( (while [ -d "/proc/$$" ]; do
			if grep -q perf_event "/proc/$$/maps"; then sleep 0.1; echo @attached; break; fi
			sleep 0.05
		done 2>/dev/null) & )
		exec "$@"' sh perf trace -s $errnos -o "$dir/perf-trace.txt" -p "$pids"
}

need_perf
help=$(perf trace -h 2>&1 </dev/null) || :
case $help in *--summary*) ;; *) die 'this perf was built without perf trace: apt install linux-perf' ;; esac
case $help in *--errno-summary*) errnos=--errno-summary ;; *) errnos='' ;; esac
target "$@"
outputs perf-trace.txt perf-trace.data
need_tracepoints raw_syscalls:sys_enter raw_syscalls:sys_exit
begin
settle_live "$@"
[ $# -eq 0 ] || launch "$@"
if [ -n "$live" ]; then by_perf_trace; else by_recording; fi
wrote perf-trace.txt ${keep:+perf-trace.data}
