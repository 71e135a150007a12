#!/usr/bin/env python3
"""ONNX's own tests of single operators (onnx.backend.test), on every device.

    python node_tests.py OCTAVO NODE_CASES FOLDER [--only TEXT] [--device NAME ...]

Every node case whose operators the operator table has is run by NODE_CASES (one process a device, the way of `octavo infer`) and compared
with the expected outputs under the tolerances of ONNX's own runner. FOLDER keeps the cases as files, made once for a version of onnx and of
this script. A case is skipped only for a reason of `reason_to_skip`. Prints what passed, what was skipped by reason, and each failure; exit
code 1 on one, or where no case ran.
"""
import collections
import json
import shutil
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

import support

BYTES = {TensorProto.INT8, TensorProto.UINT8}
TYPES = BYTES | {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32,
                 TensorProto.BOOL}
OPSETS = range(7, 29)
# Scales to no whole size with align_corners: ONNX's reference puts the corner at the size before it is cut, ONNX Runtime and OpenVINO, and
# we with them, at the last value.
CORNERS = {f"test_resize_downsample_scales_{filter}_align_corners" for filter in ("linear", "cubic")}


def array_of(value) -> np.ndarray:
    return numpy_helper.to_array(value) if isinstance(value, TensorProto) else np.asarray(value)


def spatial_rank(model) -> int:
    """Of the first convolution or windowed pooling, where the shape of its input is known; else 2."""
    windowed = {"Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool"}
    shapes = {i.name: len(i.type.tensor_type.shape.dim) for i in model.graph.input}
    ranks = [shapes[n.input[0]] - 2 for n in model.graph.node if n.op_type in windowed and n.input[0] in shapes]
    return max(ranks, default=2)


def reason_to_skip(model) -> str | None:
    values = [*model.graph.input, *model.graph.output]
    if any(not v.type.HasField("tensor_type") for v in values):
        return "sequence or optional"
    types = {v.type.tensor_type.elem_type for v in values}
    types |= {a.i for n in model.graph.node if n.op_type == "Cast" for a in n.attribute if a.name == "to"}
    if types - TYPES:
        return "other type: " + TensorProto.DataType.Name(min(types - TYPES)).lower()
    if model.graph.name in CORNERS:
        return "corners beside the last value"
    for opset in model.opset_import:
        if opset.domain in ("", "ai.onnx") and opset.version not in OPSETS:
            return f"opset {opset.version}"
    for node in model.graph.node:
        attributes = {a.name: a for a in node.attribute}
        if "training_mode" in attributes and attributes["training_mode"].i:
            return "training form"
        if node.op_type == "Dropout" and "training" in model.graph.name:
            return "training form"
        if node.op_type == "Einsum" and b"." in attributes["equation"].s:
            return "Einsum with an ellipsis"
        if node.op_type == "GridSample" and len(model.graph.input[0].type.tensor_type.shape.dim) > 4:
            return "window in more than two dimensions"
    if spatial_rank(model) > 2:
        return "window in more than two dimensions"
    return None


def write_cases(folder: Path) -> None:
    """model.onnx, in/NAME.npy, and case.json with the names of expected outputs and tolerances; expected/I.npy."""
    warnings.simplefilter("ignore")
    from onnx.backend.test.loader import load_node_model_tests
    for case in load_node_model_tests():
        for number, (inputs, outputs) in enumerate(case.data_sets):
            to = folder / (case.name + (f".{number}" if number else ""))
            to.mkdir(parents=True)
            onnx.save(case.model, to / "model.onnx")
            about = {"rtol": case.rtol, "atol": case.atol, "outputs": [o.name for o in case.model.graph.output]}
            if reason_to_skip(case.model) is None:
                save(to / "in", {i.name: v for i, v in zip(case.model.graph.input, inputs)})
                save(to / "expected", {o.name: v for o, v in zip(case.model.graph.output, outputs)})
            (to / "case.json").write_text(json.dumps(about))


def save(folder: Path, values: dict) -> None:
    folder.mkdir()
    for name, value in values.items():
        array = array_of(value)
        # NumPy's format has no bfloat16.
        np.save(folder / f"{name}.npy", array.astype(np.float32) if array.dtype.name == "bfloat16" else array)


def cases_in(folder: Path) -> list[Path]:
    made = folder / f"{onnx.__version__}-{zlib.crc32(Path(__file__).read_bytes()):08x}"  # the script decides what is written
    if not (made / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        write_cases(made)
        (made / "complete").touch()
    return sorted(path for path in made.iterdir() if path.is_dir())


def fault(case: Path, device: str) -> str | None:
    made = case / f"out.{device}"
    if (made / "error").exists():
        return (made / "error").read_text()
    about = json.loads((case / "case.json").read_text())
    for name in about["outputs"]:
        if not (made / f"{name}.npy").exists():
            return f"output {name} was not written: the program ended before"
        want, got = (np.load(folder / f"{name}.npy") for folder in (case / "expected", made))
        if want.dtype in (np.float16, np.float64) and got.dtype == np.float32:
            got = got.astype(want.dtype)  # what `octavo infer` writes
        if got.dtype != want.dtype:
            return f"output {name} is {got.dtype}, expected {want.dtype}"
        declared = next(o for o in onnx.load(case / "model.onnx").graph.output if o.name == name).type.tensor_type.elem_type
        rtol = max(about["rtol"], 2**-6) if declared == TensorProto.BFLOAT16 else about["rtol"]  # two of its last places
        found = support.fault(got, want, rtol, about["atol"], equal_nan=True)
        if found:
            return f"output {name}: {found}"
    return None


def main() -> int:
    parser = support.device_parser(__doc__)
    parser.add_argument("node_cases")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    table = subprocess.run([arguments.octavo, "operators"], capture_output=True, text=True, check=True).stdout
    operators = {line.split()[0] for line in table.splitlines()} | {"Constant"}

    skipped, cases, others = collections.Counter(), [], 0
    for case in cases_in(arguments.folder):
        model = onnx.load(case / "model.onnx")
        if arguments.only not in case.name:
            continue
        if not {n.op_type for n in model.graph.node} <= operators or any(n.domain not in ("", "ai.onnx") for n in model.graph.node):
            others += 1
            continue
        reason = reason_to_skip(model)
        if reason:
            skipped[reason] += 1
        else:
            cases.append(case)
    faults = []
    devices = arguments.devices or support.DEVICES
    for device in devices:
        for case in cases:
            shutil.rmtree(case / f"out.{device}", ignore_errors=True)
        done = subprocess.run([arguments.node_cases, device], input="".join(f"{case}\n" for case in cases), text=True)
        if done.returncode != 0:
            faults.append(f"{device}: the program ended with {done.returncode}")
        faults += [f"{case.name} on {device}: {found}" for case in cases if (found := fault(case, device))]
    if faults:
        print("\n".join(faults))
    print(f"{len(cases)} cases on {' and '.join(devices)}: {len(cases) * len(devices) - len(faults)} passed, {len(faults)} failed")
    print(f"skipped: {sum(skipped.values())}")
    for reason, count in sorted(skipped.items()):
        print(f"  {count:4} {reason}")
    print(f"{others} cases of operators that the table does not have")
    return 1 if faults or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
