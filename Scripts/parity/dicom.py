"""Writes random legal DICOM files and compares what `imgdx convert --raw` says with the values that went in.

    python Scripts/parity/dicom.py IMGDX [COUNT [SEED]]      300 files of seed 1 unless told; needs numpy and imagecodecs

Each file draws a transfer syntax, cells of 1 to 32 bits, bits stored, High Bit, sign, samples, planar configuration, frames,
fragments, offset tables, padding, and which parts of the file are missing. Prints a line a file that differs, which it keeps.
"""
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib

import imagecodecs
import numpy as np

imgdx = sys.argv[1]
total = int(sys.argv[2]) if len(sys.argv) > 2 else 300
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
folder = tempfile.mkdtemp()
draw = random.Random(seed)
numbers = np.random.default_rng(seed)

ROOT = "1.2.840.10008.1.2"
NATIVE = ["", ".1", ".2", ".1.99"]
CODESTREAMS = {
    ".4.57": "jpeg", ".4.70": "jpeg", ".4.80": "jpegls", ".4.90": "jpeg2000", ".4.91": "jpeg2000", ".4.201": "htj2k",
    ".4.202": "htj2k", ".4.203": "htj2k",
}
LONG = {"OB", "OW", "OV", "SQ", "UN", "UT"}


class Object:
    def __init__(self, form):
        self.form, self.elements = form, []

    def pack(self, layout, *values):
        return struct.pack((">" if self.form == ".2" else "<") + layout, *values)

    def add(self, group, element, vr, value, length=None):
        length = len(value) if length is None else length
        head = self.pack("HH", group, element)
        if self.form == "":
            head += self.pack("I", length)
        elif vr in LONG:
            head += vr.encode() + b"\0\0" + self.pack("I", length)
        else:
            head += vr.encode() + self.pack("H", length)
        self.elements.append((group, element, head + value))

    def text(self, group, element, vr, text):
        self.add(group, element, vr, text.encode() + (b"\0" if vr == "UI" else b" ") * (len(text) % 2))

    def item(self, value):
        return self.pack("HHI", 0xFFFE, 0xE000, len(value)) + value

    def fragments(self, parts, table, closed):
        body = self.item(self.pack(f"{len(table)}I", *table)) + b"".join(map(self.item, parts))
        body += self.pack("HHI", 0xFFFE, 0xE0DD, 0) if closed else b""
        self.add(0x7FE0, 0x10, "OB", body, 0xFFFFFFFF)

    def body(self):
        return b"".join(value for _, _, value in sorted(self.elements))


def even(data):
    return data + b"\0" * (len(data) % 2)


def rle(cells):
    """A frame of cells, rows x columns x samples."""
    size, segments = cells.itemsize, []
    for sample in range(cells.shape[2]):
        planes = cells[..., sample].astype(cells.dtype.newbyteorder(">")).tobytes()
        segments += [even(imagecodecs.packbits_encode(planes[byte::size])) for byte in range(size)]
    starts = [64 + sum(map(len, segments[:index])) for index in range(len(segments))]
    return struct.pack("<16I", len(segments), *starts, *[0] * (15 - len(segments))) + b"".join(segments)


def packed(cells, bits, big):
    if bits in (8, 16, 32):
        return cells.astype(cells.dtype.newbyteorder(">" if big else "<")).tobytes()
    single = cells.ravel()[:, None] >> np.arange(bits, dtype=cells.dtype) & 1
    stream = np.packbits(single.astype("u1").ravel(), bitorder="little").tobytes()
    # Cells of more than a byte are packed into words, and those are in the file's order.
    return np.frombuffer(even(stream), "<u2").astype(">u2").tobytes() if big and bits > 8 else stream


def coded(kind, frame, stored):
    frame = frame[..., 0] if frame.shape[2] == 1 else frame
    if kind == "jpeg":
        return imagecodecs.ljpeg_encode(frame, bitspersample=stored)
    if kind == "jpegls":
        return imagecodecs.jpegls_encode(frame)
    if kind == "htj2k":
        return imagecodecs.htj2k_encode(frame, reversible=True)
    return imagecodecs.jpeg2k_encode(
        frame, level=0, reversible=True, codecformat=draw.choice(["j2k", "jp2"]), bitspersample=stored)


def case():
    """The bytes of a file, and the array that must come out."""
    suffix = draw.choice(NATIVE + [".5", ".1.98", ".8.1"] + list(CODESTREAMS))
    kind = CODESTREAMS.get(suffix)
    allocated = draw.choice([8, 16] if kind else [8, 16, 32] if suffix not in NATIVE else [1, 8, 12, 16, 32])
    lowest = {8: 2, 16: 9, 32: 17}.get(allocated, allocated)
    stored = allocated if kind == "htj2k" else draw.randint(lowest, allocated)
    high = stored - 1 if kind else draw.randint(stored - 1, allocated - 1)
    signed = allocated > 1 and kind != "jpegls" and draw.random() < 0.4
    samples = 3 if allocated in (8, 16, 32) and kind != "jpeg" and not signed and draw.random() < 0.3 else 1
    planar = draw.randint(0, 1)
    frames = draw.choice([1, 1, 2, 3])
    rows, columns = draw.randint(1, 40), draw.randint(1, 40)
    if kind in ("jpeg2000", "htj2k"):
        rows, columns = rows + 8, columns + 8
    low, most = (-(1 << stored - 1), (1 << stored - 1) - 1) if signed else (0, (1 << stored) - 1)
    values = numbers.integers(low, most, (frames, rows, columns, samples), endpoint=True)
    values[:, :, : columns // 2] = values[:, :1, :1]
    container = 8 if allocated <= 8 else 16 if allocated <= 16 else 32
    expected = values.astype(f"{'i' if signed else 'u'}{container // 8}")

    data = Object(suffix if suffix in ("", ".2") else ".1")
    for tag, value in ((2, samples), (0x10, rows), (0x11, columns), (0x100, allocated), (0x101, stored), (0x102, high),
                       (0x103, int(signed))):
        data.add(0x28, tag, "US", data.pack("H", value))
    data.text(0x28, 4, "CS", "RGB" if samples == 3 else "MONOCHROME2")
    data.text(8, 0x60, "CS", "OT")
    if samples == 3:
        data.add(0x28, 6, "US", data.pack("H", planar))
    if frames > 1:
        data.text(0x28, 8, "IS", str(frames))
    if draw.random() < 0.3:
        data.add(9, 0x1001, "UN", bytes(draw.randrange(50) * 2))

    # What surrounds the sample in its cell means nothing.
    mask = ((1 << stored) - 1) << high - stored + 1
    noise = numbers.integers(0, (1 << allocated) - 1, values.shape, endpoint=True) & ~mask
    cells = ((values << high - stored + 1) & mask | noise).astype(f"u{container // 8}")
    planes = cells.transpose(0, 3, 1, 2) if samples == 3 and planar else cells
    if suffix in NATIVE:
        vr = "OB" if allocated <= 8 and data.form != "" else "OW"
        data.add(0x7FE0, 0x10, vr, even(packed(planes, allocated, data.form == ".2")))
    else:
        streams = []
        for index in range(frames):
            if kind:
                bits = values[index] & (1 << stored) - 1 if kind in ("jpeg", "jpegls") else values[index]
                type_ = f"u{container // 8}" if kind in ("jpeg", "jpegls") else expected.dtype
                streams.append(even(coded(kind, bits.astype(type_), stored)))
            elif suffix == ".5":
                streams.append(rle(cells[index]))
            else:
                raw = packed(planes[index], allocated, False)
                deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
                streams.append(even(raw if suffix == ".1.98" else deflate.compress(raw) + deflate.flush()))
        split = draw.choice([0, 0, 64]) if kind else 0
        parts, starts, position = [], [], 0
        for stream in streams:
            starts.append(position)
            for start in range(0, len(stream), split or len(stream)):
                parts.append(stream[start : start + (split or len(stream))])
                position += 8 + len(parts[-1])
        table = draw.choice(["none", "basic", "extended"])
        if table == "extended":
            data.add(0x7FE0, 1, "OV", data.pack(f"{frames}Q", *starts))
            data.add(0x7FE0, 2, "OV", data.pack(f"{frames}Q", *map(len, streams)))
        data.fragments(parts, starts if table == "basic" else [], draw.random() < 0.9)

    body = data.body()
    if suffix == ".1.99":
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = even(deflate.compress(body) + deflate.flush())
    meta = Object(".1")
    meta.text(2, 0x10, "UI", ROOT + suffix)
    missing = draw.choice(["nothing", "nothing", "preamble", "meta" if suffix in ("", ".1", ".2") else "nothing"])
    start = b"" if missing in ("preamble", "meta") else bytes(128) + b"DICM"
    expected = expected[..., 0] if samples == 1 else expected
    name = f"{suffix or '.0'}-{allocated}-{stored}-{high}{'s' if signed else 'u'}-{samples}-{frames}-{missing}"
    return name, start + (b"" if missing == "meta" else meta.body()) + body, expected[0] if frames == 1 else expected


differing = 0
for number in range(total):
    name, data, expected = case()
    path, out = f"{folder}/{number}{name}", f"{folder}/out.npy"
    with open(path, "wb") as file:
        file.write(data)
    run = subprocess.run([imgdx, "convert", "--raw", path, out], capture_output=True, text=True)
    found = np.load(out) if run.returncode == 0 else None
    if found is not None and found.dtype == expected.dtype and np.array_equal(found, expected):
        os.remove(path)
        continue
    differing += 1
    print(path, run.stderr.strip() if found is None else f"{found.dtype}{found.shape} due {expected.dtype}{expected.shape}")
print(f"{total} files compared, {differing} differ")
sys.exit(differing > 0)
