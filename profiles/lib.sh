# shellcheck shell=sh
# lib.sh - what the capture scripts beside it share; it is sourced, not run.
#
# A script reads its options with `option`, checks its tool with `need`, says
# what it writes with `outputs`, and then calls `capture`. There all that can
# happen is a line in one FIFO, so that nothing is missed between two waits:
#
#     @tool PID       @tool-ended STATUS       the tool, and its end
#     @command PID    @command-ended STATUS    the command, and its end
#     @stop           @time                    a signal; SECONDS are over
#     @done COUNT                              a benchmark's loop is over
#     anything else                            what the tool says
#
# The tool and the command run in sessions of their own: the Ctrl-C of a
# terminal reaches this script alone, which ends both in their order.

# The scripts use what is set here, and set what is read here.
# shellcheck disable=SC2034

name=${0##*/}
common=':d:o:p:t:cfh'
seconds='' dir=. pid='' pids='' thread='' children='' force=''
own='' tmp='' tool='' command='' timer='' watcher='' chatter='' ending='' gone='' scratch='' operations=''
stopper=INT

# perf and strace shall do the same for everybody, and fetch nothing.
unset DEBUGINFOD_URLS
export LC_ALL=C PERF_CONFIG=/dev/null

# tell TEXT prints a line of the script's own: to stderr where a COMMAND is
# observed, whose stdout is its own.
tell() { if [ -n "$own" ]; then printf '%s\n' "$1" >&2; else printf '%s\n' "$1"; fi; }
say() { printf '%s: %s\n' "$name" "$1" >&2; }
die() { say "$1" || :; exit 1; }
usage() { say "$1; $name -h tells more" || :; exit 2; }
help() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" || exit 1; exit 0; }

# option LETTER VALUE takes an option that all scripts have.
option() {
	case $1 in
	d) is_number "$2" || usage "-d takes seconds, such as 5 or 0.5, not '$2'" && seconds=$2 ;;
	o) [ -n "$2" ] || usage '-o takes a directory' && dir=$2 ;;
	p) case $2 in '' | 0* | *[!0-9]*) usage "-p takes one process id, not '$2'" ;; esac && pid=$2 ;;
	t) case $2 in '' | 0* | *[!0-9]*) usage "-t takes one thread id, not '$2'" ;; esac && thread=$2 ;;
	c) children=1 ;;
	f) force=1 ;;
	h) help ;;
	:) usage "-$2 takes a value" ;;
	*) usage "there is no option -$2" ;;
	esac
}

# is_number TEXT: a number above 0, which may have a fraction.
is_number() {
	case $1 in
	*[!0-9.]* | *.*.*) false ;;
	*[1-9]*) ;;
	*) false ;;
	esac
}

# target ARG... settles what is observed: the process of -p, or the command.
target() {
	case $dir in -*) dir=./$dir ;; esac
	if [ -n "$pid" ]; then
		[ $# -eq 0 ] || usage 'give -p PID or a COMMAND, not both'
		whole_process
		[ -z "$thread" ] || [ -d "/proc/$pid/task/$thread" ] || die "process $pid has no thread $thread"
		[ -z "$thread" ] || [ -z "$children" ] || usage '-c has no effect with -t: name one of them'
		pids=$pid
		[ -z "$children" ] || add_children "$pid"
	else
		[ $# -gt 0 ] || usage 'give -p PID, or -- COMMAND [ARG...]'
		[ -z "$thread" ] || usage '-t takes -p PID, too'
		own=1
		command -v -- "$1" >/dev/null || die "there is no command $1"
	fi
}

# whole_process ends the script unless pid is a process that runs.
whole_process() {
	[ -r "/proc/$pid/status" ] || die "there is no process $pid"
	leader=$(sed -n 's/^Tgid:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null) || leader=''
	[ "${leader:-$pid}" = "$pid" ] || die "$pid is a thread of process $leader: use -p $leader"
	! grep -q '^State:[[:space:]]*[ZX]' "/proc/$pid/status" || die "process $pid has ended"
}

# add_children PID adds to pids, behind commas, the processes below PID.
add_children() {
	# shellcheck disable=SC2013
	for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
		pids=$pids,$child
		add_children "$child"
	done
}

# outputs FILE... makes dir, and refuses to overwrite a capture in it.
outputs() {
	if ! mkdir -p -- "$dir" 2>/dev/null || ! [ -w "$dir" ]; then die "cannot write into the directory $dir"; fi
	for file; do
		[ -e "$dir/$file" ] || continue
		[ -n "$force" ] || die "$dir/$file is there already: choose another -o DIR, or overwrite it with -f"
		rm -f -- "$dir/$file"
	done
}

# need TOOL PACKAGE ends the script where TOOL is not installed.
need() { command -v "$1" >/dev/null 2>&1 || die "$1 is not installed: apt install $2"; }

# begin makes the FIFO of events, and sees to it that nothing is left behind.
begin() {
	need setsid util-linux
	trap clean EXIT
	trap 'exit 1' INT TERM HUP
	tmp=$(mktemp -d 2>/dev/null) || die 'cannot make a temporary directory: set TMPDIR'
	mkfifo "$tmp/events" "$tmp/go"
	exec 9<>"$tmp/events" 8<>"$tmp/go"
	trap 'echo @stop >&9' INT TERM HUP
}

# clean ends what still runs and removes what is not a result.
clean() {
	status=$?
	trap '' INT TERM HUP
	for helper in $timer $watcher $command; do kill_group "$helper"; done
	[ -z "$tool" ] || kill -KILL "$tool" 2>/dev/null || :
	[ -z "$scratch" ] || rm -f -- "$scratch"
	[ -z "$tmp" ] || rm -rf -- "$tmp"
	exit "$status"
}

# kill_group PID kills a session's processes. The first of them may not have
# become a session yet: stopped, it cannot become one in between and fork.
kill_group() {
	kill -STOP "$1" 2>/dev/null || :
	kill -KILL "-$1" 2>/dev/null || :
	kill -KILL "$1" 2>/dev/null || :
}

# start KIND COMMAND [ARG...] runs COMMAND in a new session, and makes events
# of its process id and its end. What that shell itself says of it is dropped.
start() {
	# shellcheck disable=SC2016
	setsid sh -c '
		kind=$1; shift
		exec 3>&2 2>/dev/null
		"$@" 2>&3 3>&- 8>&- 9>&- &
		echo "@$kind $!" >&9
		status=0; wait $! || status=$?
		echo "@$kind-ended $status" >&9' sh "$@" </dev/null &
}

# after SECONDS EVENT makes EVENT in SECONDS from now, and forgets an earlier
# one that has not come yet.
after() {
	[ -z "$timer" ] || kill_group "$timer"
	# shellcheck disable=SC2016
	setsid sh -c 'sleep "$1"; echo "$2" >&9' sh "$@" </dev/null >/dev/null 2>&1 &
	timer=$!
}

# watch_for TEXT FILE makes the event TEXT when FILE has a line of it.
watch_for() {
	# shellcheck disable=SC2016
	setsid sh -c 'until grep -q "^$1" "$2" 2>/dev/null; do sleep 0.05; done; echo "$1" >&9' sh "$@" </dev/null >/dev/null 2>&1 &
	watcher=$!
}

# next waits for an event. A signal may interrupt the read: it is an event.
next() {
	until IFS=' ' read -r event value <&9; do :; done
}

# listen waits for the event WANTED; meanwhile it keeps what the tool says and
# ends the tool when it is time to.
listen() {
	while next; do
		case $event in
		@tool)
			tool=$value
			[ -z "$ending" ] || end_tool
			;;
		@tool-ended) tool='' ;;
		@command) command=$value ;;
		@command-ended) command_ended "$value" ;;
		@stop | @time) end_tool ;;
		@done) operations=$value && end_tool ;;
		@again) # once; from then on it has its minute
			insist='' && end_tool ;;
		@late) die "the tool did not come to its end within a minute: the capture is incomplete" ;;
		*) [ ${#chatter} -gt 4000 ] || chatter="$chatter$event $value
" ;;
		esac
		# WANTED is a pattern.
		# shellcheck disable=SC2254
		case "$event $value" in $1) return 0 ;; esac
		[ "$event" != @tool-ended ] || return 1
	done
}

# end_tool asks the tool to end: it then writes what it has.
end_tool() {
	ending=1
	[ -n "$tool" ] || return 0
	kill -"$stopper" "$tool" 2>/dev/null || :
	if [ -n "${insist-}" ]; then after 3 @again; else after 60 @late; fi
}

command_ended() {
	[ -n "$ending" ] || [ "$1" -eq 0 ] || say "the command ended with status $1"
	gone=1
	end_tool
}

# launch COMMAND [ARG...] starts a command that waits for `release`, so that
# the tool sees it from its first instruction (and the shell before it).
launch() {
	# shellcheck disable=SC2016
	start command setsid sh -c 'read -r _ <"$0"; exec "$@"' "$tmp/go" "$@"
	listen '@command *'
	pid=$command pids=$command
}

release() { echo go >&8; }

# end_command ends the command, and what it has left in its process group. A
# benchmark whose loop is over ends by itself.
end_command() {
	[ -n "$command" ] || return 0
	if [ -n "$operations" ]; then release; else kill -TERM "-$command" 2>/dev/null || :; fi
	after 5 @late
	while [ -z "$gone" ] && next; do
		case $event in
		@command-ended) gone=1 ;;
		@late) kill_group "$command" ;;
		esac
	done
	kill_group "$command"
	command=''
}

# capture PATTERN TOOL [ARG...] runs the tool until its end; PATTERN is what
# it says when it is attached. Its exit status is no verdict (perf and strace
# end themselves by the signal that they got): what it wrote is.
capture() {
	attached=$1 chatter='' && shift
	start tool "$@" >&9 2>&9
	listen "$attached" || { [ -z "$ending" ] || die 'ended before the tool was attached'; explain; }
	# A signal before this may have met a tool that was not ready for it.
	[ -z "$ending" ] || end_tool
	[ -n "$ending" ] || tell "ready: $name observes ${thread:+thread $thread of }process $(echo "$pids" | tr , ' ')"
	[ -z "$command" ] || release
	[ -z "$seconds" ] || [ -n "$ending" ] || after "$seconds" @time
	listen '@tool-ended *'
	end_command
}

# explain says in one line why the tool could not begin, and ends.
explain() {
	[ -d "/proc/$pid" ] || die "process $pid has ended"
	case $chatter in
	*paranoid* | *ermission* | *ermitted* | *'ccess to '*) denied ;;
	esac
	die "$(first_complaint)"
}

# first_complaint prints the line that tells most of what the tool said.
first_complaint() {
	printf '%s' "$chatter" | grep -Ev '^(Error:|Attaching |Events disabled|Warning:)?[[:space:]]*$' | head -n 1 | cut -c 1-200
}

# wrote FILE... names the captures; one that is missing is an error.
wrote() {
	for file; do
		[ -f "$dir/$file" ] || die "no $file was written: $(first_complaint)"
		tell "wrote: $dir/$file"
	done
}
