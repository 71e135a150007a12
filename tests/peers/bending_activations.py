#!/usr/bin/env python3
"""Networks of SiLU, of hard-swish and of leaky ReLU, exported: their convolutions behind the first two are integer operators of ONNX Runtime's, at every
level the outputs are near those of Octavo's int8, and what Octavo reads back of the file is the plan that it wrote.

    python bending_activations.py OCTAVO IMAGES

The weights are random, the calibration images those of the folder IMAGES. Exit code 1 where something differs.
"""
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from qdq import LEVELS
from runtimes import onnxruntime_options

SIDE, CHANNELS, IMAGES = 32, 16, 24
INTEGER = {"silu": "QLinearSigmoid", "hard_swish": "QLinearMul", "leaky_relu": "QLinearLeakyRelu"}
MOST_LOST_DB = 3  # beside fp32: twice the noise, where each value is rounded twice
LEAST_DB = 20  # of the second rounding, beside our int8
SAME_DB = 45   # of the model that was read back


class Network:
    """Eight convolutions: in a row, around a residual, into a concatenation, through a depthwise one."""

    def __init__(self, activation: str):
        self.activation, self.random, self.nodes, self.constants, self.count = activation, np.random.default_rng(5), [], [], 0

    def node(self, op: str, *inputs, **attributes) -> str:
        self.count += 1
        self.nodes.append(helper.make_node(op, inputs, [f"t{self.count}"], f"n{self.count}", **attributes))
        return f"t{self.count}"

    def constant(self, values: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(values.astype(np.float32), f"c{len(self.constants)}"))
        return self.constants[-1].name

    def conv(self, x: str, inputs: int, outputs: int, side: int = 3, group: int = 1) -> str:
        shape = (outputs, inputs // group, side, side)
        weight = self.random.standard_normal(shape) * (2.5 / np.prod(shape[1:])) ** 0.5
        bias = self.constant(self.random.standard_normal(outputs) * 0.3)
        y = self.node("Conv", x, self.constant(weight), bias, pads=[side // 2] * 4, group=group)
        if self.activation == "leaky_relu":
            return self.node("LeakyRelu", y, alpha=0.2)
        return self.node("Mul", y, self.node("Sigmoid", y) if self.activation == "silu" else self.node("HardSigmoid", y, alpha=1 / 6))

    def model(self) -> onnx.ModelProto:
        a = self.conv(self.conv("x", 3, CHANNELS), CHANNELS, CHANNELS)
        b = self.conv(a, CHANNELS, CHANNELS)
        c = self.node("Add", b, self.conv(b, CHANNELS, CHANNELS))
        d = self.node("Concat", c, self.node("MaxPool", self.conv(c, CHANNELS, CHANNELS, 1), kernel_shape=[3, 3], pads=[1] * 4), axis=1)
        e = self.conv(d, 2 * CHANNELS, CHANNELS)
        self.conv(self.conv(e, CHANNELS, CHANNELS, 3, CHANNELS), CHANNELS, 8, 1)
        self.nodes[-1].output[0] = "y"
        value = helper.make_tensor_value_info
        graph = helper.make_graph(self.nodes, self.activation, [value("x", 1, ["N", 3, SIDE, SIDE])], [value("y", 1, None)], self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def run(command: list) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command}: exit code {done.returncode}\n{done.stderr}")


def arrays(octavo: str, config: Path, folder: Path, more: list) -> tuple[list, np.ndarray]:
    run([octavo, "evaluate", config, "--arrays", folder, "--quiet", *more])
    files = json.loads((folder / "arrays.json").read_text())["files"]
    loaded = lambda name: [np.load(folder / str(i) / files[name]) for i in range(IMAGES)]
    return loaded("x"), np.concatenate(loaded("y"))


def ratio_db(signal: np.ndarray, other: np.ndarray) -> float:
    axes = (0, 2, 3)
    return float(10 * np.log10(np.mean(signal.var(axes)) / max(np.mean(((signal - other) ** 2).mean(axes)), 1e-12)))


def in_onnxruntime(model: Path, level, feeds: list, optimised: Path) -> tuple[np.ndarray, Counter]:
    options = onnxruntime_options()
    options.graph_optimization_level, options.optimized_model_filepath = level, str(optimised)
    session = onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])
    return np.concatenate([session.run(["y"], {"x": x})[0] for x in feeds]), Counter(node.op_type for node in onnx.load(optimised).graph.node)


def faults(octavo: str, activation: str, images: Path, folder: Path) -> list[str]:
    model, config, found = folder / "model.onnx", folder / "config.json", []
    onnx.save(Network(activation).model(), model)
    config.write_text(json.dumps({
        "model": str(model), "dataset": {"plugin": "images", "images": str(images)}, "calibration": {"limit": IMAGES}, "batch": 1,
        "validation": [{"limit": IMAGES}], "preprocess": [{"resize": {"width": SIDE, "height": SIDE}}, {"normalize": {"scale": 1 / 64, "mean": 128}}],
        "adapter": "tensors", "objective": "int8", "output": str(folder / "run")}))
    run([octavo, "calibrate", config, "--quiet"])
    feeds, ours = arrays(octavo, config, folder / "ours", ["--plan", folder / "run" / "plan.json"])
    _, real = arrays(octavo, config, folder / "real", [])
    lost = lambda theirs: ratio_db(real, ours) - ratio_db(real, theirs)
    listed = [one["name"] for one in json.loads((folder / "run" / "report.json").read_text())["onnx_float"]]
    exported = folder / "run" / "model.qdq.onnx"
    for name, level in LEVELS.items():
        theirs, kinds = in_onnxruntime(exported, level, feeds, folder / "optimised.onnx")
        near = ratio_db(ours, theirs)
        print(f"{activation}, {name}: {near:.1f} dB, {lost(theirs):.1f} dB lost, {kinds['QLinearConv']} integer convolutions, in float: {', '.join(listed)}")
        found += [f"{activation}, {name}: {near:.1f} dB beside our int8, expected {LEAST_DB}"] if near < LEAST_DB else []
        found += [f"{activation}, {name}: {lost(theirs):.1f} dB lost, expected {MOST_LOST_DB}"] if lost(theirs) > MOST_LOST_DB else []
        integer = kinds[INTEGER[activation]]
        # In floating point: the first two, the one whose output is read by channel, the one whose output is real.
        if name in ("extended", "all") and (kinds["QLinearConv"] != 4 or integer != 4 or len(listed) != 4):
            found.append(f"{activation}, {name}: found {dict(kinds)} and listed {listed}, expected 4 convolutions and activations in integers")
    _, again = arrays(octavo, config, folder / "again", ["--model", exported])
    same = ratio_db(ours, again)
    found += [f"{activation}: read back {same:.1f} dB beside the plan, expected {SAME_DB}"] if same < SAME_DB else []
    return found


def main() -> int:
    found = []
    for activation in INTEGER:
        with tempfile.TemporaryDirectory() as folder:
            found += faults(sys.argv[1], activation, Path(sys.argv[2]).resolve(), Path(folder))
    print("\n".join(found) if found else f"integer convolutions in front of {', '.join(INTEGER)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
