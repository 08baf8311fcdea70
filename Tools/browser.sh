#!/bin/sh
# Installs the Debian package that tests of pages look with, if it is missing. Those tests skip by
# name where it cannot be had, so this never fails the build; in CI (`CI=true`) it does.
set -u

command -v chromium >/dev/null 2>&1 && exit 0

fail() {
  echo "browser: $1; tests that look at pages will be skipped by name" >&2
  [ "${CI:-}" = true ] && exit 3
  exit 0
}

command -v apt-get >/dev/null 2>&1 || fail "no chromium on the PATH, and not a Debian system"
if [ "$(id -u)" = 0 ]; then
  root=""
elif command -v sudo >/dev/null 2>&1; then
  root="sudo"
else
  fail "no chromium, and neither root nor sudo to install it"
fi
echo "browser: installing chromium"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $root apt-get update -q &&
  $root apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  fail "apt-get could not install chromium"
fi
