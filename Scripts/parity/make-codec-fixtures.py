"""Records what independent decoders make of a corpus of PNG and JPEG files.

    python make-codec-fixtures.py CORPUS_DIR OUT_DIR

Writes OUT_DIR/png.csv and OUT_DIR/jpeg.csv: path, shape (rows x columns x samples) and SHA-256 of the
stored samples (little-endian, interleaved), or "refused" where a file must give an error. Samples are
Pillow's; 16-bit colour, which Pillow reduces to 8 bits, is OpenCV's. JPEG files that Pillow cannot
read, or fills where data is missing, are left out: they are tested to be harmless only.
"""
import csv
import glob
import hashlib
import os
import sys
import warnings

import cv2
import numpy as np
from PIL import Image

warnings.simplefilter("ignore")
corpus, out = sys.argv[1:3]


def samples(path):
    with Image.open(path) as image:
        array = np.asarray(image)
        mode, bits = image.mode, 8
    if array.dtype == bool:
        array = array.astype(np.uint8)
    header = open(path, "rb").read(26)
    if header[1:4] == b"PNG" and header[24] == 16 and array.dtype == np.uint8:
        array = cv2.imread(path, cv2.IMREAD_UNCHANGED)
        order = {2: [2, 1, 0], 4: [0, 3], 6: [2, 1, 0, 3]}[header[25]]
        array = array[..., order]
    return array


def rows(pattern, refuses):
    for path in sorted(glob.glob(pattern, recursive=True)):
        name = os.path.relpath(path, corpus)
        if refuses(name):
            yield name, "refused", ""
            continue
        try:
            array = samples(path)
        except Exception:
            continue
        little = array.astype(array.dtype.newbyteorder("<")).tobytes()
        yield name, "x".join(map(str, array.shape)), hashlib.sha256(little).hexdigest()


def write(name, rows):
    with open(os.path.join(out, name), "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path", "shape", "sha256"])
        writer.writerows(rows)


write("png.csv", rows(f"{corpus}/png/*.png", lambda name: name.startswith("png/x")))
harmful = ("jpeg/crashtest", "jpeg/reference/lossless", "jpeg/reference/partial_progressive", "jpeg/exif/truncated_jpeg")
write("jpeg.csv", (row for row in rows(f"{corpus}/jpeg/**/*.jpg", lambda name: False) if not row[0].startswith(harmful)))
