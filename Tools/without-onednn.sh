#!/bin/sh
# Runs a command as on a machine that has neither oneDNN's headers nor its library: they are hidden
# from it, in a mount namespace of its own. Needs root.
set -eu

if [ "${XRUN_HIDDEN:-}" != 1 ]; then
  empty=$(mktemp -d)
  trap 'rmdir "$empty"' EXIT
  if ! unshare -m true 2>/dev/null; then
    echo "without-onednn: no mount namespace can be made here (root, and CAP_SYS_ADMIN)" >&2
    exit 3
  fi
  XRUN_HIDDEN=1 XRUN_EMPTY=$empty unshare -m "$0" "$@"
  exit $?
fi

# The headers stand in a folder of their own; those beside it only include them.
for folder in /usr/include/oneapi /usr/include/*/oneapi; do
  [ -d "$folder" ] && mount --bind "$XRUN_EMPTY" "$folder"
done
for library in $(ldconfig -p | sed -n 's/.*libdnnl.* => //p'); do
  [ -e "$library" ] && mount --bind /dev/null "$library"
done
exec "$@"
