#!/bin/bash
# Runs the suites that compare with torch and others, and makes docs/parity.md of what they found.
set -euo pipefail

cd "$(dirname "$0")/.."
records=$PWD/.build/parity.jsonl
rm -f "$records"
targets=$(grep -lrE 'Parity\.check\(' Tests --include='*.swift' | cut -d/ -f2 | grep -v TestSupport | sort -u)
# Whether the page is complete is seen when it is there.
XRUN_PARITY=$records Tools/test.sh --filter "^($(echo $targets | tr ' ' '|'))\\." --skip ParityPageTests
swift build -c release --product xrun
python3 Tools/parity.py "$records" .build/release/xrun >.build/parity.md
mv .build/parity.md docs/parity.md
git --no-pager diff --stat -- docs/parity.md
