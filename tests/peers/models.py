#!/usr/bin/env python3
"""Whole models against ONNX Runtime: fp32 outputs on a seeded picture-like input.

    python models.py OCTAVO FOLDER [--only NAME] [--device NAME] [--limit SHARE]

Every .onnx of FOLDER is run by `octavo infer` and by ONNX Runtime on the same input. The worst difference of each output, as a share of the
output's range, must stay within SHARE (1e-4); where ONNX Runtime's own optimisation levels differ by more than that, rounding alone moves
the network further, and twice their difference is the bound.
"""
import argparse
import sys
from pathlib import Path

import numpy as np
import onnxruntime

from support import infer, range_share


def picture(rng, shape) -> np.ndarray:
    """Smooth colour fields with noise, less a mean."""
    n, c, h, w = (d if isinstance(d, int) and d > 0 else 1 for d in shape)
    coarse = rng.random((n, c, 8, 8))
    rows, columns = np.linspace(0, 7, h), np.linspace(0, 7, w)
    smooth = coarse[:, :, rows.round().astype(int)][:, :, :, columns.round().astype(int)]
    return np.ascontiguousarray(smooth * 200 + rng.random((n, c, h, w)) * 55 - 118, np.float32)


def share(expected: list, got: list) -> float:
    """The worst difference of any output, as a share of its range."""
    return max(range_share(g, want) for g, want in zip(got, expected))


def difference(octavo: str, device: str, path: Path) -> tuple[float, float]:
    """Ours from ONNX Runtime's as it comes (all optimisations), and its two extreme levels from each other."""
    runs = []
    for level in (onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL, onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL):
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = level
        session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
        entry = session.get_inputs()[0]
        x = picture(np.random.default_rng(7), entry.shape)
        scale = session.get_modelmeta().custom_metadata_map.get("input_scale")
        x *= np.float32(float(scale)) if scale else 1
        runs.append(session.run(None, {entry.name: x}))
    ours = infer(octavo, path, device, {entry.name: x}, [output.name for output in session.get_outputs()])
    if isinstance(ours, str):
        raise SystemExit(f"{path}: {ours}")
    return share(runs[1], ours), share(*runs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only")
    parser.add_argument("--device", default="onednn")
    parser.add_argument("--limit", type=float, default=1e-4)
    arguments = parser.parse_args()
    there = sorted(arguments.folder.glob("*.onnx"))
    if not there:
        print(f"skipped: no models in {arguments.folder} ('./dev models' makes them from ../shared)")
        return 77
    paths = [p for p in there if arguments.only in (None, p.stem)]
    if not paths:
        raise SystemExit(f"no {arguments.only}.onnx in {arguments.folder}")
    failed = False
    for path in paths:
        worst, own = difference(arguments.octavo, arguments.device, path)
        good = worst <= max(arguments.limit, 2 * own)
        failed |= not good
        print(f"{path.stem:28} {worst:.1e} of the output's range (ONNX Runtime's own levels {own:.1e}){'' if good else '  <- too far'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
