#!/bin/sh
# Compares two commits by wsbench ab, and appends the table to the job's summary.
#
# ENVIRONMENT  WSBENCH     the command wsbench
#              BASE, HEAD  commits; compared are HEAD and where it left BASE
#              FLAGS       flags of wsbench ab, apart by blanks
#              BUILD       of another repository than wsbench's: the command that
#              SERVER      builds its server, and the one that starts it
#              RESULTS     the folder for the results
#              GITHUB_STEP_SUMMARY  the file of the summary
# An undecided comparison is a warning, not a failure: a busy host is no fault of
# the change.
set -eu
: "${BASE:?}" "${HEAD:?}" "${RESULTS:?}" "${WSBENCH:?}"
parted=$(git merge-base "$BASE" "$HEAD")
# shellcheck disable=SC2086 # flags are words
set -- ${FLAGS-}
[ -z "${BUILD-}" ] || set -- "$@" -build "$BUILD" -server "$SERVER"

table=$(mktemp)
trap 'rm -f "$table"' EXIT
status=0
"$WSBENCH" ab "$@" -format markdown -o "$RESULTS" "base=ref:$parted" "head=ref:$HEAD" >"$table" || status=$?
cat "$table" >>"$GITHUB_STEP_SUMMARY"
[ "$status" != 3 ] || { echo '::warning::wsbench ab: undecided; the summary has what was measured'; status=0; }
exit "$status"
