# shellcheck shell=sh
# perflib.sh - what the scripts that run perf share, beside lib.sh; sourced.

# What lib.sh sets is used here.
# shellcheck disable=SC2154

# need_perf ends the script unless perf runs and can be told when to begin.
# Debian's and Ubuntu's perf may be a wrapper that looks for the perf of the
# running kernel and fails without it.
need_perf() {
	need perf linux-perf
	version=$(perf --version 2>&1 </dev/null) || version=${version:-it says nothing}
	case $version in
	'perf version '*) ;;
	*) die "$(command -v perf) does not work ($(echo "$version" | head -n 1)): apt install linux-perf, of the running kernel" ;;
	esac
	perf record -h 2>&1 </dev/null | grep -q -e --control || die "$version is too old: perf 5.10 or newer (apt install linux-perf)"
}

# counts EVENT... succeeds where perf can count these events here; what it
# says otherwise is in $chatter.
counts() {
	chatter=$(perf stat -x, -e "$(echo "$*" | tr ' ' ,)" -- true 2>&1 </dev/null) || return 1
	case $chatter in *'<not supported>'* | *'<not counted>'*) return 1 ;; esac
}

# need_kernel ends the script where the kernel's half of a stack is hidden.
need_kernel() {
	counts cpu-clock:k ||
		die "perf may not see the kernel: sysctl -w kernel.perf_event_paranoid=1 (it is $(paranoid)), or run as root"
	grep -q '^0*[1-9a-f]' /proc/kallsyms 2>/dev/null ||
		die "the kernel's symbols are hidden: sysctl -w kernel.kptr_restrict=$1 (it is $(cat /proc/sys/kernel/kptr_restrict)), or run as root"
}

# need_tracepoints EVENT... ends the script where tracepoints cannot be used.
need_tracepoints() {
	counts "$@" ||
		die "perf may not use the tracepoint $1: run as root, or sysctl -w kernel.perf_event_paranoid=-1 (it is $(paranoid)) and mount -o remount,mode=755 /sys/kernel/tracing"
}

paranoid() { cat /proc/sys/kernel/perf_event_paranoid 2>/dev/null || echo unknown; }

denied() {
	die "perf may not observe process $pid: run as its user with sysctl -w kernel.perf_event_paranoid=1 (it is $(paranoid)), or as root"
}

# perf_capture SUBCOMMAND [ARG...] runs perf with its events disabled, enables
# them, and takes perf's acknowledgement for its word that it counts.
perf_capture() {
	mkfifo "$tmp/control"
	exec 7<>"$tmp/control"
	echo enable >&7
	subcommand=$1 && shift
	if [ -n "$thread" ]; then set -- -t "$thread" "$@"; else set -- -p "$pids" "$@"; fi
	capture '*ack*' perf "$subcommand" -D -1 --control "fifo:$tmp/control,$tmp/events" "$@"
	exec 7>&-
}

# perf_print FILE COMMAND [ARG...] has perf print into FILE what it recorded,
# within 2 minutes: on stdout, or where the COMMAND says itself.
perf_print() {
	file=$1 && shift
	status=0
	timeout 120 "$@" >>"$dir/$file" 2>"$tmp/print" </dev/null || status=$?
	[ "$status" -ne 124 ] || die "perf took more than 120 s to print $file, which is incomplete: capture less"
	[ "$status" -eq 0 ] || die "perf could not print $file: $(grep -v 'Ignoring\.$' "$tmp/print" | head -n 1)"
}
