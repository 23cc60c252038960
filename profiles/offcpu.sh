#!/bin/sh
# offcpu.sh - where, and for how long, does a process wait off the CPU?
#
# USAGE
#   offcpu.sh [-b] [-k] [-d SECONDS] [-o DIR] [-c] [-f] -p PID
#   offcpu.sh [-b] [-k] [-d SECONDS] [-o DIR] [-f] -- COMMAND [ARG...]
#
#   Records each switch of a thread away from the CPU, with its stack, and back
#   to it, until SECONDS are over, SIGINT or SIGTERM comes, or the process ends.
#   Prints "ready: ..." when recording has begun, and "wrote: FILE" at the end.
#
#   -b          by bpftrace instead of perf: sums by stack in the kernel
#   -k          keep what perf recorded, as offcpu.data (perf sched timehist
#               reads it)
#   -d SECONDS  end after so long (0.5 will do); a COMMAND is then ended too
#   -o DIR      where the capture goes (default: the current directory)
#   -p PID      this process, all its threads, and those to come; children that
#               it forks from now on are in perf's capture, not in bpftrace's
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
#   perf 5.10 or newer (Debian: linux-perf); the tracepoint sched:sched_switch,
#   which takes root, or kernel.perf_event_paranoid -1 and a readable
#   /sys/kernel/tracing; kernel.kptr_restrict at most 1 for root, 0 for others.
#   With -b: bpftrace (Debian: bpftrace), root, and a kernel with BPF.
#
# OVERHEAD
#   A walk of the stack and two or three records for each context switch of the
#   process: microseconds a switch. Little for a server whose loop is always
#   busy, much for one that switches at every message. bpftrace looks at every
#   switch on the host, adds in the kernel, and writes at the end only.
#
# FILES
#   offcpu-script.txt    perf script --show-switch-events: PERF_RECORD_SWITCH OUT
#                        and IN of each thread, and sched:sched_switch with its
#                        stack
#   offcpu.data          with -k: perf record
#   offcpu-bpftrace.txt  with -b: @usecs[kernel stack, user stack, comm] in
#                        microseconds, and @hist, a histogram of the waits in
#                        microseconds
#
# SAMPLE OUTPUT
#   $ ./offcpu.sh -d 0.5 -p 5800; head offcpu-script.txt
#   ready: offcpu.sh observes process 5800
#   wrote: ./offcpu-script.txt
#   wsbench  5800/5804  [001]  4588.037210: sched:sched_switch: prev_comm=wsbench prev_pid=5804 prev_prio=120 prev_state=S ==> next_comm=wsbench next_pid=5840 next_prio=120
#           ffffffff821facd8 __schedule+0x618 ([kernel.kallsyms])
#           ffffffff821fb643 schedule+0x23 ([kernel.kallsyms])
#           ffffffff82202a7b schedule_hrtimeout_range_clock+0xcb ([kernel.kallsyms])
#           ffffffff81732438 do_epoll_wait+0x548 ([kernel.kallsyms])
#           ffffffff817324ae do_epoll_pwait.part.0+0xe ([kernel.kallsyms])
#           ffffffff81733cca __x64_sys_epoll_pwait+0x7a ([kernel.kallsyms])
#           ...
#   wsbench  5800/5802  [000]  4588.036231: PERF_RECORD_SWITCH OUT
#   wsbench  5800/5804  [001]  4588.037067: PERF_RECORD_SWITCH IN
#
#   $ ./offcpu.sh -b -d 0.5 -p 5800; cat offcpu-bpftrace.txt
#   ...
#   @hist:
#   [4, 8)                 1 |                                                    |
#   [8, 16)             2340 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
#   [16, 32)             538 |@@@@@@@@@@@                                         |
#   [32, 64)             132 |@@                                                  |
#   [64, 128)           2225 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@   |
#   ...
#   @usecs[
#       __schedule+1560
#       schedule+35
#       irqentry_exit_to_user_mode+272
#       asm_sysvec_apic_timer_interrupt+22
#   ,
#       wsbench/benches/reactor.(*Loop).process+348
#       wsbench/benches/reactor.(*Loop).read+517
#       wsbench/benches/reactor.(*Loop).handle+325
#       ...
#   , wsbench]: 27

set -eu
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/perflib.sh"

keep='' bpf=''
while getopts "${common}bk" opt; do
	case $opt in
	b) bpf=1 ;;
	k) keep=1 ;;
	*) option "$opt" "${OPTARG-}" ;;
	esac
done
shift $((OPTIND - 1))
[ -z "$thread" ] || usage '-t is for strace.sh, perf-stat.sh and perf-record.sh'

by_perf() {
	need_perf
	target "$@"
	outputs offcpu-script.txt offcpu.data
	need_tracepoints sched:sched_switch
	need_kernel "$([ "$(id -u)" -eq 0 ] && echo 1 || echo 0)"
	begin
	data=$dir/offcpu.data
	[ -n "$keep" ] || scratch=$data
	[ $# -eq 0 ] || launch "$@"
	perf_capture record -e sched:sched_switch -c 1 -m 1024 --call-graph fp --sample-cpu --switch-events -N -o "$data"
	[ -s "$data" ] || wrote offcpu.data
	perf_print offcpu-script.txt perf script --force --no-inline -i "$data" --show-switch-events \
		-F comm,pid,tid,cpu,time,event,ip,sym,symoff,dso,trace
	wrote offcpu-script.txt ${keep:+offcpu.data}
}

# program prints the bpftrace program. A wait begins when a thread of the
# process is switched off, and its stacks are those of that moment; its end is
# seen on whatever thread gives way to it. That the probe has run says that it
# is attached; the clock tells so, since a word from within the scheduler may
# not wake bpftrace up.
program() {
	mine="pid == $(echo "$pids" | sed 's/,/ || pid == /g')"
	cat <<-EOF
		tracepoint:sched:sched_switch {
			@on = @on == 0 ? 1 : @on;
			if (@start[args->next_pid]) {
				\$t = args->next_pid;
				\$us = (nsecs - @start[\$t]) / 1000;
				@usecs[@kernel[\$t], @user[\$t], args->next_comm] = sum(\$us);
				@hist = hist(\$us);
				delete(@start[\$t]); delete(@kernel[\$t]); delete(@user[\$t]);
			}
			if ($mine) {
				@start[args->prev_pid] = nsecs;
				@kernel[args->prev_pid] = kstack;
				@user[args->prev_pid] = ustack;
			}
		}
		interval:ms:50 /@on == 1/ { @on = 2; printf("@attached\n"); }
		END { clear(@on); clear(@start); clear(@kernel); clear(@user); }
	EOF
}

denied() {
	die 'bpftrace may not run here: run as root, on a kernel with CONFIG_BPF_SYSCALL'
}

by_bpftrace() {
	need bpftrace bpftrace
	target "$@"
	outputs offcpu-bpftrace.txt
	[ "$(id -u)" -eq 0 ] || denied
	begin
	[ $# -eq 0 ] || launch "$@"
	program >"$tmp/offcpu.bt"
	# Without a cache it reads the symbols again for each stack.
	export BPFTRACE_CACHE_USER_SYMBOLS=1
	# With -o bpftrace keeps what it prints to itself until its end.
	watch_for @attached "$dir/offcpu-bpftrace.txt"
	insist=1 # a SIGINT while it waits for its buffers can be lost
	# shellcheck disable=SC2016
	capture '@attached *' sh -c 'exec bpftrace -B line -p "$1" "$2" >"$3"' bpftrace "${pids%%,*}" "$tmp/offcpu.bt" "$dir/offcpu-bpftrace.txt"
	wrote offcpu-bpftrace.txt
}

if [ -n "$bpf" ]; then by_bpftrace "$@"; else by_perf "$@"; fi
