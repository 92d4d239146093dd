#!/usr/bin/env python3
"""What a department's own script would be: images in, masks, overlays and JSON out, for Scripts/benchmark-batch.

pydicom or Pillow reads, OpenCV denoises (non-local means) and evens the contrast (CLAHE), ONNX Runtime runs the same
model on the image and its mirror image, OpenCV outlines; one process a processor, one thread each, the session made
once in each. For developers only: imgdx itself needs no Python.

    PYTHON Scripts/parity/batch-with-python.py MODEL.onnx INPUT_FOLDER OUTPUT_FOLDER [--jobs 2] [--plain]
"""
import argparse
import hashlib
import json
import multiprocessing
import os
import sys

import cv2
import numpy
import onnxruntime
import pydicom
from PIL import Image

SIDE = 256


def read(path):
    with open(path, "rb") as file:
        head = file.read(132)
    if head[128:] == b"DICM":
        data = pydicom.dcmread(path)
        pixels = data.pixel_array
        if pixels.ndim == 3 and pixels.shape[-1] in (3, 4):
            pixels = cv2.cvtColor(pixels[..., :3], cv2.COLOR_RGB2GRAY)
        elif pixels.ndim > 2:
            pixels = pixels.reshape((-1,) + pixels.shape[-2:])[0]
    else:
        pixels = numpy.asarray(Image.open(path))
        if pixels.ndim == 3:
            pixels = cv2.cvtColor(numpy.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2GRAY)
    if pixels.dtype != numpy.uint8:
        low, high = float(pixels.min()), float(pixels.max())
        pixels = ((pixels - low) * (255 / max(high - low, 1))).astype(numpy.uint8)
    return pixels


def start(model, plain):
    global session, enhances
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    enhances = not plain


def work(job):
    path, output = job
    try:
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        image = read(path)
    except Exception as error:  # A bad file costs that file.
        with open(output + ".json", "w") as file:
            json.dump({"file": path, "error": str(error)}, file)
        return False
    seen = image
    if enhances:
        seen = cv2.fastNlMeansDenoising(seen, None, 10, 7, 21)
        seen = cv2.createCLAHE(2.0, (8, 8)).apply(seen)
    height, width = seen.shape
    scale = SIDE / max(height, width)
    inner = (max(round(width * scale), 1), max(round(height * scale), 1))
    left, top = (SIDE - inner[0]) // 2, (SIDE - inner[1]) // 2
    plane = numpy.zeros((SIDE, SIDE), numpy.float32)
    plane[top:top + inner[1], left:left + inner[0]] = cv2.resize(
        seen, inner, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    plane = (plane / 255 - 0.5) / 0.25
    both = numpy.stack([plane, plane[:, ::-1]])[:, None]
    masks, classes = session.run(["mask", "classes"], {session.get_inputs()[0].name: both})
    logits = (masks[0, 0] + masks[1, 0, :, ::-1]) / 2
    logits = cv2.resize(logits, (SIDE, SIDE))[top:top + inner[1], left:left + inner[0]]
    mask = (cv2.resize(logits, (width, height)) > 0).astype(numpy.uint8)
    soft = numpy.exp(classes - classes.max(1, keepdims=True))
    probabilities = (soft / soft.sum(1, keepdims=True)).mean(0)
    count, labels, stats, centroids = cv2.connectedComponentsWithStats(mask)
    lesions = []
    for lesion in range(1, count):
        contour = cv2.findContours((labels == lesion).astype(numpy.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0][0]
        lesions.append({
            "area": int(stats[lesion, cv2.CC_STAT_AREA]), "box": stats[lesion, :4].tolist(),
            "centroid": centroids[lesion].tolist(), "diameters": list(cv2.minAreaRect(contour)[1]),
            "mean": float(image[labels == lesion].mean())})
    overlay = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    contours = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    cv2.drawContours(overlay, contours, -1, (0, 200, 255), 2)
    cv2.imwrite(output + ".mask.png", mask * 255)
    cv2.imwrite(output + ".overlay.png", overlay)
    with open(output + ".json", "w") as file:
        json.dump({"file": path, "sha256": digest, "probabilities": probabilities.tolist(), "lesions": lesions}, file)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--plain", action="store_true", help="no denoising, no contrast")
    a = parser.parse_args()
    jobs = []
    for folder, _, files in sorted(os.walk(a.input)):
        place = os.path.join(a.output, os.path.relpath(folder, a.input))
        os.makedirs(place, exist_ok=True)
        jobs += [(os.path.join(folder, name), os.path.join(place, name)) for name in sorted(files) if not name.endswith(".csv")]
    with multiprocessing.Pool(a.jobs, start, (a.model, a.plain)) as pool:
        done = sum(pool.imap_unordered(work, jobs, chunksize=1))
    print(f"{done} of {len(jobs)} files")
    sys.exit(0 if done == len(jobs) else 3)


if __name__ == "__main__":
    main()
