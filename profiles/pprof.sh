#!/bin/sh
# pprof.sh - what does a Go server say about itself: CPU, heap, goroutines,
# blocking, locks, an execution trace?
#
# USAGE
#   pprof.sh [-k KINDS] [-d SECONDS] [-o DIR] [-c] [-f] -p PID
#   pprof.sh [-k KINDS] [-d SECONDS] [-o DIR] [-f] -u URL
#   pprof.sh [-k KINDS] [-d SECONDS] [-o DIR] [-f] -- COMMAND [ARG...]
#
#   Asks the net/http/pprof of a server for profiles: first those that take
#   SECONDS (cpu, trace), one after the other, then the others. Prints
#   "ready: ..." when the first has been asked for, and "wrote: FILE" for each.
#   SIGINT or SIGTERM gives up the one that takes time, which the server keeps
#   to itself until it is over, and takes the others.
#
#   -k KINDS    of cpu, trace, heap, allocs, goroutine, block, mutex
#               (default: 'cpu heap allocs goroutine block mutex')
#   -u URL      the server, such as http://127.0.0.1:6060
#   -d SECONDS  for cpu (whole seconds: a fraction is rounded up) and trace
#               (default: 5)
#   -o DIR      where the profiles go (default: the current directory)
#   -p PID      this process: each TCP port that it listens on is tried
#   -c          with -p, also the ports of its children: a server that sh -c
#               started is one
#   -f          overwrite earlier profiles
#   -h          this text
#
#   A COMMAND is given 10 seconds to listen, and is ended after the last
#   profile. It reads /dev/null, and keeps stdout to itself: "ready: ..." and
#   "wrote: ..." are on stderr then.
#
# REQUIREMENTS
#   curl or wget (Debian: curl), here; go (Debian: golang) to look at the
#   profiles with `go tool pprof` and `go tool trace`. In the server
#   import _ "net/http/pprof" and an http.Server with the default mux; for block
#   runtime.SetBlockProfileRate, for mutex runtime.SetMutexProfileFraction.
#   For -p the same user as the process, or root, in its network namespace.
#
# OVERHEAD
#   cpu: 100 signals per second of CPU time, a percent or so. trace: an
#   event for each change of a goroutine, some hundred nanoseconds each, and
#   megabytes per second of a busy server. heap and allocs: none beyond the
#   sampling that every Go program does. goroutine: stops the world while it
#   looks at every goroutine. block and mutex: what the rate that the server
#   set costs; every call of this script makes a connection and a goroutine.
#
# FILES
#   cpu.pb.gz heap.pb.gz allocs.pb.gz goroutine.pb.gz block.pb.gz mutex.pb.gz
#   trace.out
#
# SAMPLE OUTPUT
#   $ ./pprof.sh -k 'cpu heap block' -d 2 -p 5800
#   ready: pprof.sh observes http://127.0.0.1:6060 for 2 s
#   wrote: ./cpu.pb.gz
#   wrote: ./heap.pb.gz
#   wrote: ./block.pb.gz
#   pprof.sh: the block profile is empty: if the server has not turned it on, let it call runtime.SetBlockProfileRate(10000)

set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

stopper=TERM url='' kinds='cpu heap allocs goroutine block mutex'
while getopts "${common}k:u:" opt; do
	case $opt in
	k) kinds=$OPTARG ;;
	u) case $OPTARG in http://?* | https://?*) url=$OPTARG ;; *) usage "-u takes a URL such as http://127.0.0.1:6060, not '$OPTARG'" ;; esac ;;
	*) option "$opt" "${OPTARG-}" ;;
	esac
done
shift $((OPTIND - 1))
[ -z "$thread" ] || usage '-t is for strace.sh, perf-stat.sh and perf-record.sh'

# settle_kinds puts the kinds that take time first, and names the files.
settle_kinds() {
	timed='' others='' files=''
	for kind in $kinds; do
		case $kind in
		cpu) timed="$timed cpu" ;;
		trace) timed="$timed trace" ;;
		heap | allocs | goroutine | block | mutex) others="$others $kind" ;;
		*) usage "-k does not know '$kind', but cpu, trace, heap, allocs, goroutine, block and mutex" ;;
		esac
		files="$files $(file_of "$kind")"
	done
	[ -n "$files" ] || usage '-k takes one kind or more'
}

file_of() { if [ "$1" = trace ]; then echo trace.out; else echo "$1.pb.gz"; fi; }

# need_client chooses the HTTP client, and what it says of a request sent.
need_client() {
	if command -v curl >/dev/null 2>&1; then
		client=curl asked='> GET *'
	elif command -v wget >/dev/null 2>&1; then
		client=wget asked='Connecting to *'
	else
		die 'neither curl nor wget is installed: apt install curl'
	fi
}

# fetch SECONDS FILE PATH [PREFIX...] gets PATH from the server into FILE; the
# client is run by PREFIX, and tells on stderr when it has sent the request.
fetch() {
	within=$1 into=$2 path=$3 && shift 3
	if [ "$client" = curl ]; then
		"$@" curl -q -sS -f -v --noproxy '*' --max-time "$within" -o "$into" "$url$path"
	else
		"$@" wget -T "$within" -O "$into" "$url$path"
	fi
}

# ports prints the URLs of the TCP sockets that the processes listen on.
ports() {
	for process in $(echo "$pids" | tr , ' '); do
		inodes=$(find "/proc/$process/fd" -type l -exec readlink {} + 2>/dev/null | sed -n 's/^socket:\[\(.*\)\]$/\1/p' | tr '\n' ' ') || :
		cat "/proc/$process/net/tcp" "/proc/$process/net/tcp6" 2>/dev/null | listening "$inodes" || :
	done
}

# listening INODES picks the listening sockets of /proc/net/tcp that have these
# inodes. An address is words of four bytes, in the order of the host.
listening() {
	while read -r _ local _ state _ _ _ _ _ inode _; do
		[ "$state" = 0A ] || continue
		case " $1" in *" $inode "*) ;; *) continue ;; esac
		octets=$(echo "${local%:*}" | sed "$reorder")
		port=$(printf '%d' "0x${local##*:}")
		case ${#octets} in
		8) host=$(echo "$octets" | sed 's/../ 0x&/g' | xargs printf '%d.%d.%d.%d') ;;
		*) host="[$(echo "$octets" | sed 's/....\(.\)/&\1/g; s/\(....\)./\1:/g; s/:$//')]" ;;
		esac
		case $host in
		0.0.0.0) host=127.0.0.1 ;;
		'[0000:0000:0000:0000:0000:0000:0000:0000]') echo "http://127.0.0.1:$port" && host='[::1]' ;;
		esac
		echo "http://$host:$port"
	done
}

# find_server looks for the server among the ports of the processes.
find_server() {
	for url in $(ports); do
		if fetch 2 "$tmp/index" /debug/pprof/ >/dev/null 2>&1 && grep -q goroutine "$tmp/index"; then return; fi
	done
	url=''
	return 1
}

no_pprof() {
	[ -d "/proc/$pid" ] || die "process $pid has ended"
	[ -r "/proc/$pid/fd" ] || die "the sockets of process $pid are hidden: run as its user or as root, or use -u URL"
	die "process $pid serves no net/http/pprof: import _ \"net/http/pprof\" and go http.ListenAndServe(\"127.0.0.1:6060\", nil)"
}

# await_server gives the command 10 seconds to listen, from its release.
await_server() {
	release
	tries=0
	until find_server; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || no_pprof
		after 0.1 @retry
		listen '@retry *'
		[ -z "$ending" ] || die "ended before the command served net/http/pprof"
	done
}

# timed KIND asks for a profile that takes time; the end of the request, a
# signal and the end of the command are events.
timed() {
	kind=$1 chatter=''
	part=$dir/$(file_of "$kind").part
	scratch=$part
	case $kind in
	cpu) path="/debug/pprof/profile?seconds=$whole" ;;
	trace) path="/debug/pprof/trace?seconds=$seconds" ;;
	esac
	fetch $((whole + 30)) "$part" "$path" start tool >&9 2>&9
	if [ -n "$said" ]; then
		listen '@tool-ended *'
	elif listen "$asked"; then
		said=1
		[ -n "$ending" ] || tell "ready: $name observes $url for $seconds s"
		listen '@tool-ended *'
	fi
	# The last event was the client's end.
	if [ "$value" = 0 ]; then keep "$kind"; return; fi
	[ -n "$ending" ] || refused "$kind"
	rm -f -- "$part"
	say "$kind was given up: it takes $seconds s"
}

refused() {
	[ -z "$gone" ] || die "the command ended before its $1 profile was there"
	die "$url refused its $1 profile (is another being taken?): $(printf '%s' "$chatter" | grep -E '^(curl|wget):|ERROR' | head -n 1)"
}

# keep KIND gives a profile that is complete its name.
keep() {
	mv -f -- "$dir/$(file_of "$1").part" "$dir/$(file_of "$1")"
	tell "wrote: $dir/$(file_of "$1")"
	scratch=''
}

# now KIND asks for a profile that takes no time.
now() {
	scratch=$dir/$(file_of "$1").part
	fetch 30 "$scratch" "/debug/pprof/$1" >/dev/null 2>"$tmp/said" || { chatter=$(cat "$tmp/said"); refused "$1"; }
	keep "$1"
	case $1 in block | mutex) warn_empty "$1" ;; esac
}

# warn_empty KIND tells of a profile that holds nothing because nobody turned
# it on: its text has a line "COUNT CYCLES @ ADDRESS..." for each stack.
warn_empty() {
	fetch 30 "$tmp/text" "/debug/pprof/$1?debug=1" >/dev/null 2>&1 || return 0
	! grep -q '^[0-9][0-9]* [0-9][0-9]* @' "$tmp/text" || return 0
	case $1 in
	block) turn_on='runtime.SetBlockProfileRate(10000)' ;;
	mutex) turn_on='runtime.SetMutexProfileFraction(10)' ;;
	esac
	say "the $1 profile is empty: if the server has not turned it on, let it call $turn_on"
}

settle_kinds
need_client
if [ -n "$url" ]; then
	[ -z "$pid$*" ] || usage 'give one of -u URL, -p PID and a COMMAND'
	url=${url%/} && url=${url%/debug/pprof}
else
	target "$@"
fi
# A list of words.
# shellcheck disable=SC2086
outputs $files
: "${seconds:=5}"
whole=$(echo "${seconds%%.*}" | sed 's/^0*\(.\)/\1/') # 08 is no octal number
case $seconds in *.*[1-9]*) whole=$((whole + 1)) ;; esac
# The bytes of a word in /proc/net/tcp are reversed on a little-endian host.
case $(printf '\1\0' | od -An -d | tr -d ' ') in
1) reorder='s/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/g' ;;
*) reorder='' ;;
esac
begin
said=''
if [ $# -gt 0 ]; then launch "$@" && await_server
elif [ -z "$url" ]; then find_server || no_pprof
fi

for kind in $timed; do [ -n "$ending" ] || timed "$kind"; done
[ -n "$said" ] || tell "ready: $name observes $url"
for kind in $others; do now "$kind"; done
end_command
