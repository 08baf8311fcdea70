#!/bin/sh
# Runs every generator of committed goldens, in a venv with everything they need.
set -eu

cd "$(dirname "$0")/../.."
shared=${XRUN_SHARED:-../shared}
# Empty where there are no photographs.
data=$(ls -d "$shared/data" 2>/dev/null || true)
venv=.venv-goldens
if [ ! -e $venv/ready ]; then
  echo "goldens: making $venv (some GB)"
  python3 -m venv $venv
  $venv/bin/python -m pip --disable-pip-version-check -q install -r Tools/python/requirements-goldens.txt
  touch $venv/ready
fi
python=$venv/bin/python

$python Tools/golden/state_dicts.py Tests/ModelsTests/Goldens
$python Tools/golden/logits.py Tests/ModelsTests/Goldens/Logits
$python Tools/golden/torch_files.py Tests/ModelsTests/Goldens/TorchFiles
$python Tools/golden/folders.py Tests/ImagesTests/Goldens
$python Tools/golden/transforms.py Tests/TransformsTests/Goldens ${data:+"$shared"}
$python Tools/golden/optimizers.py Tests/OptimizersTests/Goldens
$python Tools/golden/layers.py Tests/GoldenTests/Goldens/Layers
$python Tools/golden/losses.py Tests/GoldenTests/Goldens/Losses
$python Tools/golden/gradients.py Tests/GoldenTests/Goldens/Gradients
if [ -d "$shared/data/hymenoptera" ]; then
  $python Tools/golden/models.py "$shared" Tests/GoldenTests/Goldens
  $python Tools/golden/photographs.py "$shared" Tests/GoldenTests/Goldens/Photographs
  $python Tools/golden/efficientnet_step.py "$shared" Tests/GoldenTests/Goldens/Step
else
  echo "goldens: no $shared/data/hymenoptera: Tests/GoldenTests left as it is" >&2
fi
