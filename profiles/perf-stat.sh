#!/bin/sh
# perf-stat.sh - what does a process's work cost: cycles, instructions, cache
# misses, context switches, migrations, page faults?
#
# USAGE
#   perf-stat.sh [-x | -j] [-d SECONDS] [-o DIR] [-t TID | -c] [-f] -p PID
#   perf-stat.sh [-x | -j] [-d SECONDS] [-o DIR] [-f] -- COMMAND [ARG...]
#
#   Counts until SECONDS are over, SIGINT or SIGTERM comes, or the process ends
#   (which perf notices within a second). Prints "ready: ..." when the counters
#   run, and "wrote: FILE" at the end.
#
#   -x          comma-separated values
#   -j          JSON, one line per event (perf 5.19 or newer)
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
#   perf 5.10 or newer (Debian: linux-perf); the same user as the process and
#   kernel.perf_event_paranoid at most 2, or root. Hardware events are counted
#   where the host has them (most virtual machines have none), and apart for
#   user and kernel with kernel.perf_event_paranoid at most 1.
#
# OVERHEAD
#   The lightest of these captures: counters are saved and restored when a
#   thread of the process is switched, which adds some hundred nanoseconds to
#   a context switch, and nothing between switches. With more hardware events
#   than the CPU has counters the kernel rotates them and perf extrapolates,
#   as the percentages in the file tell.
#
# FILES
#   perf-stat.txt   perf stat
#   perf-stat.csv   with -x: perf stat -x,
#   perf-stat.json  with -j: perf stat -j
#
# SAMPLE OUTPUT
#   $ ./perf-stat.sh -d 0.5 -p 5800; cat perf-stat.txt
#   ready: perf-stat.sh observes process 5800
#   wrote: ./perf-stat.txt
#   # started on Sat Nov 21 12:10:10 2026
#    Performance counter stats for process id '5800':
#               226.40 msec task-clock                       #    0.444 CPUs utilized
#                 2361      context-switches                 #   10.428 K/sec
#                    0      cpu-migrations                   #    0.000 /sec
#                    0      page-faults                      #    0.000 /sec
#                    0      minor-faults                     #    0.000 /sec
#                    0      major-faults                     #    0.000 /sec
#          0.510063924 seconds time elapsed

set -eu
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/perflib.sh"

format=txt
while getopts "${common}xj" opt; do
	case $opt in
	x) format=csv ;;
	j) format=json ;;
	*) option "$opt" "${OPTARG-}" ;;
	esac
done
shift $((OPTIND - 1))

# events prints the events that this host counts. Each is tried where not all
# of the hardware's can be had, and none where it has neither of the first two.
events() {
	software=task-clock,context-switches,cpu-migrations,page-faults,minor-faults,major-faults
	hardware='cycles instructions cycles:u cycles:k instructions:u instructions:k branches branch-misses
		cache-references cache-misses L1-dcache-load-misses dTLB-load-misses'
	# shellcheck disable=SC2086
	if ! counts $hardware; then
		if counts cycles:u || counts instructions:u; then
			for event in $hardware; do
				! counts "$event" || software=$software,$event
			done
		fi
		echo "$software"
	else
		echo "$software $hardware" | tr -s ' \t\n' , | sed 's/,$//'
	fi
}

need_perf
if [ $format = json ] && ! perf stat -h 2>&1 </dev/null | grep -q -e --json; then
	die "$version has no JSON output: perf 5.19 or newer, or -x"
fi
target "$@"
outputs perf-stat.$format
counts task-clock || denied
begin
[ $# -eq 0 ] || launch "$@"

set -- -o "$dir/perf-stat.$format" -e "$(events)"
case $format in
csv) set -- "$@" -x , ;;
json) set -- "$@" -j ;;
esac
perf_capture stat "$@"
wrote perf-stat.$format
