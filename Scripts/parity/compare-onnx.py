"""Runs model files in imgdx and in ONNX Runtime and prints the largest difference of every output.

For developers only: imgdx itself needs no Python. Needs numpy, onnx and onnxruntime.

    python Scripts/parity/compare-onnx.py .build/release/imgdx Models/breast-ultrasound.onnx ...

Exit status 1 when a file fails onnx.checker, does not run, or differs by more than 1e-4 of the
largest value.
"""
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

imgdx, models = sys.argv[1], sys.argv[2:]
failed = False
for path in models:
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    source = session.get_inputs()[0]
    sizes = [size if isinstance(size, int) else 256 for size in source.shape[1:]]
    values = np.random.default_rng(0).random([2, *sizes], dtype=np.float32)
    expected = session.run(None, {source.name: values})
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/x.npy", values)
        for output, reference in zip(session.get_outputs(), expected):
            command = [imgdx, "model", "run", "--model", path, "--input", f"{folder}/x.npy",
                       "--output", f"{folder}/y.npy", "--output-name", output.name]
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode:
                failed = True
                print(f"{path} {output.name}: {run.stderr.strip()}")
                continue
            result = np.load(f"{folder}/y.npy")
            scale = max(float(np.abs(reference).max()), 1e-12)
            difference = float(np.abs(result - reference).max()) / scale
            failed |= result.shape != reference.shape or difference > 1e-4
            print(f"{path} {output.name} {list(result.shape)}: {difference:.2e} of the largest value")
sys.exit(failed)
