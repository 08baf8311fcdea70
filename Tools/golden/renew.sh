#!/bin/sh
# Runs every generator of committed goldens, in a venv with everything they need, and shows what moved.
# XRUN_GOLDEN_PYTHON names another interpreter that has all of Tools/python/requirements-goldens.txt.
set -eu

cd "$(dirname "$0")/../.."
shared=${XRUN_SHARED:-../shared}
python=${XRUN_GOLDEN_PYTHON:-}
if [ -z "$python" ]; then
  venv=.venv-goldens
  python=$venv/bin/python
  if [ ! -e $venv/ready ]; then
    echo "goldens: making $venv (some GB)"
    python3 -m venv $venv
    $python -m pip --disable-pip-version-check -q install -r Tools/python/requirements-goldens.txt
    touch $venv/ready
  fi
fi
# Threads that spin slow each other down where something else runs.
export OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0 KMP_BLOCKTIME=0

$python Tools/golden/state_dicts.py Tests/ModelsTests/Goldens
$python Tools/golden/logits.py Tests/ModelsTests/Goldens/Logits
$python Tools/golden/torch_files.py Tests/ModelsTests/Goldens/TorchFiles
$python Tools/golden/folders.py Tests/ImagesTests/Goldens
$python Tools/golden/transforms.py Tests/TransformsTests/Goldens
$python -W ignore Tools/golden/decoding.py Tests/TransformsTests/Goldens/Decoding
$python Tools/golden/optimizers.py Tests/OptimizersTests/Goldens
$python Tools/golden/comparisons.py Tests/StatisticsTests/Goldens
$python Tools/golden/layers.py Tests/GoldenTests/Goldens/Layers
$python Tools/golden/losses.py Tests/GoldenTests/Goldens/Losses
$python Tools/golden/gradients.py Tests/GoldenTests/Goldens/Gradients
$python Tools/golden/trajectories.py Tests/GoldenTests/Goldens/Trajectories
# What needs photographs or real weights is left as it is where there are none.
skipped=
if [ -d "$shared/data/hymenoptera" ] && [ -d "$shared/data/flowers102" ]; then
  $python Tools/golden/pixels_of_photographs.py "$shared" Tests/TransformsTests/Goldens/Photographs
else
  skipped="$skipped Tests/TransformsTests/Goldens/Photographs"
fi
if [ -d "$shared/data/hymenoptera" ] && [ -d "$shared/weights" ]; then
  $python Tools/golden/models.py "$shared" Tests/GoldenTests/Goldens
  $python Tools/golden/photographs.py "$shared" Tests/GoldenTests/Goldens/Photographs
  $python Tools/golden/efficientnet_step.py "$shared" Tests/GoldenTests/Goldens/Step
else
  for folder in "" /Photographs /Step; do skipped="$skipped Tests/GoldenTests/Goldens$folder"; done
fi
$python Tools/golden/moved.py
for folder in $skipped; do
  echo "goldens: $folder left as it is: its pictures or weights are not in $shared" >&2
done
