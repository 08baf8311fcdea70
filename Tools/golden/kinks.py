"""Moves a network clear of the kinks of ReLU, ReLU6 and max pooling.

A gradient is no continuous function at a kink: where one of a million activations lies within
rounding of zero, torch's own float32 and float64 gradients differ by up to 5e-2 of their greatest
element, and a comparison measures luck. So shifts (biases of batch norms, or of convolutions where
there are none) are nudged by a formula until no activation lies near a kink. The nudges are few
and go into the golden: `{name: {channel: salt}}`, where the salt stands for
`formula.uniform(name + "#" + salt)[channel] * STEP`, added in double and rounded to float32.
"""

import contextlib

import numpy
import torch
import torch.nn.functional as F
from torch import nn

import formula

# Parts of a channel's standard deviation. Rounding reaches 1e-5 of it behind Winograd's kernels.
MARGIN = 1e-4
# Between the two greatest elements of a window, in parts of the root mean square: windows sit near
# the entrance, where less has been rounded, and shifts do not part elements.
POOL_MARGIN = 3e-6
STEP = 0.1


class Tie(Exception):
    """Two elements of a pooling window are all but equal: take other pictures."""


@contextlib.contextmanager
def _patched(**functions):
    saved = {name: getattr(F, name) for name in functions}
    for name, function in functions.items():
        setattr(F, name, function)
    try:
        yield
    finally:
        for name, function in saved.items():
            setattr(F, name, function)


def nudge(model, nudges):
    """Applies nudges to a model of float32 weights."""
    parameters = dict(model.named_parameters())
    for name, channels in nudges.items():
        bias = parameters[name].data
        for channel, salt in channels.items():
            shift = formula.uniform(f"{name}#{salt}", len(bias))[int(channel)] * STEP
            bias[int(channel)] = float(numpy.float32(float(bias[int(channel)]) + shift))


def find(model, pictures):
    """The nudges that bring a model of float32 weights, in its present mode, clear of kinks.

    The model is left in double and with its shifts and statistics moved: load it anew.
    """
    nudges, names = {}, {}
    original = {n: p.detach().float().numpy().copy() for n, p in model.named_parameters()}
    last = [None]
    hooks = []
    for name, module in model.named_modules():
        if isinstance(module, (nn.BatchNorm2d, nn.Conv2d)) and module.bias is not None:
            names[module] = f"{name}.bias"
            hooks.append(module.register_forward_pre_hook(
                lambda module, _: last.__setitem__(0, module)))
    table = {}

    def uniform(name, count):
        if name not in table:
            table[name] = formula.uniform(name, count)
        return table[name]

    def clear(x, kinks):
        module = last[0]
        name = names[module]
        margin = MARGIN * x.std((0, 2, 3))
        for _ in range(400):
            distance = torch.stack([(x - kink).abs().amin((0, 2, 3)) for kink in kinks]).amin(0)
            close = torch.nonzero(distance < margin).flatten().tolist()
            if not close:
                return x
            for channel in close:
                salts = nudges.setdefault(name, {})
                salt = salts.get(str(channel), 0) + 1
                salts[str(channel)] = salt
                shift = uniform(f"{name}#{salt}", len(module.bias))[channel] * STEP
                value = float(numpy.float32(float(original[name][channel]) + shift))
                move = value - float(module.bias[channel])
                module.bias[channel] += move
                x = x.clone()
                x[:, channel] += move
        raise RuntimeError(f"{name}: no nudge leaves every activation clear of its kinks")

    def relu(x, inplace=False):
        return torch.relu(clear(x, [0.0]))

    def hardtanh(x, low=-1.0, high=1.0, inplace=False):
        return clear(x, [low, high]).clamp(low, high)

    plain = F.max_pool2d

    def max_pool2d(x, kernel_size, stride, padding=0, dilation=1, ceil_mode=False,
                   return_indices=False):
        result = plain(x, kernel_size, stride, padding, dilation, ceil_mode)
        height, width = result.shape[2:]
        below = (height - 1) * stride + kernel_size - x.shape[2] - padding
        right = (width - 1) * stride + kernel_size - x.shape[3] - padding
        padded = F.pad(
            x, (padding, max(right, 0), padding, max(below, 0)), value=-float(x.abs().max()))
        windows = padded.unfold(2, kernel_size, stride).unfold(3, kernel_size, stride)
        top = windows.flatten(4).topk(2, dim=4).values
        gap = (top[..., 0] - top[..., 1])[top[..., 0] > 0]
        if gap.min() < POOL_MARGIN * float(x.pow(2).mean().sqrt()):
            raise Tie
        return result

    model.double()
    try:
        with torch.no_grad(), _patched(
                relu=relu, hardtanh=hardtanh, relu6=lambda x, inplace=False: hardtanh(x, 0.0, 6.0),
                max_pool2d=max_pool2d):
            model(pictures.double())
    finally:
        for hook in hooks:
            hook.remove()
    return {
        name: dict(sorted(channels.items(), key=lambda item: int(item[0])))
        for name, channels in nudges.items()}
