#!/bin/sh
# perf-record.sh - where does a process spend its CPU time, in its own code and
# in the kernel?
#
# USAGE
#   perf-record.sh [-F HZ] [-e EVENT] [-g MODE] [-u] [-d SECONDS] [-o DIR] [-t TID | -c] [-f] -p PID
#   perf-record.sh [-F HZ] [-e EVENT] [-g MODE] [-u] [-d SECONDS] [-o DIR] [-f] -- COMMAND [ARG...]
#
#   Samples stacks on the CPU until SECONDS are over, SIGINT or SIGTERM comes,
#   or the process ends. Prints "ready: ..." when sampling has begun, and
#   "wrote: FILE" at the end.
#
#   -F HZ       samples per second of CPU time (default 999: out of step with
#               timers of 1000 Hz)
#   -e EVENT    what to sample by (default: cycles, or cpu-clock on a host
#               without hardware counters)
#   -g MODE     how stacks are walked: fp (default: Go keeps frame pointers),
#               dwarf or lbr
#   -u          the process's own code only; needs no right to see the kernel
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
#   perf 5.10 or newer (Debian: linux-perf); root, or the same user as the
#   process with kernel.perf_event_paranoid at most 1 and kernel.kptr_restrict 0
#   (with -u: at most 2). A binary that still has its symbols: not stripped.
#
# OVERHEAD
#   An interrupt and a walk of the stack for each sample, some microseconds:
#   well under one percent of the CPU at 999 Hz with frame pointers. -g dwarf
#   copies 8 KiB of stack per sample and costs several times more, in perf and on
#   disk. perf itself wakes up to write, on whatever CPU is free.
#   cpu-clock samples by a timer: it cannot see code that runs with interrupts
#   off, and gives that time to the place where they are on again.
#
# FILES
#   perf.data        perf record: for perf report, perf annotate, ...
#   perf-script.txt  perf script: a block per sample, its stack innermost first;
#                    empty where the process used no CPU time
#
# SAMPLE OUTPUT
#   $ ./perf-record.sh -d 0.5 -p 5800; head perf-script.txt
#   ready: perf-record.sh observes process 5800
#   wrote: ./perf.data
#   wrote: ./perf-script.txt
#   wsbench  5800/5804  [000]  4580.220598:    1001001 cpu-clock:
#           ffffffff820267c8 tcp_mstamp_refresh+0x18 ([kernel.kallsyms])
#           ffffffff82021b2a tcp_rcv_established+0x3a ([kernel.kallsyms])
#           ffffffff82034550 tcp_v4_do_rcv+0x170 ([kernel.kallsyms])
#           ffffffff820369a2 tcp_v4_rcv+0xe62 ([kernel.kallsyms])
#           ...
#                     230a65 wsbench/benches/reactor.(*Loop).process+0x4a5 (/usr/local/bin/wsbench)
#                     230005 wsbench/benches/reactor.(*Loop).read+0x205 (/usr/local/bin/wsbench)
#                     2313e5 wsbench/benches/reactor.(*Loop).handle+0x145 (/usr/local/bin/wsbench)
#                     231228 wsbench/benches/reactor.(*Loop).turn+0x28 (/usr/local/bin/wsbench)
#                     230f70 wsbench/benches/reactor.(*Loop).Run+0xf0 (/usr/local/bin/wsbench)
#           ...

set -eu
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/perflib.sh"

hz=999 sampled='' walk=fp user=''
while getopts "${common}F:e:g:u" opt; do
	case $opt in
	F) case $OPTARG in '' | 0* | *[!0-9]*) usage "-F takes samples per second, not '$OPTARG'" ;; esac && hz=$OPTARG ;;
	e) case $OPTARG in '' | -*) usage "-e takes an event, not '$OPTARG'" ;; esac && sampled=$OPTARG ;;
	g) case $OPTARG in fp | dwarf | lbr) walk=$OPTARG ;; *) usage "-g takes fp, dwarf or lbr, not '$OPTARG'" ;; esac ;;
	u) user=1 ;;
	*) option "$opt" "${OPTARG-}" ;;
	esac
done
shift $((OPTIND - 1))

# choose_event settles the event, and refuses one that this host has not.
choose_event() {
	if [ -z "$sampled" ]; then
		sampled=cpu-clock
		! counts cycles:u || sampled=cycles
	fi
	case $user$sampled in 1*:*) ;; 1*) sampled=$sampled:u ;; esac
	counts "$sampled" || die "this host does not count the event $sampled: perf list names those it may have"
}

need_perf
target "$@"
outputs perf.data perf-script.txt
[ -n "$user" ] || need_kernel 0
choose_event
begin
[ $# -eq 0 ] || launch "$@"

perf_capture record -F "$hz" -e "$sampled" --call-graph "$walk" --sample-cpu -N -o "$dir/perf.data"
[ -s "$dir/perf.data" ] || wrote perf.data
perf_print perf-script.txt perf script --force --no-inline -i "$dir/perf.data" \
	-F comm,pid,tid,cpu,time,period,event,ip,sym,symoff,dso
wrote perf.data perf-script.txt
