#!/bin/bash
# Builds in release once, runs the tests (arguments go to `swift test`), and ends with one line per
# skipped test and a line of counts: `N passed, N failed, N skipped`.
# Exit code: 0 when at least one test ran and none failed. XRUN_BUILD names another folder to build in.
set -uo pipefail

cd "$(dirname "$0")/.."
build=${XRUN_BUILD:-.build}
mkdir -p "$build"
log=$build/xrun-tests.log

# Benchmarks are built too, so that they cannot rot.
swift build -c release --scratch-path "$build" --build-tests 2>&1 | tee "$build/xrun-build.log" || exit 1
swift test -c release --scratch-path "$build" --skip-build --disable-swift-testing "$@" >"$log" 2>&1 </dev/null
status=$?

# What passed is noise; failures, their messages and what tests print are not.
grep -vE "^Test (Case|Suite) '.*' (started|passed)|^[[:space:]]+Executed [0-9]+ tests?, with 0" "$log"

count() { grep -cE "^Test Case '.*' $1 \(" "$log"; }
passed=$(count passed)
failed=$(count failed)
skipped=$(count skipped)

grep -E ' : Test skipped' "$log" | sed -E 's/^[^ ]*: ([^ ]+) : Test skipped( - )?/skipped: \1: /' | sort -u
# A crash ends the process in the middle of a case.
if [ $status -ne 0 ] && [ "$failed" -eq 0 ]; then
  echo "test: the test process ended with code $status; last case: $(grep -E "^Test Case '.*' started" "$log" | tail -n 1)" >&2
  failed=1
fi
[ $((passed + failed)) -gt 0 ] || { echo "test: no test ran" >&2; status=1; }
echo "$passed passed, $failed failed, $skipped skipped"
[ $status -eq 0 ] && [ "$failed" -eq 0 ]
