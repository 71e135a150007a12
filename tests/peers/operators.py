#!/usr/bin/env python3
"""Every operator of the table against ONNX Runtime, over many shapes and attributes.

    python operators.py OCTAVO [--seed N] [--device NAME ...]

Builds one model an operator with a dozen variants side by side (each with inputs and an output of its own), runs it with `octavo infer` on
each device and in ONNX Runtime without optimisation, and compares every output. Models of CONVERTED are also written as ONNX, for ONNX
Runtime, and as IR, for OpenVINO, and that IR as ONNX again. Exit code 1 where something differs, with the variant.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import openvino

from operator_variants import CONVERTED, OPERATORS, OPSETS, Model
from support import DEVICES, device_parser, fault, infer

VARIANTS = 12
ROUNDING = 2e-5  # some 170 last places of float32: sums in another order, approximated functions


def run_onnx(model, feeds: dict, optimized: bool = False) -> list:
    options = onnxruntime.SessionOptions()
    if not optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"]).run(None, feeds)


def run_ir(path: Path, feeds: dict) -> list:
    network = openvino.Core().read_model(path)
    results = openvino.Core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(feeds)
    return [results[output.any_name] for output in network.outputs]


def conversions(octavo, path: Path, feeds: dict) -> dict:
    """What other runtimes make of the model as it is written: outputs, or a message, by form."""
    forms = {"ONNX": (path, "out.onnx"), "IR": (path, "out.xml"), "ONNX of the IR": (path.parent / "out.xml", "back.onnx")}
    found = {}
    for form, (source, target) in forms.items():
        written = path.parent / target
        done = subprocess.run([octavo, "convert", source, written, "--device", "onednn", "--quiet"], capture_output=True, text=True)
        if done.returncode:
            found[form] = done.stderr.strip() or f"exit code {done.returncode}"
            continue
        found[form] = run_ir(written, feeds) if written.suffix == ".xml" else run_onnx(str(written), feeds, True)
    return found


def compare(octavo, devices, operator, opset, rng) -> list[str]:
    model = Model(opset)
    while len(model.nodes) < VARIANTS:
        OPERATORS[operator](rng, model)
    proto = model.proto()
    expected = run_onnx(proto.SerializeToString(), model.feeds)
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        onnx.save(proto, path)
        given = {device: infer(octavo, path, device, model.feeds, [output.name for output in model.outputs]) for device in devices}
        if operator in CONVERTED:
            given |= conversions(octavo, path, model.feeds)
        for device, results in given.items():
            if isinstance(results, str):
                faults.append(f"{operator} on {device}, opset {opset}: {results}")
                continue
            for output, got, want in zip(model.outputs, results, expected):
                largest = float(np.abs(want[np.isfinite(want)]).max(initial=0))
                found = fault(got, want, ROUNDING, ROUNDING * max(1.0, largest))
                if found:
                    faults.append(f"{operator} on {device}, opset {opset}: {model.texts[output.name]}: {found}")
    return faults


def main() -> int:
    parser = device_parser(__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="operators whose name has this in it")
    arguments = parser.parse_args()
    faults = []
    for operator in (name for name in OPERATORS if arguments.only in name):
        for opset in OPSETS.get(operator, (13,)):
            rng = np.random.default_rng(arguments.seed)
            faults += compare(arguments.octavo, arguments.devices or DEVICES, operator, opset, rng)
    print("\n".join(faults) if faults else f"{len(OPERATORS)} operators agree with ONNX Runtime, seed {arguments.seed}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
