#!/bin/sh
# Makes the Python venv with the peers that `make bench` measures: bench-venv.sh FOLDER
# It is some GB, as PyTorch and torchvision from a package index are built with CUDA. The venv of
# `make test` has the small build, which torchvision does not go with: it measures memory.
set -eu

folder=$1
here=$(dirname "$0")
echo "bench: making $folder with PyTorch, torchvision and timm (some GB, once)"
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
pip="$folder/bin/python -m pip --disable-pip-version-check -q"
if ! $pip install -r "$here/requirements-bench.txt"; then
  echo "bench: not all of $here/requirements-bench.txt can be had; trying without timm" >&2
  grep -v '^timm' "$here/requirements-bench.txt" >"$folder/requirements.txt"
  $pip install -r "$folder/requirements.txt"
fi
"$folder/bin/python" -c 'import torch, torchvision, numpy, PIL'
touch "$folder/ready"
