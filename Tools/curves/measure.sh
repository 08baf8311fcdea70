#!/bin/bash
# Measures the flower experiment in PyTorch and in xrun: measure.sh OUT
# What is finished is not measured again.
set -euo pipefail

cd "$(dirname "$0")/../.."
out=$1
shared=$(cd "${XRUN_SHARED:-../shared}" && pwd)
python=${PYTHON:-.venv-goldens/bin/python}
mkdir -p "$out"

torch() {
  local setting=$1 seed=$2 result="$out/torch-$1-$2.txt"
  [ -s "$result" ] && return
  local -a arguments
  case $setting in
    eff-written) arguments=(tf_efficientnet_lite0 --norm imagenet --bn train --val-scale asis
      --lr 1e-2 --epochs 4 --stage fc) ;;
    eff-corrected) arguments=(tf_efficientnet_lite0 --norm own --bn eval --val-scale train
      --lr 1e-3 --epochs 4 --stage two --lr2 1e-3 --epochs2 2) ;;
    sq-written) arguments=(squeezenet1_0 --bn train --val-scale asis --lr 1e-2 --epochs 4
      --stage fc) ;;
    sq-corrected) arguments=(squeezenet1_0 --val-scale train --lr 1e-3 --epochs 4 --stage two
      --lr2 1e-4 --epochs2 2) ;;
  esac
  echo "torch $setting seed $seed"
  "$python" "$shared/torch/flowers.py" "$shared/data/flowers102" "$shared/weights" \
    "${arguments[@]}" --seed "$seed" >"$result.part"
  mv "$result.part" "$result"
}

xrun() {
  local setting=$1 seed=$2 folder="$out/xrun-$1-$2" file weights
  [ -e "$folder/metrics.jsonl" ] && return
  case $setting in
    eff-*) file=tf_efficientnet_lite0 weights=tf_efficientnet_lite0 ;;
    sq-*) file=squeezenet1_0 weights=squeezenet1_0_caffe ;;
  esac
  case $setting in
    *-written) file=${file}_as_written ;;
    *) file=${file}_corrected ;;
  esac
  echo "xrun $setting seed $seed"
  rm -rf "$folder.part"
  .build/release/xrun "experiments/flowers102/$file.yaml" "seed=$seed" "runs=$folder.part" \
    "data.folder=$shared/data/flowers102" "model.weights=$shared/weights/$weights.safetensors" \
    >"$folder.log" 2>&1 </dev/null || { tail "$folder.log" >&2; return 1; }
  mv "$folder.part"/* "$folder"
  rm -rf "$folder.part"
}

for seed in ${SEEDS:-0 1 2}; do
  for setting in ${SETTINGS:-eff-corrected eff-written sq-written sq-corrected}; do
    for side in ${SIDES:-xrun torch}; do $side "$setting" "$seed"; done
  done
done
