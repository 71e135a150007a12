#!/usr/bin/env python3
"""Forms of operators that octavo convert must spell otherwise, or write in a newer opset: as ONNX in ONNX Runtime, as IR in OpenVINO.

    python written_forms.py OCTAVO

Each case is a model of one form. What is written of it gives what `octavo infer` gives for the original, in both, and passes ONNX's own
checker; forms that OpenVINO has no layer for are refused with the reason that the case names. Exit code 1 where something differs.
"""
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import openvino as ov
from onnx import TensorProto, helper, numpy_helper

from support import fault, infer

ROUNDING = 1e-4
FLOAT, INT32, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL


@dataclass
class Case:
    name: str
    opset: int
    nodes: list
    constants: dict = field(default_factory=dict)
    outputs: dict = field(default_factory=lambda: {"y": FLOAT})
    shape: tuple = (1, 4, 9, 11)
    dtype: type = np.float32
    refused: str = ""  # by OpenVINO: a part of the message


def node(op, inputs="x", outputs="y", **attributes):
    return helper.make_node(op, inputs.split(","), outputs.split(","), **attributes)


def f(*values):
    return np.asarray(values, np.float32)


def i(*values):
    return np.asarray(values, np.int64)


WEIGHT, NONE = np.random.default_rng(2).standard_normal((6, 4, 3, 3), np.float32), np.zeros(0, np.int64)
SAME = {"auto_pad": "SAME_UPPER", "strides": [2, 2]}
CASES = [
    Case("dilated SAME", 13, [node("Conv", "x,w", dilations=[2, 2], **SAME)], {"w": WEIGHT}),
    Case("window below its stride", 13, [node("MaxPool", kernel_shape=[1, 1], **SAME)]),
    Case("transposed below its stride", 13, [node("ConvTranspose", "x,w", **SAME)], {"w": WEIGHT[:4, :, :1, :1]}),
    Case("average with gaps of 1", 19, [node("AveragePool", kernel_shape=[2, 2], dilations=[1, 1])]),
    Case("average with gaps", 19, [node("AveragePool", kernel_shape=[2, 2], dilations=[2, 1])], refused="its window has gaps"),
    Case("norm rounded up", 18, [node("LpPool", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)], refused="LpPool"),
    Case("antialias", 18, [node("Resize", "x,,s", mode="linear", antialias=1)], {"s": f(1, 1, 0.5, 0.6)}, refused="antialiased"),
    Case("aspect ratio", 18, [node("Resize", "x,,,s", mode="linear", axes=[2, 3], keep_aspect_ratio_policy="not_larger")], {"s": i(20, 20)},
         refused="it keeps the aspect ratio"),
    Case("corners of no whole size", 13, [node("Resize", "x,,s", mode="linear", coordinate_transformation_mode="align_corners")],
         {"s": f(1, 1, 2.5, 1.3)}),
    Case("opset 10 both ways", 10, [node("Resize", "x,s")], {"s": f(1, 1, 0.7, 1.7)}),
    Case("half_pixel_symmetric", 19, [node("Resize", "x,,s", mode="linear", coordinate_transformation_mode="half_pixel_symmetric")],
         {"s": f(1, 1, 2.5, 1.3)}, refused="half_pixel_symmetric"),
    Case("wrap", 19, [node("Pad", "x,p", mode="wrap")], {"p": i(0, 0, 1, 1, 0, 0, 1, 1)}, refused="the other side"),
    Case("border in a list", 13, [node("Pad", "x,p,v")], {"p": i(0, 0, 1, 1, 0, 0, 1, 1), "v": f(2.5)}),
    Case("part of a shape", 15, [node("Shape", start=1, end=-1)], outputs={"y": INT64}),
    Case("no axes for all", 18, [node("ReduceMean", "x,a")], {"a": NONE}),
    *[Case(f"no axes for none: {op}", 18, [node(op, "x,a", noop_with_empty_axes=1)], {"a": NONE})
      for op in ("ReduceL1", "ReduceSumSquare")],
    Case("any", 20, [node("Cast", "x", "b", to=BOOL), node("ReduceMax", "b,a")], {"a": i(2)}, {"y": BOOL}),
    Case("log of exponents", 18, [node("ReduceLogSumExp", "x,a", keepdims=0)], {"a": i(-1, 1)}),
    Case("to float16 and back", 13, [node("Cast", "x", "h", to=10), node("Cast", "h", "g", to=FLOAT), node("Mul", "g,x")]),
    Case("lists of int32", 13, [node("Slice", "x,s,e,a")], {n: np.asarray([v], np.int32) for n, v in (("s", 1), ("e", 1 << 30), ("a", 2))}),
    Case("whole exponent", 13, [node("Pow", "x,p")], {"p": np.int64(2)}),
    Case("one output thrice", 13, [node("Relu", "x", "r"), node("Identity", "r"), node("Identity", "r", "z")],
         outputs={"y": FLOAT, "z": FLOAT, "r": FLOAT}),
    Case("int32 out", 13, [node("ArgMax", "x", "a", axis=1), node("Cast", "a", to=INT32)], outputs={"y": INT32}),
    Case("int32 in", 13, [node("Cast", "x", to=FLOAT)], shape=(1, 6), dtype=np.int32),
    Case("squeezed beside the batch", 13, [node("Squeeze")], shape=(2, 1, 3, 1)),
    Case("bias of a half", 13, [node("LRN", size=5, alpha=2.0, beta=0.7, bias=1.5)]),
    Case("integers clipped", 13, [node("Cast", "x", "n", to=INT64), node("Clip", "n,l,h")], {"l": np.int64(0), "h": np.int64(1)},
         {"y": INT64}),
    Case("mean of integers", 13, [node("Cast", "x", "n", to=INT64), node("ReduceMean", "n", axes=[2])], outputs={"y": INT64}),
    Case("bytes resized", 13, [node("Resize", "x,,s", mode="nearest")], {"s": f(1, 1, 2, 2)}, {"y": TensorProto.UINT8}, dtype=np.uint8),
    Case("bytes pooled", 13, [node("MaxPool", kernel_shape=[2, 2])], outputs={"y": TensorProto.UINT8}, dtype=np.uint8),
]


def model_of(case: Case) -> onnx.ModelProto:
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(case.dtype))
    outputs = [helper.make_tensor_value_info(name, kind, None) for name, kind in case.outputs.items()]
    constants = [numpy_helper.from_array(np.asarray(value), name) for name, value in case.constants.items()]
    graph = helper.make_graph(case.nodes, "form", [helper.make_tensor_value_info("x", kind, case.shape)], outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", case.opset)], ir_version=9)


def run_onnx(path: Path, feeds: dict) -> list:
    onnx.checker.check_model(onnx.load(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]).run(None, feeds)


def run_ir(path: Path, feeds: dict) -> list:
    compiled = ov.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    results = compiled(feeds)
    return [results[place] for place in range(len(compiled.outputs))]


def faults(octavo: str, case: Case, folder: Path) -> list[str]:
    path, feeds = folder / "form.onnx", {"x": (np.random.default_rng(1).standard_normal(case.shape) * 3).astype(case.dtype)}
    onnx.save(model_of(case), path)
    want = infer(octavo, path, "reference", feeds, list(case.outputs))
    if isinstance(want, str):
        return [f"{case.name}: {want}"]
    found = []
    for target, run in (("written.onnx", run_onnx), ("written.xml", run_ir)):
        done = subprocess.run([octavo, "convert", path, folder / target, "--quiet"], capture_output=True, text=True)
        is_refused = run is run_ir and case.refused != ""
        if is_refused and done.returncode == 3 and case.refused in done.stderr:
            continue
        if is_refused or done.returncode:
            found.append(f"{case.name} as {target}: exit code {done.returncode}, {done.stderr.strip()}")
            continue
        try:
            given = run(folder / target, feeds)
        except Exception as error:  # of either runtime
            found.append(f"{case.name} as {target}: {error}")
            continue
        for name, got, expected in zip(case.outputs, given, want):
            wrong = fault(np.asarray(got, expected.dtype), expected, ROUNDING, ROUNDING)
            found += [f"{case.name} as {target}, output {name}: {wrong}"] if wrong else []
    return found


def main() -> int:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            found += faults(sys.argv[1], case, Path(folder))
    print("\n".join(found) if found else f"{len(CASES)} forms agree with ONNX Runtime and OpenVINO")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
