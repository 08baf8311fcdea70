"""ResNet-18 at 64 px in PyTorch, with the protocol of xrun-bench: a task a line in, images/s out.

Of NCHW and channels_last the faster is taken for each task, measured at the start.
`fc` is the step of a frozen backbone in evaluation mode under no_grad with a trained head.
"""
import sys
import time

import torch
from torch import nn

from resnet18 import ResNet18

BATCH = 128
threads = int(sys.argv[1]) if len(sys.argv) > 1 else torch.get_num_threads()
torch.set_num_threads(threads)
torch.manual_seed(0)
pictures = torch.randn(BATCH, 3, 64, 64)
labels = torch.randint(0, 9, (BATCH,))
loss = nn.CrossEntropyLoss()


def network(last):
    model = ResNet18(9)
    return model.to(memory_format=torch.channels_last) if last else model


def given(last):
    return pictures.contiguous(memory_format=torch.channels_last) if last else pictures


def forward(last):
    model, x = network(last).eval(), given(last)

    def run():
        with torch.inference_mode():
            model(x)

    return run


def step(last):
    model, x = network(last).train(), given(last)
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)

    def run():
        optimizer.zero_grad()
        value = loss(model(x), labels)
        value.backward()
        optimizer.step()
        value.item()

    return run


def fc(last):
    model, x = network(last).eval(), given(last)
    optimizer = torch.optim.SGD(model.fc.parameters(), 0.01, momentum=0.9)

    def run():
        with torch.no_grad():
            features = model.features(x)
        optimizer.zero_grad()
        value = loss(model.fc(features), labels)
        value.backward()
        optimizer.step()
        value.item()

    return run


def rate(run, seconds=1.2):
    run()
    begin, count = time.perf_counter(), 0
    while count < 3 or time.perf_counter() - begin < seconds:
        run()
        count += 1
    return BATCH * count / (time.perf_counter() - begin)


tasks = {}
chosen = []
for name, make in (("forward", forward), ("step", step), ("fc", fc)):
    options = {last: make(last) for last in (False, True)}
    best = max(options, key=lambda last: rate(options[last]))
    tasks[name] = options[best]
    chosen.append(f"{name}={'channels_last' if best else 'nchw'}")

print(f"torch {torch.__version__} threads={threads} {' '.join(chosen)}", flush=True)
for line in sys.stdin:
    print(rate(tasks[line.strip()]), flush=True)
