"""Fine-tunes ResNet-18 on a folder of pictures, as a script for PyTorch is usually written.

usage: training.py FOLDER fc|full [--workers N] [--epochs N] [--layout nchw|channels_last] [--limit N]

A line of JSON when the first step is done and after each epoch; `seconds` count from after the imports.
With --loading nothing is trained: each epoch only goes through the training pictures.
"""
import argparse
import json
import pathlib
import time

import torch
import torchvision
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import transforms
from torchvision.datasets import ImageFolder

begin = time.perf_counter()
parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("kind", choices=["fc", "full"])
parser.add_argument("--workers", type=int, default=2)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--layout", default="channels_last", choices=["nchw", "channels_last"])
parser.add_argument("--limit", type=int, help="pictures of each split, for trials")
parser.add_argument("--loading", action="store_true")
options = parser.parse_args()

normalize = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
augmented = transforms.Compose([
    transforms.Resize((96, 96)),
    transforms.RandomRotation(45),
    transforms.CenterCrop(64),
    transforms.RandomHorizontalFlip(),
    transforms.RandomVerticalFlip(),
    transforms.ColorJitter(0.2, 0.1, 0.1, 0.1),
    transforms.RandomGrayscale(0.025),
    transforms.ToTensor(),
    normalize,
])
plain = transforms.Compose(
    [transforms.Resize((96, 96)), transforms.CenterCrop(64), transforms.ToTensor(), normalize])


def pictures(split, transform, shuffle):
    found = ImageFolder(options.folder / split, transform)
    classes = len(found.classes)
    if options.limit:
        every = max(1, len(found) // options.limit)
        found = Subset(found, range(0, len(found), every)[:options.limit])
    loader = DataLoader(found, 128, shuffle=shuffle, num_workers=options.workers,
                        persistent_workers=options.workers > 0)
    return loader, classes


def tell(**values):
    print(json.dumps({**values, "seconds": time.perf_counter() - begin}), flush=True)


train, classes = pictures("train", augmented, True)
val, _ = pictures("val", plain, False)
last = options.layout == "channels_last"
model = torchvision.models.resnet18(weights=None)
model.fc = nn.Linear(model.fc.in_features, classes)
if last:
    model = model.to(memory_format=torch.channels_last)
head = model.fc
if options.kind == "fc":
    # The backbone is frozen: its features need no graph of gradients.
    model.fc = nn.Identity()
    model.eval()
    optimizer = torch.optim.SGD(head.parameters(), 0.01, momentum=0.9)
else:
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
loss = nn.CrossEntropyLoss()


def placed(x):
    return x.contiguous(memory_format=torch.channels_last) if last else x


def logits(x):
    if options.kind == "full":
        return model(placed(x))
    with torch.no_grad():
        features = model(placed(x))
    return head(features)


steps = 0
for epoch in range(options.epochs):
    start = time.perf_counter()
    count, total, right = 0, 0.0, 0
    if options.kind == "full":
        model.train()
    for x, y in train:
        count += len(y)
        if options.loading:
            continue
        outputs = logits(x)
        value = loss(outputs, y)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        total += value.item() * len(y)
        right += (outputs.argmax(1) == y).sum().item()
        steps += 1
        if steps == 1:
            tell(event="step")
    trained = time.perf_counter()
    validated = 0
    if not options.loading:
        model.eval()
        with torch.inference_mode():
            for x, y in val:
                outputs = logits(x)
                total += loss(outputs, y).item() * len(y)
                right += (outputs.argmax(1) == y).sum().item()
                validated += len(y)
    tell(event="epoch", train=trained - start, val=time.perf_counter() - trained,
         pictures=count + validated)
