#!/bin/sh
# bench.sh - where does a benchmark of mask, parse, scratch or syscalls spend
# its time, and which system calls, switches and faults does it have?
#
# USAGE
#   bench.sh [-b PATTERN] [-d SECONDS] [-o DIR] [-f] COMPONENT [TOOL]
#
#   Builds the test binary of COMPONENT (mask, parse, scratch, syscalls), runs
#   one benchmark of it twice, and captures the loop of the second run alone:
#   neither building, set-up nor warm-up is in the capture. It is of the
#   benchmark's own thread, or of the one that is called server where there is
#   also a client. Then wsbench prints what the capture says, per operation.
#
#   TOOL is one of
#     perf        samples of stacks: time by function and component (default)
#     stat        counters: CPU time, switches, faults, and of the CPU if it has any
#     strace      system calls
#     pprof       Go's own CPU profile, of all threads
#
#   -b PATTERN  benchmarks, as of go test -bench; the first that runs is captured
#   -d SECONDS  how long the loop runs, each time (default 2)
#   -o DIR      where the files go (default: the current directory)
#   -f          overwrite an earlier capture
#   -h          this text
#
# REQUIREMENTS
#   The go command, and this script within wsbench's source tree; of perf-record.sh,
#   perf-stat.sh or strace.sh beside it what their headers say. pprof needs
#   nothing more.
#
# OVERHEAD
#   That of the tool, on the second run; the time per operation is that of the
#   first, which nothing observes. Of strace read the counts, never the times.
#
# FILES
#   bench.txt  what go test printed: a line of the first run, and one of the second
#   perf.data, perf-script.txt | perf-stat.txt | strace-counts.txt | cpu.pb.gz
#
# SAMPLE OUTPUT
#   $ sh profiles/bench.sh -d 1 -o /tmp/out syscalls strace
#   ready: bench.sh observes thread 6375 of process 6369
#   wrote: /tmp/out/strace-counts.txt
#   BenchmarkAnswer/frames=16/size=20/via=send-each: 15405 operations captured
#
#   the run that nothing observed
#   ns/op         19.1 us
#   B/s           1.05 MB/s
#   cpu-ns/msg    6.05 us
#   syscalls/msg  1.12
#
#   /tmp/out/strace-counts.txt: strace -c, 15405 operations
#
#                                                  per call       time
#   call           calls/op  errors/op  EAGAIN/op   us/call      ns/op  of time
#   sendto         1.000195          0          0     13.39  13388.770    0.854  #################
#   epoll_pwait    0.062967   0.000325          -     26.64   1677.313    0.107  ##
#   recvfrom       0.062512          0          0      5.31    332.100    0.021  #
#   futex          0.008893   0.000130          -     25.65    228.108    0.015  #
#   ...

set -eu
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"

# What lib.sh sets is used here, and reads what is set here.
# shellcheck disable=SC2154,SC2034
pattern=''
while getopts ":b:d:o:fh" opt; do
	case $opt in
	b) [ -n "$OPTARG" ] || usage '-b takes a pattern of benchmarks' && pattern=$OPTARG ;;
	*) option "$opt" "${OPTARG-}" ;;
	esac
done
shift $((OPTIND - 1))
case $# in 1 | 2) ;; *) usage 'give a COMPONENT: mask, parse, scratch or syscalls' ;; esac
component=$1 kind=${2:-perf}

case $component in
mask) default='^BenchmarkUnmaskFresh$/^impl=auto$/^size=16384$/^align=1$' ;;
parse) default='^BenchmarkHeaders$/^impl=fast$/^from=client$/^stream=mixed$' ;;
scratch) default='^BenchmarkReceive$/^buffers=shared$/^conns=1000$/^buffer=65536$/^size=1024$' ;;
syscalls) default='^BenchmarkAnswer$/^frames=16$/^size=20$/^via=send-each$' ;;
*) usage "there is no component $component, but mask, parse, scratch and syscalls" ;;
esac
case $kind in
perf) script=perf-record.sh file=perf-script.txt files='perf.data perf-script.txt' ;;
stat) script=perf-stat.sh file=perf-stat.txt files=perf-stat.txt ;;
strace) script=strace.sh file=strace-counts.txt files=strace-counts.txt ;;
pprof) script='' file=cpu.pb.gz files=cpu.pb.gz ;;
*) usage "there is no tool $kind, but perf, stat, strace and pprof" ;;
esac
: "${pattern:=$default}" "${seconds:=2}"
need go golang
root=$(dirname "$here")
grep -q '^module wsbench$' "$root/go.mod" 2>/dev/null || die "the source tree of wsbench is not around $here"
case $dir in -*) dir=./$dir ;; esac
# shellcheck disable=SC2086
outputs bench.txt $files
dir=$(cd "$dir" && pwd)

# build makes the test binary, and wsbench, which reads the capture. A signal ends the
# go command, and is told before what that means for the build.
build() {
	trap 'die interrupted' INT TERM HUP
	go -C "$root" test -c -o "$tmp/bench.test" "./$component" || { :; die "the benchmarks of $component do not build"; }
	go -C "$root" build -o "$tmp/wsbench" ./benches/cmd/wsbench || { :; die 'wsbench does not build'; }
	trap 'echo @stop >&9' INT TERM HUP # as begin has it
}

# await_loop starts the benchmark, and waits until it is about to begin the
# loop of its second run.
await_loop() {
	export WSBENCH_LOOP="$tmp"
	[ -n "$script" ] || export WSBENCH_LOOP_PROFILE="$dir/cpu.pb.gz"
	cd "$root/$component"
	start command "$tmp/bench.test" -test.run '^$' -test.bench "$pattern" -test.benchtime "${seconds}s" -test.count 2 >"$dir/bench.txt" 2>&1
	unset WSBENCH_LOOP WSBENCH_LOOP_PROFILE
	while listen '@*'; do
		[ "$event" != @loop ] || break
		[ -z "$gone" ] || die "no benchmark of $component has a loop to capture: $(grep -v -e '^PASS' -e '^goos' "$dir/bench.txt" | head -n 1)"
		[ -z "$ending" ] || die 'ended before the capture began'
	done
	pid=${value%% *} pids=$pid
	value=${value#* }
	thread=${value%% *} benchmark=${value#* }
}

begin
build
await_loop
seconds='' operations='' stopper=TERM
if [ -n "$script" ]; then
	capture 'ready: *' "$here/$script" -f -o "$dir" -p "$pid" -t "$thread"
	# shellcheck disable=SC2086
	wrote $files
else
	tell "ready: $name observes process $pid"
	release
	listen '@done *'
	end_command
	wrote cpu.pb.gz
fi
[ -n "$operations" ] || die "the benchmark did not come to its end: $(tail -n 1 "$dir/bench.txt")"
"$tmp/wsbench" profile bench -name "$benchmark" -ops "$operations" -unobserved "$dir/bench.txt" "$dir/$file"
