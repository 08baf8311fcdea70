"""PyTorch's side of xrun-bench's protocol: a task a line in, one line out.

usage: tasks.py THREADS

  forward|step|fc NETWORK SIDE BATCH SECONDS LAYOUT   images/s; LAYOUT is nchw or channels_last
  memory TASK NETWORK SIDE BATCH LAYOUT               MiB that this process has had resident at most
  drop                                                forgets its networks

`fc` is the step of a frozen backbone in evaluation mode under no_grad with a trained head.
"""
import sys
import time

import torch
from torch import nn

CLASSES = 9
HEADS = {"resnet": "fc", "squeezenet": "classifier.1", "tf_efficientnet": "classifier"}


class Unknown(Exception):
    pass


def network(name):
    """The network as users get it; torch alone has to do for ResNet-18 where torchvision is not installed."""
    if name.startswith("tf_efficientnet"):
        try:
            import timm
        except ImportError:
            raise Unknown("timm is not installed") from None
        return timm.create_model(name, pretrained=False, num_classes=CLASSES)
    try:
        import torchvision
    except ImportError:
        if name != "resnet18":
            raise Unknown("torchvision is not installed") from None
        from resnet18 import ResNet18

        return ResNet18(CLASSES)
    return getattr(torchvision.models, name)(weights=None, num_classes=CLASSES)


class Task:
    def __init__(self, work, name, side, batch, layout):
        torch.manual_seed(0)
        self.batch = batch
        self.model = network(name)
        self.pictures = torch.randn(batch, 3, side, side)
        self.labels = torch.randint(0, CLASSES, (batch,))
        if layout == "channels_last":
            self.model = self.model.to(memory_format=torch.channels_last)
            self.pictures = self.pictures.contiguous(memory_format=torch.channels_last)
        self.loss = nn.CrossEntropyLoss()
        self.run = getattr(self, work)
        if work == "step":
            self.model.train()
            self.optimizer = torch.optim.SGD(self.model.parameters(), 1e-3, momentum=0.9)
        else:
            self.model.eval()
        if work == "fc":
            path = next(head for start, head in HEADS.items() if name.startswith(start))
            if path != "fc":
                raise Unknown(f"no fc task for {name}")
            self.head = self.model.fc
            self.model.fc = nn.Identity()
            self.optimizer = torch.optim.SGD(self.head.parameters(), 1e-3, momentum=0.9)

    def forward(self):
        with torch.inference_mode():
            self.model(self.pictures)

    def step(self):
        self.update(self.model(self.pictures))

    def fc(self):
        with torch.no_grad():
            features = self.model(self.pictures)
        self.update(self.head(features))

    def update(self, logits):
        self.optimizer.zero_grad()
        value = self.loss(logits, self.labels)
        value.backward()
        self.optimizer.step()
        value.item()

    def rate(self, seconds):
        self.run()
        begin, count = time.perf_counter(), 0
        while count < 2 or time.perf_counter() - begin < seconds:
            self.run()
            count += 1
        return self.batch * count / (time.perf_counter() - begin)


def peak():
    """That of this process, not of the one that started it."""
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024


ready = {}


def task(work, name, side, batch, layout):
    key = (work, name, side, batch, layout)
    if key not in ready:
        # Networks of another kind or size are done with.
        for other in [other for other in ready if other[1:4] != key[1:4]]:
            del ready[other]
        ready[key] = Task(work, name, int(side), int(batch), layout)
    return ready[key]


def reply(words):
    if words[0] == "drop":
        ready.clear()
        return "dropped"
    if words[0] == "memory":
        given = task(*words[1:])
        for _ in range(4):
            given.run()
        return peak()
    work, name, side, batch, seconds, layout = words
    return task(work, name, side, batch, layout).rate(float(seconds))


torch.set_num_threads(int(sys.argv[1]))
isa = torch.backends.cpu.get_cpu_capability()
print(f"torch {torch.__version__} isa={isa} threads={torch.get_num_threads()}", flush=True)
for line in sys.stdin:
    try:
        print(reply(line.split()), flush=True)
    except Unknown as error:
        print(f"failed: {error}", flush=True)
