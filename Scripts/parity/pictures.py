"""Compares stored values with those that other encoders wrote: TIFF (tifffile, Pillow), HTJ2K (OpenJPH)
and JPEG 2000 (OpenJPEG, large pictures in strips), for which no public set of test files exists.

    python Scripts/parity/pictures.py IMGDX        needs numpy, pillow, tifffile, imagecodecs

Prints a line for each file that differs, and how many were compared.
"""
import os
import subprocess
import sys
import tempfile

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

imgdx = sys.argv[1]
folder = tempfile.mkdtemp()
compared = differing = 0


def picture(dtype, rows=37, columns=53, samples=None):
    y, x = np.mgrid[:rows, :columns].astype(np.float64)
    values = (np.sin(x / 9) * np.cos(y / 7) + 1) / 2
    if samples:
        values = np.stack([np.roll(values, 5 * s, 0) for s in range(samples)], -1)
    if np.dtype(dtype).kind == "f":
        return values.astype(dtype)
    limits = np.iinfo(dtype)
    return (values * (float(limits.max) - limits.min) + limits.min).astype(dtype)


def compare(name, expected, tolerance=0):
    global compared, differing
    out = f"{folder}/out.npy"
    run = subprocess.run([imgdx, "convert", "--raw", f"{folder}/{name}", out], capture_output=True, text=True)
    compared += 1
    if run.returncode:
        differing += 1
        return print(name, run.stderr.strip())
    got = np.load(out)
    os.remove(out)
    same = got.shape == expected.shape and got.dtype == expected.dtype
    if not same or np.abs(got.astype(np.float64) - expected).max() > tolerance:
        differing += 1
        print(name, "differs:", got.shape, got.dtype, "due", expected.shape, expected.dtype)


def tiff(name, values, **options):
    tifffile.imwrite(f"{folder}/{name}.tif", values, **options)
    compare(f"{name}.tif", values)


for kind in "u1 i1 u2 i2 u4 i4 f4 f8".split():
    for order in "<>":
        for layout, options in {"strips": {"rowsperstrip": 5}, "tiles": {"tile": (16, 32)}, "big": {"bigtiff": True}}.items():
            tiff(f"{kind}{'lb'[order == '>']}{layout}", picture(kind), byteorder=order, photometric="minisblack", **options)
for codec in "lzw zlib packbits lzma zstd lerc".split():
    for kind, samples in (("u1", None), ("u2", None), ("u2", 3), ("f4", None)):
        tiff(f"{codec}{kind}{samples}", picture(kind, samples=samples), compression=codec, rowsperstrip=8,
             photometric="rgb" if samples else "minisblack")
tiff("pages", picture("u2", samples=5).transpose(2, 0, 1).copy(), photometric="minisblack", compression="zlib")
for codec in (None, "group3", "group4", "packbits"):
    bits = picture("u1") > 99
    Image.fromarray(bits).save(f"{folder}/bits{codec}.tif", compression=codec)
    compare(f"bits{codec}.tif", bits.astype("u1"))

for kind, samples in (("u1", None), ("u2", None), ("i2", None), ("u1", 3)):
    values = picture(kind, 300, 217, samples)
    for reversible in (True, False):
        data = imagecodecs.htj2k_encode(values, **({} if reversible else {"reversible": False}))
        name = f"ht{kind}{samples}{reversible}.j2c"
        open(f"{folder}/{name}", "wb").write(data)
        # Irreversible wavelets are floating point: decoders differ by rounding, of 255 or of 65535.
        rounding = 1 if kind == "u1" else 4
        compare(name, values if reversible else imagecodecs.htj2k_decode(data), 0 if reversible else rounding)
    if kind != "i2":
        values = picture(kind, 3000, 2900, samples)
        data = imagecodecs.jpeg2k_encode(values, level=0, reversible=True, codecformat="j2k")
        open(f"{folder}/large{kind}{samples}.j2k", "wb").write(data)
        compare(f"large{kind}{samples}.j2k", values)
print(f"{compared} files compared, {differing} differ")
sys.exit(differing > 0)
