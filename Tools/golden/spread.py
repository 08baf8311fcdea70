"""Formula weights with which a backbone tells pictures apart.

With the formula's own, shifts drown what comes from the picture, and EfficientNet-Lite, which adds
little up, ends with logits that are the same for all pictures to 1e-5: a comparison of these would
see nothing but the head.
"""

import numpy
import timm
import torch
import torchvision

import formula

TORCHVISION = [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "squeezenet1_0", "squeezenet1_1"]
TIMM = ["tf_efficientnet_lite0"]
NAMES = TORCHVISION + TIMM
# By what all shifts and running means are multiplied, and the scales of batch norms.
SHIFTS = 0.125
SCALES = {"tf_efficientnet_lite0": 1.5}
# What tells pictures apart, and what swapped channels change, in parts of all logits' range: far
# above the tolerance.
LEAST = 0.01


def scale(name):
    return SCALES.get(name, 1.0)


def model(name, classes):
    """In double and for evaluation; its weights are numbers of float32."""
    if name in TIMM:
        made = timm.create_model(name, num_classes=classes)
    else:
        made = getattr(torchvision.models, name)(num_classes=classes)
    formula.load(made)
    for key, tensor in made.state_dict().items():
        if key.endswith((".bias", ".running_mean")):
            tensor *= SHIFTS
        elif tensor.ndim == 1 and key.endswith(".weight"):
            tensor *= scale(name)
    return made.double().eval()


def logits(name, classes, pictures):
    """What a backbone says of pictures; refuses to tell where it says the same of all."""
    made = model(name, classes)
    with torch.no_grad():
        rows, swapped = made(pictures.double()).numpy(), made(pictures.double().flip(1)).numpy()
    whole = rows.max() - rows.min()
    differ = (rows.max(0) - rows.min(0)).max() / whole
    channels = numpy.abs(rows - swapped).max() / whole
    print(f"{name}: logits {rows.min():.3f} to {rows.max():.3f}, pictures differ by {differ:.1e} "
          f"of that, swapped channels by {channels:.1e}", flush=True)
    assert min(differ, channels) > LEAST, name
    return [[float(f"{x:.8g}") for x in row] for row in rows]
