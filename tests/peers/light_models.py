#!/usr/bin/env python3
"""The networks inside the onnx wheel (onnx/backend/test/data/light) against the outputs that come with them.

    python light_models.py OCTAVO [--only TEXT] [--device NAME ...]

Their weights are made by ConstantOfShape, their input is the one of ONNX's own runner: 0 to 1 in equal steps. Tolerances are those of that
runner. By default all run on `onednn`, and those that take no more than a few seconds on `reference` too. Exit code 1 where one differs.
"""
import sys
import time
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from support import device_parser, fault, infer

SMALL = ("shufflenet", "squeezenet")  # enough for the slow device


def ramp(value_info) -> np.ndarray:
    shape = [d.dim_value for d in value_info.type.tensor_type.shape.dim]
    count = int(np.prod(shape))
    return (np.arange(count).reshape(shape) / count).astype(np.float32)


def difference(octavo: str, device: str, path: Path, rtol: float) -> str | None:
    model = onnx.load(path)
    constants = {c.name for c in model.graph.initializer}
    expected = onnx.load_tensor(str(path).replace(".onnx", "_output_0.pb"))
    feeds = {value.name: ramp(value) for value in model.graph.input if value.name not in constants}
    given = infer(octavo, path, device, feeds, [model.graph.output[0].name])
    return given if isinstance(given, str) else fault(given[0], numpy_helper.to_array(expected), rtol, 1e-7)


def main() -> int:
    parser = device_parser(__doc__)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    runs = faults = 0
    for path in sorted((Path(onnx.__file__).parent / "backend/test/data/light").glob("*.onnx")):
        name = path.stem.removeprefix("light_")
        for device in arguments.devices or ["onednn", *(["reference"] if name in SMALL else [])]:
            if arguments.only not in name:
                continue
            start = time.monotonic()
            found = difference(arguments.octavo, device, path, 2e-3 if name == "densenet121" else 1e-3)
            runs += 1
            faults += found is not None
            print(f"{name:14} {device:10} {found or 'matches'}  ({time.monotonic() - start:.1f} s)", flush=True)
    print(f"{runs} runs, {faults} differ")
    return 1 if faults or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
