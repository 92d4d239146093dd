"""Compares `imgdx enhance` with OpenCV, SciPy, NumPy and scikit-image on the same images.

    python compare-enhancement.py [PROGRAM]      PROGRAM: .build/release/imgdx by default

Prints a Markdown table: the largest and the mean difference in grey levels (of 255 or 65535).
"""
import os
import subprocess
import sys
import tempfile

import cv2
import numpy as np
from scipy import ndimage
from skimage import filters, restoration

program = sys.argv[1] if len(sys.argv) > 1 else ".build/release/imgdx"
rng = np.random.default_rng(0)


def picture(rows, columns, largest, dtype):
    y, x = np.mgrid[0:rows, 0:columns] / max(rows, columns)
    smooth = (0.45 + 0.25 * np.sin(9 * x) * np.cos(7 * y)) * largest
    return (smooth + rng.normal(0, largest / 80, (rows, columns))).clip(0, largest).astype(dtype)


images = {
    "8 bits, 600 x 601": picture(601, 600, 255, np.uint8),
    "16 bits, 471 x 333": picture(333, 471, 65535, np.uint16),
    "16 bits, 512 x 512": picture(512, 512, 65535, np.uint16),
}


def clahe(clip, tiles):
    return lambda v: cv2.createCLAHE(clip, (tiles, tiles)).apply(v)


def percentile(v):
    low, high = np.percentile(v, [1, 99])
    return np.rint(np.clip((v - low) / (high - low), 0, 1) * np.iinfo(v.dtype).max)


def gaussian(sigma):
    return lambda v: cv2.GaussianBlur(v.astype(np.float32), (0, 0), sigma)


def unsharp(v):
    # scikit-image repeats the border pixel; only the picture inside is compared.
    largest = np.iinfo(v.dtype).max
    sharp = filters.unsharp_mask(v.astype(np.float64), radius=2, amount=1, preserve_range=True)
    return np.clip(sharp, 0, largest)[8:-8, 8:-8]


def skimage_nlm(v):
    largest = np.iinfo(v.dtype).max
    share = (v / largest).astype(np.float32)
    return restoration.denoise_nl_means(share, patch_size=7, patch_distance=10, h=0.0125, fast_mode=True) * largest


jobs = [("--contrast", f"clahe:clip={c},tiles={t}", "OpenCV", clahe(c, t)) for c, t in ((2, 8), (4, 4), (0.5, 7))]
jobs += [("--denoise", f"median:size={s}", "SciPy", lambda v, s=s: ndimage.median_filter(v, s, mode="nearest")) for s in (3, 5, 7)]
jobs += [("--denoise", f"gaussian:sigma={s}", "OpenCV", gaussian(s)) for s in (1, 3.3)]
jobs += [("--contrast", "percentile:low=1,high=99", "NumPy", percentile), ("--contrast", "unsharp:radius=2,amount=1", "scikit-image", unsharp)]
jobs += [("--denoise", "nlm:h={h},patch=7,distance=10", "scikit-image", skimage_nlm)]
jobs += [("--denoise", "nlm:h={h},patch=7,distance=10", "OpenCV", lambda v: cv2.fastNlMeansDenoising(v, None, 3.1875, 7, 21))]

print("| step | against | image | largest | mean |\n|---|---|---|---|---|")
with tempfile.TemporaryDirectory() as folder:
    source, target = os.path.join(folder, "in.png"), os.path.join(folder, "out.png")
    for option, step, peer, reference in jobs:
        for name, image in images.items():
            if step.startswith("nlm") and peer == "OpenCV" and image.dtype != np.uint8:
                continue  # OpenCV has NORM_L2 for 8 bits only
            cv2.imwrite(source, image)
            text = step.format(h=0.0125 * np.iinfo(image.dtype).max)
            subprocess.run([program, "enhance", source, "-o", target, option, text], check=True, capture_output=True)
            ours = cv2.imread(target, cv2.IMREAD_UNCHANGED).astype(float)
            theirs = reference(image).astype(float)
            if theirs.shape != ours.shape:
                ours = ours[8:-8, 8:-8]
            difference = np.abs(ours - theirs)
            print(f"| `{text}` | {peer} | {name} | {difference.max():.3g} | {difference.mean():.3g} |", flush=True)
