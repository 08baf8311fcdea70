#!/bin/sh
# Puts the scripts of completion where bash, zsh and fish look for them.
# usage: install-completion.sh XRUN SHARE
set -eu

xrun=$1
share=$2
put() {
  mkdir -p "$(dirname "$share/$2")"
  "$xrun" --generate-completion-script "$1" > "$share/$2"
  chmod 644 "$share/$2"
}
put bash bash-completion/completions/xrun
put zsh zsh/site-functions/_xrun
put fish fish/vendor_completions.d/xrun.fish
