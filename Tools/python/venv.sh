#!/bin/sh
# Makes the Python venv that tests and benchmarks compare with: venv.sh FOLDER
# Tests that need it skip by name where it could not be made, so this never fails the build; in CI
# (`CI=true`) it does.
set -u

folder=$1
here=$(dirname "$0")
torch_version=2.13.0

fail() {
  echo "venv: $1" >&2
  echo "venv: tests that compare with PyTorch will be skipped by name" >&2
  [ "${CI:-}" = true ] && exit 3
  exit 0
}

echo "venv: making $folder with PyTorch $torch_version (some minutes the first time)"
[ -x "$folder/bin/python" ] || python3 -m venv "$folder" || fail "python3 -m venv failed"
pip="$folder/bin/python -m pip --disable-pip-version-check -q"
$pip install -r "$here/requirements.txt" || fail "pip could not install $here/requirements.txt"

# The build without CUDA is a fifth of the size, but not every index has it.
$pip install "torch==$torch_version+cpu" >/dev/null 2>&1 \
  || $pip install "torch==$torch_version" \
  || fail "pip could not install torch==$torch_version"
"$folder/bin/python" -c 'import torch, numpy, PIL, safetensors, jsonschema, sklearn, playwright' || fail "the packages do not import"
touch "$folder/ready"
