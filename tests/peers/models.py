#!/usr/bin/env python3
"""Whole models against ONNX Runtime: fp32 outputs on a seeded picture-like input.

    python models.py OCTAVO FOLDER [--only NAME] [--device NAME] [--limit SHARE]

Every .onnx of FOLDER is run by `octavo infer` and by ONNX Runtime on the same input. The worst difference of each output, as a share of the
output's range, must stay within SHARE (1e-4). Where it does not, because the network enlarges every rounding, ONNX's reference evaluator in
float64 tells who is how far off, and ours must not be more than three times as far as ONNX Runtime: over three inputs and three instruction
sets it was 0.9 to 2.9 times as far with resnet-101 and inception-v4, and device `reference` 0.9 to 2.6.
"""
import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

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


def scale_and_shift(node, constants: dict) -> tuple[list, list]:
    """A BatchNormalization as nodes and constants: of old opsets the evaluator computes another one."""
    factor, bias, mean, variance = (constants[name].astype(np.float64) for name in node.input[1:5])
    epsilon = next((a.f for a in node.attribute if a.name == "epsilon"), 1e-5)
    out, scale = node.output[0], factor / np.sqrt(variance + epsilon)
    made = [numpy_helper.from_array(v.reshape(-1, 1, 1), f"{out}/{name}") for name, v in (("scale", scale), ("shift", bias - mean * scale))]
    return [onnx.helper.make_node("Mul", [node.input[0], f"{out}/scale"], [f"{out}/scaled"]),
            onnx.helper.make_node("Add", [f"{out}/scaled", f"{out}/shift"], [out])], made


def exact_outputs(path: Path, inputs: dict) -> list:
    """In float64 throughout."""
    model = onnx.load(str(path))
    constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    nodes, more = [], []
    for node in model.graph.node:
        made = scale_and_shift(node, constants) if node.op_type == "BatchNormalization" else ([node], [])
        nodes += made[0]
        more += made[1]
    more += [numpy_helper.from_array(v.astype(np.float64) if v.dtype == np.float32 else v, name) for name, v in constants.items()]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(more)
    return ReferenceEvaluator(model).run(None, {name: x.astype(np.float64) for name, x in inputs.items()})


def judged(octavo: str, device: str, path: Path, limit: float) -> tuple[bool, str]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]
    x = picture(np.random.default_rng(7), entry.shape)
    scale = session.get_modelmeta().custom_metadata_map.get("input_scale")
    x *= np.float32(float(scale)) if scale else 1
    theirs = session.run(None, {entry.name: x})
    ours = infer(octavo, path, device, {entry.name: x}, [output.name for output in session.get_outputs()])
    if isinstance(ours, str):
        raise SystemExit(f"{path}: {ours}")
    worst = share(theirs, ours)
    text = f"{path.stem:28} {worst:.1e} of the output's range"
    if worst <= limit:
        return True, text
    exact = exact_outputs(path, {entry.name: x})
    off, peer_off = share(exact, ours), share(exact, theirs)
    good = off <= 3 * peer_off
    return good, f"{text}; from float64 {off:.1e}, ONNX Runtime {peer_off:.1e}{'' if good else '  <- too far'}"


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
        good, text = judged(arguments.octavo, arguments.device, path, arguments.limit)
        failed |= not good
        print(text, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
