#!/bin/sh
# Refuses what must not be committed: paths and hosts of one machine, and leftovers of editing.
set -eu

cd "$(dirname "$0")/.."
status=0
refuse() {
  what=$1
  shift
  pattern=$1
  shift
  if git grep -nIE "$pattern" -- . ':!Tools/lint.sh' "$@"; then
    echo "lint: $what" >&2
    status=1
  fi
}
refuse "a path of one machine" '(^|[^A-Za-z0-9_.])/(work|home|root|Users)/'
# The weights that 'xrun fetch' names are published where PyTorch's packages are, in one file of ours.
refuse "a registry's host" 'download\.pytorch\.org|pypi\.org|files\.pythonhosted\.org|deb\.debian\.org' \
  ':!Sources/Models/Weights/PublishedWeights.swift'
# It compiles in debug builds alone, and tests are of the release build: 'package' shares what tests need.
refuse "a test that needs a debug build" '^@testable' ':!docs'
# Pages of their own show what a conflict looks like.
refuse "a conflict marker" '^(<<<<<<<|>>>>>>>) ' ':!*/merge-conflict.md'

# A planted mistake whose place has moved would only be noticed when they are all built.
python3 Tools/mutants/run.py --check || status=1

exit $status
