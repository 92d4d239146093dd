"""Peak memory of `imgdx convert --raw` on large pictures of every decoder, less that of a picture of one pixel.

    python Scripts/parity/memory.py IMGDX [SIDE]        8192 pixels a side unless told; needs numpy, pillow, tifffile,
    imagecodecs and /usr/bin/time

Prints a line a file: bytes of the file and of the picture, and peak memory by the picture's bytes, the file included.
"""
import io
import os
import struct
import subprocess
import sys
import tempfile
import zlib

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

imgdx = sys.argv[1]
side = int(sys.argv[2]) if len(sys.argv) > 2 else 8192
folder = tempfile.mkdtemp()
Image.MAX_IMAGE_PIXELS = None


def picture(bits):
    """Waves and noise, of which lossless coding leaves about half."""
    y, x = np.arange(side, dtype="f4")[:, None], np.arange(side, dtype="f4")[None]
    values = (np.sin(x / 90) * np.cos(y / 70) + 1) / 2 * ((1 << bits) - 40) + 10
    values += np.random.default_rng(1).normal(0, (1 << bits) / 100, values.shape).astype("f4")
    return np.clip(values, 0, (1 << bits) - 1).astype("u1" if bits == 8 else "u2")


def element(group, number, vr, value):
    value += b" " * (len(value) % 2) if vr in ("CS", "UI") else b""
    return struct.pack("<HH2sH", group, number, vr.encode(), len(value)) + value


def dicom(uid, bits, frame, native=False):
    syntax = ("1.2.840.10008.1.2." + uid).encode()
    meta = element(2, 0x10, "UI", syntax + b"\0" * (len(syntax) % 2))
    data = element(0x28, 2, "US", struct.pack("<H", 1)) + element(0x28, 4, "CS", b"MONOCHROME2")
    allocated = 8 if bits == 8 else 16
    for number, value in ((0x10, side), (0x11, side), (0x100, allocated), (0x101, bits), (0x102, bits - 1), (0x103, 0)):
        data += element(0x28, number, "US", struct.pack("<H", value))
    frame += b"\0" * (len(frame) % 2)
    if native:
        data += struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OW", 0, len(frame)) + frame
    else:
        data += struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OB", 0, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0)
        data += struct.pack("<HHI", 0xFFFE, 0xE000, len(frame)) + frame + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    if uid == "1.99":
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        data = deflate.compress(data) + deflate.flush()
    return bytes(128) + b"DICM" + meta + data


def rle(values):
    planes = values.astype(values.dtype.newbyteorder(">")).tobytes()
    count = values.itemsize
    segments = [imagecodecs.packbits_encode(planes[byte::count]) for byte in range(count)]
    segments = [segment + b"\0" * (len(segment) % 2) for segment in segments]
    starts = [64 + sum(map(len, segments[:index])) for index in range(count)]
    return struct.pack("<16I", count, *starts, *[0] * (15 - count)) + b"".join(segments)


def peak(name, data):
    path, out = f"{folder}/{name}", f"{folder}/out.npy"
    with open(path, "wb") as file:
        file.write(data)
    # GNU time starts the program: a child of this process would be charged with its pictures.
    command = ["/usr/bin/time", "-f", "%M", imgdx, "convert", "--raw", path, out]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    os.remove(path)
    return int(run.stderr.split()[-1]) * 1024, os.path.getsize(out)


def saved(values, **options):
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, **options)
    return buffer.getvalue()


def tiff(values, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, photometric="minisblack", **options)
    return buffer.getvalue()


start, _ = peak("one.png", saved(np.zeros((1, 1), "u1"), format="PNG"))
for bits in (8, 12):
    values = picture(bits)
    j2k = imagecodecs.jpeg2k_encode(values, level=0, reversible=True, codecformat="j2k", bitspersample=bits)
    files = {
        "DICOM native": lambda: dicom("1", bits, values.tobytes(), True),
        "DICOM deflated": lambda: dicom("1.99", bits, values.tobytes(), True),
        "DICOM RLE": lambda: dicom("5", bits, rle(values)),
        "DICOM JPEG lossless": lambda: dicom("4.70", bits, imagecodecs.ljpeg_encode(values, bitspersample=bits)),
        "DICOM JPEG-LS": lambda: dicom("4.80", bits, imagecodecs.jpegls_encode(values)),
        "DICOM JPEG 2000": lambda: dicom("4.90", bits, j2k),
        "DICOM HTJ2K": lambda: dicom("4.201", bits, imagecodecs.htj2k_encode(values)),
        "JPEG 2000": lambda: j2k,
        "PNG": lambda: imagecodecs.png_encode(values, level=1),
        "TIFF deflate": lambda: tiff(values, compression="zlib", rowsperstrip=64),
    }
    if bits == 8:
        files["DICOM JPEG baseline"] = lambda: dicom("4.50", bits, saved(values, format="JPEG", quality=90))
        files["DICOM JPEG progressive"] = lambda: dicom(
            "4.55", bits, saved(values, format="JPEG", quality=90, progressive=True))
        files["JPEG"] = lambda: saved(values, format="JPEG", quality=90)
        files["JPEG progressive"] = lambda: saved(values, format="JPEG", quality=90, progressive=True)
    for name, make in files.items():
        data = make()
        most, size = peak("file", data)
        print(f"| {name} | {bits} | {len(data) / size:.2f} | {(most - start) / size:.2f} |", flush=True)
