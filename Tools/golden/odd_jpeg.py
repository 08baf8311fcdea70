"""A JPEG encoder for what PIL reads but does not write: any sampling, components and markers."""
import struct

import numpy

ZIGZAG = sorted(
    range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else i % 8))
# Codes of one length each: legal, and no worse for small pictures than the usual ones.
AC = [run << 4 | size for run in range(16) for size in range(1, 11)] + [0x00, 0xF0]
QUANT = [5 + i for i in range(64)]

COSINES = numpy.array(
    [[(0.5 if u else 0.125 ** 0.5) * numpy.cos((2 * x + 1) * u * numpy.pi / 16) for x in range(8)]
     for u in range(8)])


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


class Bits:
    def __init__(self):
        self.text = []

    def add(self, value, count):
        if count:
            self.text.append(format(value, f"0{count}b"))

    def flush(self):
        bits = "".join(self.text)
        bits += "1" * (-len(bits) % 8)
        self.text = []
        data = int(bits, 2).to_bytes(len(bits) // 8, "big") if bits else b""
        return data.replace(b"\xff", b"\xff\0")


def magnitude(value):
    size = int(abs(value)).bit_length()
    return size, value if value >= 0 else value + (1 << size) - 1


def planes(pixels, sampling):
    """[H, W, C] to one plane per component, averaged to its share of the greatest sampling."""
    height, width, _ = pixels.shape
    across, down = max(h for h, _ in sampling), max(v for _, v in sampling)
    columns, rows = -(-width // (8 * across)), -(-height // (8 * down))
    full = numpy.pad(
        pixels.astype(numpy.float64),
        ((0, rows * 8 * down - height), (0, columns * 8 * across - width), (0, 0)), "edge")
    made = []
    for c, (h, v) in enumerate(sampling):
        # Shares that are no whole number take every so-manieth pixel.
        y = (numpy.arange(rows * 8 * v) * down // v)
        x = (numpy.arange(columns * 8 * h) * across // h)
        plane = full[:, :, c]
        if down % v == 0 and across % h == 0:
            plane = plane.reshape(rows * 8 * v, down // v, columns * 8 * h, across // h)
            made.append(plane.mean((1, 3)))
        else:
            made.append(plane[y][:, x])
    return made, rows, columns


def blocks_of(plane, shift):
    rows, columns = plane.shape[0] // 8, plane.shape[1] // 8
    blocks = plane.reshape(rows, 8, columns, 8).transpose(0, 2, 1, 3) - shift
    levels = numpy.rint(COSINES @ blocks @ COSINES.T).reshape(rows, columns, 64)
    quantized = numpy.rint(levels[:, :, ZIGZAG] / QUANT)
    return quantized.astype(int)


def encode(pixels, sampling=None, *, ids=None, before=b"", restart=0, start_of_frame=0xC0,
           precision=8, scans=None, wide_quant=False, fill=b"", middle=b"", height=None):
    """
    pixels: uint8 [H, W, C], in the colour space of the file
    sampling: (across, down) per component
    ids: the components' numbers
    before: segments behind the start of the picture
    restart: MCUs between restart markers
    scans: lists of components, one scan each; one scan of all by default
    fill: bytes 0xFF before each marker
    middle: segments between the tables and the scan
    """
    count = pixels.shape[2]
    sampling = sampling or [(1, 1)] * count
    ids = ids or list(range(1, count + 1))
    parts, rows, columns = planes(pixels, sampling)
    blocks = [blocks_of(plane, 128) for plane in parts]
    if wide_quant:
        table = segment(0xDB, b"\x10" + b"".join(struct.pack(">H", q) for q in QUANT))
    else:
        table = segment(0xDB, b"\0" + bytes(QUANT))
    lengths = bytes([0] * 3 + [12] + [0] * 12)
    ac_lengths = bytes([0] * 7 + [len(AC)] + [0] * 8)
    frame = struct.pack(
        ">BHHB", precision, pixels.shape[0] if height is None else height, pixels.shape[1], count)
    for number, (h, v) in zip(ids, sampling):
        frame += bytes([number, h << 4 | v, 0])
    segments = [
        before, table, segment(start_of_frame, frame),
        segment(0xC4, b"\0" + lengths + bytes(range(12))),
        segment(0xC4, b"\x10" + ac_lengths + bytes(AC)), middle]
    if restart:
        segments.append(segment(0xDD, struct.pack(">H", restart)))
    file = b"\xff\xd8" + fill.join([b"", *(s for s in segments if s)])

    for scan in scans or [list(range(count))]:
        head = bytes([len(scan)]) + b"".join(bytes([ids[c], 0]) for c in scan) + b"\0\x3f\0"
        file += fill + segment(0xDA, head)
        if len(scan) == 1:
            # A scan of one component has only the blocks that its picture needs.
            c = scan[0]
            h, v = sampling[c]
            across = -(-(-(-pixels.shape[1] * h // max(s[0] for s in sampling))) // 8)
            down = -(-(-(-pixels.shape[0] * v // max(s[1] for s in sampling))) // 8)
            units = [[(c, y, x)] for y in range(down) for x in range(across)]
        else:
            units = [
                [(c, row * v + j, column * h + i)
                 for c, (h, v) in ((c, sampling[c]) for c in scan)
                 for j in range(v) for i in range(h)]
                for row in range(rows) for column in range(columns)]
        bits, last, number = Bits(), [0] * count, 0
        for place, unit in enumerate(units):
            if restart and place and place % restart == 0:
                file += bits.flush() + bytes([0xFF, 0xD0 + number % 8])
                last, number = [0] * count, number + 1
            for c, y, x in unit:
                values = blocks[c][y, x]
                size, code = magnitude(int(values[0]) - last[c])
                last[c] = int(values[0])
                bits.add(size, 4)
                bits.add(code, size)
                run = 0
                for value in values[1:]:
                    if value == 0:
                        run += 1
                        continue
                    while run > 15:
                        bits.add(AC.index(0xF0), 8)
                        run -= 16
                    size, code = magnitude(int(value))
                    bits.add(AC.index(run << 4 | size), 8)
                    bits.add(code, size)
                    run = 0
                if run:
                    bits.add(AC.index(0), 8)
        file += bits.flush()
    return file + fill + b"\xff\xd9"


def lossless(pixels):
    """Process 14: each sample as its difference from the one to the left."""
    height, width, count = pixels.shape
    frame = struct.pack(">BHHB", 8, height, width, count)
    frame += b"".join(bytes([c + 1, 0x11, 0]) for c in range(count))
    file = b"\xff\xd8" + segment(0xC3, frame)
    file += segment(0xC4, b"\0" + bytes([0] * 3 + [12] + [0] * 12) + bytes(range(12)))
    file += segment(0xDA, bytes([count]) + b"".join(
        bytes([c + 1, 0]) for c in range(count)) + b"\x01\0\0")
    bits = Bits()
    values = pixels.astype(int)
    for y in range(height):
        for x in range(width):
            for c in range(count):
                before = values[y, x - 1, c] if x else values[y - 1, 0, c] if y else 128
                size, code = magnitude(int(values[y, x, c] - before))
                bits.add(size, 4)
                bits.add(code, size)
    return file + bits.flush() + b"\xff\xd9"


def adobe(transform):
    return segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform))


JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
