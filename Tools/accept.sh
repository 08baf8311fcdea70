#!/bin/bash
# The long proofs, each figure printed: accept.sh [FOLDER], by default .build/accept.
# Finished runs are kept in FOLDER and not repeated. About an hour on two cores, more with PyTorch's
# side of the curves.
set -uo pipefail

cd "$(dirname "$0")/.."
out=${1:-.build/accept}
shared=${XRUN_SHARED:-../shared}
xrun=.build/release/xrun
mkdir -p "$out"
status=0
fail() {
  echo "accept: FAILED: $1" >&2
  status=1
}

# train NAME FILE [key=value …]: the run folder is $out/NAME
train() {
  local name=$1 folder="$out/$1"
  shift
  [ -e "$folder/metrics.jsonl" ] && return
  rm -rf "$folder.part"
  echo "accept: $name" >&2
  if ! "$xrun" "$@" "runs=$folder.part" >"$folder.log" 2>&1 </dev/null; then
    tail -n 5 "$folder.log" >&2
    fail "$name"
    return 1
  fi
  mv "$folder.part"/* "$folder" && rm -rf "$folder.part"
}

# 1. The embedded set: weights help, training all helps more, and pixels alone do not do it.
for seed in 0 1 2; do
  train "fc_only-$seed" experiments/fc_only.yaml "seed=$seed"
  train "fc_none-$seed" experiments/fc_only.yaml "seed=$seed" model.weights=none name=fc_none
  train "finetune_all-$seed" experiments/finetune_all.yaml "seed=$seed"
  train "two_phase-$seed" experiments/two_phase.yaml "seed=$seed"
done
python3 - "$out" <<'PY' || fail "the embedded set"
import json, statistics, sys
def best(name):
    values = []
    for seed in range(3):
        lines = open(f"{sys.argv[1]}/{name}-{seed}/metrics.jsonl").read().splitlines()
        values.append(max(json.loads(x)["val/acc1"] for x in lines if "val/acc1" in x))
    mean = statistics.fmean(values)
    print(f"{name}: best val/acc1 {mean:.4f}, seeds {' '.join(f'{v:.4f}' for v in values)}")
    return mean
fc, none, tuned, _ = map(best, ("fc_only", "fc_none", "finetune_all", "two_phase"))
print(f"shipped weights over none: {fc / none:.2f} times (at least 1.5)")
print(f"all layers over the head: {100 * (tuned - fc):+.1f} points (at least +2)")
sys.exit(not (fc >= 1.5 * none and tuned >= fc + 0.02))
PY

# 2. The same bytes again, and with another number of loader threads.
train "again-0" experiments/fc_only.yaml seed=0 epochs=3
train "again-1" experiments/fc_only.yaml seed=0 epochs=3
train "again-2" experiments/fc_only.yaml seed=0 epochs=3 data.workers=1
train "again-3" experiments/fc_only.yaml seed=0 epochs=3 data.workers=4
for number in 1 2 3; do
  for file in metrics.jsonl best.safetensors last.safetensors predictions/val.csv; do
    cmp "$out/again-0/$file" "$out/again-$number/$file" || fail "$file of run $number differs"
  done
done
echo "same file, same bytes: runs 0 and 1, and with 1 and 4 loader threads"

# 3. The suites see mistakes, and pass where oneDNN is not installed.
python3 Tools/mutants/run.py || fail "mutants"
make --no-print-directory test-without-onednn || fail "tests without oneDNN"

# 4. Curves against PyTorch, where data and a venv for its side are there.
if [ ! -d "$shared/data/flowers102" ]; then
  echo "accept: no $shared/data/flowers102: curves not compared" >&2
elif [ -x "${PYTHON:-.venv-goldens/bin/python}" ]; then
  Tools/curves/measure.sh "$out/curves" && python3 Tools/curves/compare.py "$out/curves" \
    || fail "curves"
else
  echo "accept: no .venv-goldens (make golden), PYTHON not set: curves not compared" >&2
fi
exit $status
