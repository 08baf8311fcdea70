#!/bin/sh
# Installs the Debian packages that xrun builds with, if any is missing. Says plainly what to do
# where it cannot.
set -eu

packages="libyaml-dev libjpeg-dev libpng-dev libopenblas-dev libdnnl-dev libssl-dev"

if ! command -v swift >/dev/null 2>&1; then
  echo "setup: no 'swift' on the PATH: install Swift 6.3 or later from swift.org" >&2
  exit 3
fi
if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "setup: not a Debian system; make sure that the equivalents of these are there: $packages" >&2
  exit 0
fi

# libjpeg-dev is a virtual choice: libjpeg62-turbo-dev is what carries the header.
is_installed() {
  dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'
}

missing=""
for package in $packages; do
  is_installed "$package" || missing="$missing $package"
done
# A Python with venv is for tests and benchmarks only.
if ! python3 -c 'import ensurepip, venv' >/dev/null 2>&1; then
  missing="$missing python3-venv"
fi
# 'xrun fetch' downloads with it.
command -v curl >/dev/null 2>&1 || missing="$missing curl"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  root=""
elif command -v sudo >/dev/null 2>&1; then
  root="sudo"
else
  echo "setup: missing Debian packages:$missing" >&2
  echo "setup: neither root nor sudo here; install them with: apt-get install$missing" >&2
  exit 3
fi
echo "setup: installing$missing"
export DEBIAN_FRONTEND=noninteractive
install_missing() {
  # shellcheck disable=SC2086  # a list of words
  $root apt-get install -y -q --no-install-recommends $missing
}
# A fresh machine has no package lists; an older one may have stale ones.
if ! { $root apt-get update -q && install_missing; } >/tmp/xrun-setup.$$ 2>&1; then
  tail -n 20 /tmp/xrun-setup.$$ >&2
  rm -f /tmp/xrun-setup.$$
  echo "setup: apt-get could not install:$missing (no network, or no such package)" >&2
  exit 3
fi
rm -f /tmp/xrun-setup.$$
