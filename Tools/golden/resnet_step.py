"""One training step of ResNet-18 by torch: loss and the gradient of every parameter.

usage: python resnet_step.py SHARED OUT [COUNT]

Weights and gradients take 90 MB, so nothing of this is committed: the test that compares runs
this script. Writes into OUT:
  weights.safetensors    random weights (seed 0), with torchvision's names
  step.safetensors       `pictures` [COUNT, 3, 64, 64], `labels` [COUNT] (as float32), `loss` [1],
                         `logits`, `gradient/<parameter>`, and the running statistics after the
                         step as `after/<name>`; computed in double

The network is written out here, so that torchvision need not load; its parameters have
torchvision's names, order and initialisation.

A gradient is no continuous function at a ReLU's kink: where one of a million activations lies
within rounding of zero, torch's own float32 and float64 gradients differ by 1e-2
of their greatest element. So the random weights are moved a little (seeded as well) until no
activation lies within MARGIN of zero. The script then checks that torch's float32 agrees with
its float64 to 2e-5, which shows that a tolerance of 1e-4 measures arithmetic and not luck.
"""

import sys
from pathlib import Path

import numpy
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

CLASSES = 102
SIZE = 64
MARGIN = 1e-4
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def plain_kink(norm, x):
    return torch.relu(x)


kink = plain_kink


def moving_kink(norm, x):
    """Moves the batch norm's shifts until nothing in `x` lies within MARGIN of zero, then ReLU."""
    for _ in range(1000):
        close = (x.abs() < MARGIN).any(3).any(2).any(0)
        if not close.any():
            return torch.relu(x)
        move = torch.where(close, torch.empty_like(norm.bias).uniform_(-0.02, 0.02), 0)
        norm.bias += move
        x = x + move.view(1, -1, 1, 1)
    raise RuntimeError("no shift found that leaves every activation clear of zero")


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = kink(self.bn1, self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return kink(self.bn2, y + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        inputs = 64
        for index, outputs in enumerate([64, 128, 256, 512]):
            blocks = [
                Block(inputs, outputs, 1 if index == 0 else 2), Block(outputs, outputs, 1)]
            setattr(self, f"layer{index + 1}", nn.Sequential(*blocks))
            inputs = outputs
        self.fc = nn.Linear(512, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = kink(self.bn1, self.bn1(self.conv1(x)))
        x = nn.functional.max_pool2d(x, 3, 2, 1)
        for index in range(4):
            x = getattr(self, f"layer{index + 1}")(x)
        return self.fc(x.mean((2, 3)))


def photographs(folder, count):
    """Real pictures, resized to SIZE x SIZE and normalised."""
    paths = sorted(folder.glob("*/*.jpg"))[::max(1, len(list(folder.glob("*/*.jpg"))) // count)]
    arrays = []
    for path in paths[:count]:
        picture = Image.open(path).convert("RGB").resize((SIZE, SIZE), Image.BILINEAR)
        arrays.append(numpy.asarray(picture, numpy.float32) / 255)
    batch = torch.from_numpy(numpy.stack(arrays)).permute(0, 3, 1, 2)
    mean, std = torch.tensor(MEAN).view(3, 1, 1), torch.tensor(STD).view(3, 1, 1)
    return ((batch - mean) / std).contiguous()


def main():
    shared, out = Path(sys.argv[1]), Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 16
    torch.manual_seed(0)
    model = ResNet18(CLASSES)
    # Fresh networks have scales of one and shifts of zero, which would hide mistakes in both.
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.2, 0.2)
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    pictures = photographs(shared / "data" / "hymenoptera" / "train", count)
    labels = torch.arange(count) * 7 % CLASSES

    # 1. Clear of kinks, in double; statistics must not move meanwhile.
    global kink
    model.double().train()
    statistics = {n: b.clone() for n, b in model.named_buffers()}
    with torch.no_grad():
        kink = moving_kink
        model(pictures.double())
        kink = plain_kink
        for name, buffer in model.named_buffers():
            buffer.copy_(statistics[name])
    # Rounded to float32 once, so that both sides start from equal weights.
    model.float()
    save_file(
        {name: tensor.clone() for name, tensor in model.state_dict().items()},
        out / "weights.safetensors")

    # 2. The step, in float32 for the check and in double for the record.
    def step():
        model.train().zero_grad()
        logits = model(pictures.to(model.fc.weight.dtype))
        loss = nn.functional.cross_entropy(logits, labels)
        loss.backward()
        return logits, loss, {n: p.grad.double() for n, p in model.named_parameters()}

    single = step()[2]
    for name, buffer in model.named_buffers():
        buffer.copy_(statistics[name])
    model.double()
    logits, loss, gradients = step()
    worst = max(
        float((single[n] - g).abs().max() / g.abs().max()) for n, g in gradients.items())
    print(f"torch's float32 gradients differ from its float64 ones by {worst:.1e} at most")
    assert worst < 2e-5, "too close to a kink"
    results = {
        "pictures": pictures, "labels": labels.float(),
        "loss": loss.detach().float().view(1), "logits": logits.detach().float(),
    }
    for name, parameter in model.named_parameters():
        results[f"gradient/{name}"] = parameter.grad.float().contiguous()
    for name, tensor in model.state_dict().items():
        if "running_" in name:
            results[f"after/{name}"] = tensor.float().contiguous()
    save_file(results, out / "step.safetensors")
    print(f"loss {loss.item():.6f}, {sum('gradient/' in n for n in results)} gradients")


if __name__ == "__main__":
    main()
