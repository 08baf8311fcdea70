"""Small files of torch.save, and what torch.load finds in them.

usage: python torch_files.py OUT

OUT is Tests/ModelsTests/Goldens/TorchFiles. Writes the files, tensors.json (per file: which entry is
the state dict, and its tensors as float32 bits or integers) and manifest.json. Hostile files are
written byte by byte: nothing in them is ever loaded here. In the old format torch names storages by
their addresses; here they are numbered, so that each run writes the same bytes.
"""
import inspect
import json
import pickle
import struct
import sys
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path

import torch

import manifest

SEED = 14


def tensors():
    """Every kind of element and of view that state dicts have been seen with."""
    generator = torch.Generator().manual_seed(SEED)
    base = torch.randn(6, 8, generator=generator)
    odd = torch.tensor([0.0, -0.0, 1 / 3, 65504.0, 1e-7, float("inf"), -float("inf"), 2.0 ** -149])
    return OrderedDict([
        ("float", torch.randn(2, 3, 4, generator=generator)),
        ("double", torch.randn(5, generator=generator, dtype=torch.float64)),
        ("half", odd.half()),
        ("bfloat16", odd.bfloat16()),
        ("odd", odd),
        ("long", torch.tensor([0, -1, 2 ** 40, -2 ** 63])),
        ("count", torch.tensor(7)),
        ("scalar", torch.tensor(2.5)),
        ("empty", torch.zeros(0, 3)),
        ("int", torch.tensor([1, -2], dtype=torch.int32)),
        ("bool", torch.tensor([True, False, True])),
        # One storage behind several tensors.
        ("shared.whole", base),
        ("shared.rows", base[2:4]),
        ("shared.element", base[3, 5]),
        # Views whose elements do not follow one another.
        ("transposed", base.t()),
        ("columns", base[:, 1:7:2]),
        ("permuted", torch.randn(2, 3, 4, generator=generator).permute(2, 0, 1)),
        ("channels_last", torch.randn(2, 3, 2, 2, generator=generator)
         .to(memory_format=torch.channels_last)),
        ("expanded", torch.tensor([1.5, -2.5]).reshape(2, 1).expand(2, 3)),
        ("half.transposed", torch.randn(3, 2, generator=generator).half().t()),
        ("parameter", torch.nn.Parameter(torch.randn(3, generator=generator))),
    ])


def network():
    torch.manual_seed(SEED)
    return torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.BatchNorm2d(2))


def checkpoint():
    """What training scripts save: an optimizer and a schedule that have been stepped, under DataParallel's names."""
    model = network()
    optimizer = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [2, 4])
    model(torch.ones(1, 1, 2, 2)).sum().backward()
    optimizer.step()
    schedule.step()
    return {
        "epoch": 3, "arch": "tiny", "best_acc1": 71.25, "done": False, "nothing": None,
        "size": torch.Size([1, 2]), "device": torch.device("cpu"), "dtype": torch.float16,
        "seen": {"a"}, "big": 2 ** 80, "counts": Counter([1, 1]),
        "state_dict": OrderedDict(("module." + k, v) for k, v in model.state_dict().items()),
        "optimizer": optimizer.state_dict(), "scheduler": schedule.state_dict(),
    }


def averaged():
    averaged = torch.optim.swa_utils.AveragedModel(network())
    with torch.no_grad():
        for parameter in averaged.parameters():
            parameter.add_(1)
    return {"model": network().state_dict(), "model_ema": averaged.state_dict(), "args": {"lr": 0.1}}


def described(tensor):
    name = str(tensor.dtype).removeprefix("torch.")
    entry = {"element": name, "shape": list(tensor.shape)}
    if tensor.dtype.is_floating_point:
        flat = tensor.detach().float().contiguous().reshape(-1)
        entry["bits"] = flat.view(torch.int32).to(torch.int64).bitwise_and(0xFFFFFFFF).tolist()
    else:
        entry["integers"] = tensor.to(torch.int64).reshape(-1).tolist()
    return entry


def in_zip(path, data, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, contents in [("data.pkl", data), ("version", b"3\n")]:
            archive.writestr(zipfile.ZipInfo(f"{path.stem}/{name}"), contents, compression)


def hostile(out):
    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value

    command = b"\x80\x02cos\nsystem\n" + text(b"touch hostile") + b"\x85R."
    in_zip(out / "system.pth", command)
    # The same by STACK_GLOBAL, in a dictionary that looks like a checkpoint.
    hidden = (b"\x80\x04}" + text(b"epoch") + text(b"builtins") + text(b"eval") + b"\x93"
              + text(b"1") + b"\x85Rs.")
    in_zip(out / "eval.pth", hidden)
    # The old format, whose first pickle is executed before the magic number is compared.
    (out / "instance.pth").write_bytes(b"\x80\x02(" + text(b"touch hostile") + b"iposix\nsystem\n.")
    in_zip(out / "deflated.pth", b"\x80\x02}.", zipfile.ZIP_DEFLATED)
    in_zip(out / "nested.pth", b"\x80\x02" + b")" + b"\x85" * 50_000 + b".")
    # 20,000 objects, copied 300 times by 7 bytes each.
    copies = (b"\x80\x02](" + b"N" * 20_000 + b"eq\x00c__builtin__\nset\nq\x01"
              + b"h\x01h\x00\x85R0" * 300 + b".")
    in_zip(out / "copies.pth", copies)
    torch.save(torch.ones(2), out / "tensor.pth")
    torch.save(network(), out / "module.pth")


def number_storages():
    """The old format's storages get their places as keys, of one length, as addresses are."""
    source = inspect.getsource(torch.serialization._legacy_save)
    address = "str(storage._cdata)"
    assert address in source
    names = {}

    def key(storage):
        return names.setdefault(storage._cdata, f"{94000000000000 + len(names)}")

    vars(torch.serialization)["key_of_storage"] = key
    exec(source.replace(address, "key_of_storage(storage)"), vars(torch.serialization))
    return names


def main():
    names = number_storages()
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    old = {"_use_new_zipfile_serialization": False}
    saved = {
        "zip.pth": (tensors(), None, {}),
        "legacy.pth": (tensors(), None, old),
        "protocol4.pt": (tensors(), None, {"pickle_protocol": 4}),
        "legacy-protocol5.pt": (tensors(), None, {"pickle_protocol": 5, **old}),
        "unsigned.bin": (OrderedDict(u=torch.tensor([0, 1, 65535], dtype=torch.uint16),
                                     f=torch.ones(2)), None, {}),
        "checkpoint.pth.tar": (checkpoint(), "state_dict", {}),
        "legacy-checkpoint.pth": (checkpoint(), "state_dict", old),
        "averaged.pth": (averaged(), "model_ema", {}),
        "only.pth": ({"step": 1, "generator": network().state_dict()}, "generator", {}),
    }
    golden = {}
    for name, (value, entry, options) in saved.items():
        names.clear()
        torch.save(value, out / name, **options)
        # Written two lines above; the restricted reader does not know protocols 4 and 5.
        again = torch.load(out / name, weights_only=False)
        again = again[entry] if entry else again
        golden[name] = {"entry": entry, "tensors": {k: described(v) for k, v in again.items()}}
    hostile(out)
    torch.serialization.set_crc32_options(False)
    torch.save(tensors(), out / "unchecked.pth")
    golden["unchecked.pth"] = golden["zip.pth"]
    (out / "tensors.json").write_text(json.dumps(golden, indent=1) + "\n")
    manifest.write(
        out, __file__, [path.name for path in out.iterdir() if path.name != "manifest.json"],
        libraries=["torch"], seed=SEED, tolerance=0,
        why="converting to float32 is exact or rounds once, as torch does")


main()
