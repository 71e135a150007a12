#!/usr/bin/env python3
"""The networks inside the onnx wheel (onnx/backend/test/data/light) against the outputs that come with them.

    python light_models.py OCTAVO [--only TEXT] [--device NAME ...]

Their weights are made by ConstantOfShape, their input is the one of ONNX's own runner: 0 to 1 in equal steps. Tolerances are those of that
runner. By default all run on `onednn`, and those that take no more than a few seconds on `reference` too. Exit code 1 where one differs.
"""
import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

SMALL = ("shufflenet", "squeezenet")  # enough for the slow device


def ramp(value_info) -> np.ndarray:
    shape = [d.dim_value for d in value_info.type.tensor_type.shape.dim]
    count = int(np.prod(shape))
    return (np.arange(count).reshape(shape) / count).astype(np.float32)


def difference(octavo: str, device: str, path: Path, rtol: float) -> str | None:
    model = onnx.load(path)
    constants = {c.name for c in model.graph.initializer}
    expected = onnx.load_tensor(str(path).replace(".onnx", "_output_0.pb"))
    with tempfile.TemporaryDirectory() as name:
        folder, arguments = Path(name), []
        for number, value in enumerate(i for i in model.graph.input if i.name not in constants):
            np.save(folder / f"{number}.npy", ramp(value))
            arguments += ["--input", f"{value.name}={folder / str(number)}.npy"]
        done = subprocess.run([octavo, "infer", str(path), "--device", device, "--output-dir", str(folder / "out"), *arguments],
                              capture_output=True, text=True)
        if done.returncode != 0:
            return done.stderr.strip()
        file = model.graph.output[0].name.replace("/", "_") + ".npy"
        got, want = np.load(folder / "out" / file), numpy_helper.to_array(expected)
    if got.shape != want.shape:
        return f"shape {got.shape}, expected {want.shape}"
    if not np.allclose(got, want, rtol=rtol, atol=1e-7):
        return f"differs by {np.abs(got - want).max():.3g}, values up to {np.abs(want).max():.3g}"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("--only", default="")
    parser.add_argument("--device", action="append")
    arguments = parser.parse_args()
    faults = 0
    for path in sorted((Path(onnx.__file__).parent / "backend/test/data/light").glob("*.onnx")):
        name = path.stem.removeprefix("light_")
        for device in arguments.device or ["onednn", *(["reference"] if name in SMALL else [])]:
            if arguments.only not in name:
                continue
            start = time.monotonic()
            found = difference(arguments.octavo, device, path, 2e-3 if name == "densenet121" else 1e-3)
            faults += found is not None
            print(f"{name:14} {device:10} {found or 'matches'}  ({time.monotonic() - start:.1f} s)", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
