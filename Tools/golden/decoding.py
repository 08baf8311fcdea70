"""Odd small files, and PIL's pixels of them.

usage: python decoding.py OUT

OUT gets decoding.json and manifest.json. Files are kept in base64, of PIL's `convert("RGB")` the
SHA-256 of all bytes and the first in clear; `refused` where PIL raises an error instead (with
LOAD_TRUNCATED_IMAGES as it comes: off). PIL's JPEG decoder is its own copy of libjpeg-turbo, newer
than many a system's: its version is in the manifest. Where old and new ones differ (progressive files
that lack their last scans) all bytes are kept.
"""
import base64
import hashlib
import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy
from PIL import Image, features

import manifest
import odd_jpeg
from odd_jpeg import JFIF, adobe, segment
from pixels import picture

# By cjpeg -arithmetic of libjpeg-turbo 2.1.5, of picture(17, 11, 1).
ARITHMETIC = """
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KS
EiMEExNDk7Pj4+JS5ESUM8SDc9Pjv/2wBDAQoLCw4NDhwQEBw7KCIoOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7
Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozv/yQARCAALABEDASIAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIRAxEAPw
D+y9od+nsozr+fV9HyQAhksIy6PPkb+FgKgRtqe8lNE/T/2Q==
"""


def pixels(file):
    try:
        made = Image.open(io.BytesIO(file)).convert("RGB")
    except (OSError, SyntaxError, ValueError):
        return {"refused": True, "width": 0, "height": 0, "first": [], "sha256": ""}
    data = made.tobytes()
    return {"refused": False, "width": made.width, "height": made.height, "first": list(data[:12]),
            "sha256": hashlib.sha256(data).hexdigest()}


def jpeg(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **options)
    return buffer.getvalue()


def odd_jpegs(add):
    encode = odd_jpeg.encode
    samplings = {
        "440": [(1, 2), (1, 1), (1, 1)], "411": [(4, 1), (1, 1), (1, 1)],
        "410": [(4, 2), (1, 1), (1, 1)], "441": [(1, 4), (1, 1), (1, 1)],
        "422": [(2, 1), (1, 1), (1, 1)], "420": [(2, 2), (1, 1), (1, 1)],
        "444-in-twos": [(2, 1), (2, 1), (2, 1)], "311": [(3, 1), (1, 1), (1, 1)],
        "unlike-chroma": [(2, 2), (2, 1), (1, 2)], "chroma-finer": [(1, 1), (2, 2), (2, 2)],
        "chroma-422-of-440": [(2, 2), (1, 2), (1, 2)], "two-thirds": [(3, 1), (2, 1), (1, 1)],
    }
    for size in ((40, 33), (17, 11), (1, 19), (23, 1), (1, 1), (16, 16), (2, 2)):
        ycc = numpy.asarray(picture(*size, 1).convert("YCbCr"))
        tag = f"{size[0]}x{size[1]}"
        for name, sampling in samplings.items():
            if name in ("444-in-twos", "311", "chroma-finer") and size[0] not in (40, 1):
                continue
            add(f"jpeg-{name}-{tag}", encode(ycc, sampling, before=JFIF))
    image = picture(21, 18, 2)
    rgb, ycc = numpy.asarray(image), numpy.asarray(image.convert("YCbCr"))
    add("jpeg-adobe-rgb", encode(rgb, before=adobe(0)))
    add("jpeg-adobe-ycc", encode(ycc, before=adobe(1)))
    add("jpeg-adobe-transform-7", encode(ycc, before=adobe(7)))
    add("jpeg-adobe-rgb-behind-jfif", encode(rgb, before=JFIF + adobe(0)))
    add("jpeg-ids-rgb", encode(rgb, ids=list(b"RGB")))
    add("jpeg-ids-rgb-behind-jfif", encode(rgb, ids=list(b"RGB"), before=JFIF))
    add("jpeg-ids-012", encode(ycc, ids=[0, 1, 2]))
    add("jpeg-ids-odd", encode(ycc, ids=[7, 9, 200]))
    add("jpeg-without-jfif", encode(ycc))
    add("jpeg-adobe-rgb-420", encode(rgb, [(2, 2), (1, 1), (1, 1)], before=adobe(0)))
    cmyk = numpy.asarray(image.convert("CMYK")).copy()
    cmyk[:, :, 3] = rgb[:, :, 1] // 3
    ycck = numpy.dstack([numpy.asarray(Image.fromarray(255 - cmyk[:, :, :3]).convert("YCbCr")),
                         cmyk[:, :, 3]])
    for tag, sampling in (("444", None), ("420", [(2, 2), (1, 1), (1, 1), (2, 2)])):
        add(f"jpeg-cmyk-plain-{tag}", encode(cmyk, sampling))
        add(f"jpeg-cmyk-adobe-{tag}", encode(cmyk, sampling, before=adobe(0)))
        add(f"jpeg-cmyk-adobe-inverted-{tag}", encode(255 - cmyk, sampling, before=adobe(0)))
        add(f"jpeg-ycck-{tag}", encode(ycck, sampling, before=adobe(2)))
        add(f"jpeg-ycck-inverted-{tag}", encode(255 - ycck, sampling, before=adobe(2)))
    add("jpeg-cmyk-jfif", encode(cmyk, before=JFIF))
    for transform in (1, 5):
        add(f"jpeg-cmyk-adobe-transform-{transform}", encode(cmyk, before=adobe(transform)))
    grey = rgb[:, :, :1]
    add("jpeg-grey-adobe", encode(grey, before=adobe(0)))
    add("jpeg-grey-sampled", encode(grey, [(2, 2)]))
    add("jpeg-grey-sampled-restart", encode(grey, [(1, 4)], restart=2))
    add("jpeg-two-components", encode(rgb[:, :, :2]))
    add("jpeg-five-components", encode(numpy.dstack([rgb, rgb[:, :, :2]])))
    add("jpeg-extended", encode(ycc, start_of_frame=0xC1, before=JFIF))
    add("jpeg-wide-quantization", encode(ycc, start_of_frame=0xC1, wide_quant=True, before=JFIF))
    add("jpeg-wide-quantization-baseline", encode(ycc, wide_quant=True, before=JFIF))
    add("jpeg-scan-each", encode(ycc, [(2, 2), (1, 1), (1, 1)], scans=[[0], [1], [2]], before=JFIF))
    add("jpeg-scan-two", encode(ycc, scans=[[0], [1, 2]], before=JFIF))
    add("jpeg-12-bits", encode(ycc, start_of_frame=0xC1, precision=12, before=JFIF))
    add("jpeg-lossless", odd_jpeg.lossless(rgb))
    add("jpeg-lossless-grey", odd_jpeg.lossless(grey))
    add("jpeg-hierarchical", encode(ycc, start_of_frame=0xC5, before=JFIF))
    add("jpeg-arithmetic", base64.b64decode(ARITHMETIC))
    for interval in (1, 2, 5, 100):
        add(f"jpeg-restart-{interval}", encode(ycc, restart=interval, before=JFIF))
        add(f"jpeg-restart-{interval}-420",
            encode(ycc, [(2, 2), (1, 1), (1, 1)], restart=interval, before=JFIF))
    thumbnail = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\3\2" + bytes(range(18)))
    inner = encode(ycc[:8, :8], before=JFIF)
    add("jpeg-jfif-thumbnail", encode(ycc, before=thumbnail))
    add("jpeg-jfxx-thumbnail", encode(ycc, before=JFIF + segment(0xE0, b"JFXX\0\x10" + inner)))
    add("jpeg-jfif-short", encode(ycc, before=segment(0xE0, b"JFIF\0")))
    add("jpeg-adobe-short", encode(ycc, before=segment(0xEE, b"Adobe")))
    add("jpeg-comments", encode(ycc, before=JFIF + segment(0xFE, b"one") + segment(0xFE, b"")
                                + segment(0xFE, b"\xff\xd9" * 50), middle=segment(0xFE, b"two")))
    add("jpeg-profile-and-others", encode(
        ycc, before=JFIF + segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(128))
        + segment(0xED, b"Photoshop 3.0\0") + segment(0xEF, b"?")))
    add("jpeg-padding", encode(ycc, before=JFIF, fill=b"\xff\xff\xff"))
    add("jpeg-trailing-junk", encode(ycc, before=JFIF) + b"junk\xff\xd8\xff\xda" * 20)
    add("jpeg-two-pictures", encode(ycc, before=JFIF) + inner)
    add("jpeg-zeros-behind", encode(ycc, before=JFIF) + bytes(3000))
    exif = Image.Exif()
    for orientation in range(1, 9):
        exif[0x0112] = orientation
        add(f"jpeg-orientation-{orientation}",
            jpeg(picture(11, 7, orientation), exif=exif, quality=90))
    # Scans that never came are no damage: their coefficients are guessed from the blocks around.
    for size, sampling in (((33, 17), 2), ((24, 16), 0), ((25, 9), 1)):
        file = jpeg(picture(*size, 1), progressive=True, quality=80, subsampling=sampling)
        ends = [i for i in range(len(file) - 1) if file[i:i + 2] == b"\xff\xda"]
        for count in (1, 2, 4, 6):
            add(f"jpeg-first-{count}-scans-{size[0]}x{size[1]}",
                file[:ends[count]] + b"\xff\xd9")
    wide = picture(500, 3, 1)
    for quality in (1, 75):
        for sampling in (0, 1, 2):
            add(f"jpeg-500x3-{quality}-{sampling}", jpeg(wide, quality=quality, subsampling=sampling))


def odd_pngs(add):
    for size in ((1, 9), (9, 1)):
        for kind, depth in ((0, 1), (2, 8), (3, 2), (4, 16), (6, 8)):
            for interlaced in (False, True):
                label = "interlaced" if interlaced else "plain"
                add(f"png-{kind}-{depth}-{label}-{size[0]}x{size[1]}", png(*size, kind, depth, interlaced))
    gamma, srgb = chunk(b"gAMA", struct.pack(">I", 100000)), chunk(b"sRGB", b"\1")
    for kind in (0, 2, 3, 6):
        add(f"png-gamma-{kind}", png(19, 13, kind, 8, False, more=gamma))
    for name, more in {
        "gamma-and-srgb": chunk(b"gAMA", struct.pack(">I", 22000)) + srgb,
        "chromaticities": chunk(b"cHRM", struct.pack(">8I", *[31270, 32900] * 4)),
        "background": chunk(b"bKGD", b"\0\1\0\2\0\3"), "significant": chunk(b"sBIT", b"\5\6\5"),
        "text": chunk(b"tEXt", b"Title\0x") + chunk(b"zTXt", b"a\0\0" + zlib.compress(b"b")),
        "profile": chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(200))),
        "unknown": chunk(b"abCd", b"?"), "unknown-needed": chunk(b"ABCD", b"?"),
        "animation": chunk(b"acTL", struct.pack(">II", 1, 0))
        + chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 19, 13, 0, 0, 1, 1, 0, 0)),
        "palette-in-colour": chunk(b"PLTE", bytes(range(30))),
        "bad-checksum-beside": chunk(b"tEXt", b"a\0b")[:-1] + b"?",
        "physical": chunk(b"pHYs", struct.pack(">IIB", 1, 2, 1)),
    }.items():
        add(f"png-{name}", png(19, 13, 2, 8, False, more=more))
    for parts in (2, 7, 40):
        add(f"png-in-{parts}-parts", png(19, 13, 2, 8, True, parts=parts))
    add("png-empty-part", png(19, 13, 2, 8, False, more=chunk(b"IDAT", b"")))
    add("png-index-past-palette", png(19, 13, 3, 4, False, palette=3))
    for kind, depth in ((0, 1), (0, 16), (2, 16), (3, 1), (3, 8)):
        add(f"png-{kind}-{depth}-transparent", png(19, 13, kind, depth, True, True))
    add("png-trailing-junk", png(19, 13, 2, 8, False) + b"junk" * 9)
    add("png-behind-end", png(19, 13, 2, 8, False) + chunk(b"tEXt", b"a\0b"))
    for orientation in (3, 6):
        exif = b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0" + bytes([orientation]) + bytes(6)
        add(f"png-orientation-{orientation}", png(19, 13, 2, 8, False, more=chunk(b"eXIf", exif)))


CUT = [
    "baseline-420-40x33-2", "progressive-444-17x11-2", "jpeg-restart-2", "png-2-8-plain-19x13",
    "png-6-16-interlaced-19x13", "palette-png-40x33-2", "cmyk-jpeg-17x11-2"]


def cut(add, cases):
    """Files that end too early; of these only how many bytes of which file they are."""
    lengths = {case["name"]: len(base64.b64decode(case["file"])) for case in cases if "file" in case}
    for name in CUT:
        length = lengths[name]
        for part in (10, 35, 60, 85, 97):
            add(f"{name}-cut-at-{part}-percent", name, length * part // 100)
        for count in (1, 2, 3, 5, 12, 13, 20):
            add(f"{name}-without-last-{count}", name, length - count)


def damaged(add):
    ycc = numpy.asarray(picture(24, 18, 2).convert("YCbCr"))
    file = jpeg(picture(24, 18, 2), quality=60)
    add("jpeg-height-0", odd_jpeg.encode(ycc, before=JFIF, height=0))
    add("jpeg-higher-than-coded", odd_jpeg.encode(ycc, before=JFIF, height=64))
    add("jpeg-without-tables", file[:2] + file[file.index(b"\xff\xc0"):])
    add("jpeg-without-end-and-junk", file[:-2] + bytes(50))
    file = png(19, 13, 2, 8, False)
    add("png-bad-checksum", file[:-17] + bytes([file[-17] ^ 1]) + file[-16:])
    for name, header in {
        "width-0": (0, 13, 8, 2, 0, 0, 0), "depth-3": (19, 13, 3, 0, 0, 0, 0),
        "kind-1": (19, 13, 8, 1, 0, 0, 0), "interlace-2": (19, 13, 8, 2, 0, 0, 2),
        "compression-1": (19, 13, 8, 2, 1, 0, 0), "higher-than-coded": (19, 14, 8, 2, 0, 0, 0),
        "lower-than-coded": (19, 12, 8, 2, 0, 0, 0),
    }.items():
        add(f"png-{name}", file[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", *header)) + file[33:])
    add("png-without-palette", png(19, 13, 3, 8, False).replace(b"PLTE", b"plTE"))


def decoding():
    """Small files of every kind, in base64, with PIL's pixels of them."""
    cases = []

    def add(name, image, kind, **options):
        buffer = io.BytesIO()
        image.save(buffer, kind, **options)
        add_file(name, buffer.getvalue())

    def add_file(name, file):
        cases.append({"name": name, "file": base64.b64encode(file).decode(), **pixels(file)})
        if name.startswith("jpeg-first-"):
            cases[-1]["bytes"] = base64.b64encode(
                Image.open(io.BytesIO(file)).convert("RGB").tobytes()).decode()

    for size in ((1, 1), (17, 11), (40, 33)):
        for salt in (1, 2):
            image = picture(*size, salt)
            tag = f"{size[0]}x{size[1]}-{salt}"
            for sampling, label in ((0, "444"), (1, "422"), (2, "420")):
                add(f"baseline-{label}-{tag}", image, "JPEG", quality=85, subsampling=sampling)
                add(f"progressive-{label}-{tag}", image, "JPEG", quality=60, progressive=True,
                    subsampling=sampling)
            add(f"restart-{tag}", image, "JPEG", quality=80, restart_marker_blocks=1)
            add(f"grey-jpeg-{tag}", image.convert("L"), "JPEG")
            add(f"cmyk-jpeg-{tag}", image.convert("CMYK"), "JPEG")
            add(f"rgb-png-{tag}", image, "PNG")
            add(f"palette-png-{tag}", image.quantize(16), "PNG")
            add(f"grey-png-{tag}", image.convert("L"), "PNG")
            add(f"one-bit-png-{tag}", image.convert("1"), "PNG")
            alpha = image.convert("RGBA")
            alpha.putalpha(image.convert("L"))
            add(f"alpha-png-{tag}", alpha, "PNG")
            add(f"grey-alpha-png-{tag}", alpha.convert("LA"), "PNG")

    # Every kind and depth that PNG has, which PIL reads but does not write.
    for size in ((1, 1), (5, 3), (19, 13)):
        for kind, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16),
                             6: (8, 16)}.items():
            for depth in depths:
                for interlaced in (False, True):
                    label = "interlaced" if interlaced else "plain"
                    add_file(f"png-{kind}-{depth}-{label}-{size[0]}x{size[1]}",
                             png(*size, kind, depth, interlaced))
    for kind, depth in ((0, 2), (0, 8), (2, 8), (3, 4)):
        add_file(f"png-{kind}-{depth}-transparent", png(19, 13, kind, depth, False, True))

    image = picture(40, 33, 1)
    exif = Image.Exif()
    exif[0x0112] = 6
    add("jpeg-turned-by-exif", image, "JPEG", exif=exif)
    add("jpeg-rgb", image, "JPEG", keep_rgb=True)
    add("jpeg-optimized", image, "JPEG", quality=95, optimize=True)
    add("jpeg-coarse", image, "JPEG", quality=3)
    odd_jpegs(add_file)
    odd_pngs(add_file)
    damaged(add_file)

    def add_start(name, whole, count):
        file = base64.b64decode(next(case["file"] for case in cases if case["name"] == whole))
        cases.append({"name": name, "start_of": whole, "count": count, **pixels(file[:count])})

    cut(add_start, cases)
    assert len({case["name"] for case in cases}) == len(cases)
    return cases


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, kind, depth, interlaced, transparent=False, more=b"", parts=1, palette=5):
    """A PNG file of noise, of colour type `kind`; no filters, Adam7 where interlaced.

    more: chunks before the pixels
    parts: how many IDAT chunks
    palette: the greatest number of its colours
    """
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    # Palettes of five colours at the most are shorter than their depth allows.
    limit = min(5, 1 << depth) if kind == 3 else 1 << depth

    def sample(x, y, c):
        return zlib.crc32(bytes([x, y, c, kind, depth])) % limit

    def rows(x0, y0, dx, dy):
        data = b""
        columns = range(x0, width, dx)
        for y in range(y0, height, dy) if columns else ():
            bits = "".join(
                format(sample(x, y, c), f"0{depth}b") for x in columns for c in range(channels))
            bits += "0" * (-len(bits) % 8)
            data += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
        return data

    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4),
                  (1, 0, 2, 2), (0, 1, 1, 2)]

    file = b"\x89PNG\r\n\x1a\n"
    file += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced))
    if kind == 3:
        file += chunk(b"PLTE", bytes((37 * i + 11) % 256 for i in range(3 * min(palette, limit))))
    if transparent:
        file += chunk(
            b"tRNS", {0: b"\0\1", 2: b"\0\1\0\2\0\3", 3: bytes([0, 128, 255])}[kind])
    data = zlib.compress(b"".join(rows(*step) for step in passes), 9)
    file += more
    for part in range(parts):
        file += chunk(b"IDAT", data[len(data) * part // parts:len(data) * (part + 1) // parts])
    return file + chunk(b"IEND", b"")


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in decoding())
    (out / "decoding.json").write_text(f"[\n{lines}\n]\n")
    manifest.write(
        out, __file__, ["decoding.json"], modules=["odd_jpeg", "pixels"],
        libraries=["pillow", "numpy"], seed=None, tolerance=0,
        why="both decoders compute in integers, by the same rules; 6 levels in progressive files that "
        "lack their last scans, where libjpeg-turbo before 3.0.1 guesses otherwise",
        decoders={"libjpeg-turbo": features.version("libjpeg_turbo"), "zlib": features.version("zlib")})


if __name__ == "__main__":
    main()
