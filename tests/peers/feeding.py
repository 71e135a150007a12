"""What octavo convert writes with --mean, --scale, --reverse-channels and --input-shape, fed with raw pixels, beside the original fed with
pixels that were reversed, centered and scaled here.

usage: feeding.py OCTAVO PLAN.json ITS_MODEL.onnx MODEL_OR_FOLDER...

In float32 the written ONNX runs in ONNX Runtime and the written IR in OpenVINO. The original runs in ONNX Runtime where it is ONNX, at
another size too, else on our own device. With a plan, or with what a quantized file says, what is written with and without these options
runs on our own device in int8.
"""
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import openvino as ov

from support import count_faults, infer, models_in, range_share

MOST_DIFFERENCE = 1e-4  # of an output's range, in float32
MOST_INT8_DIFFERENCE = 0.01  # a pixel whose normalized value lies between two codes may take either
MEAN, SCALE = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
FEEDING = ["--mean", ",".join(map(str, MEAN)), "--scale", ",".join(map(str, SCALE)), "--reverse-channels"]


def pixels(shape: list) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, shape).astype(np.float32)


def preprocessed(raw: np.ndarray) -> np.ndarray:
    by_channel = [np.array(values, np.float32)[:, None, None] for values in (MEAN, SCALE)]
    return np.ascontiguousarray((raw[:, ::-1] - by_channel[0]) / by_channel[1])


def onnx_session(model: Path, shape: list) -> onnxruntime.InferenceSession:
    """Of the model at another input size: ONNX Runtime infers all other shapes."""
    read = onnx.load(model)
    for dimension, size in zip(read.graph.input[0].type.tensor_type.shape.dim, shape):
        dimension.dim_value = size
    del read.graph.value_info[:]
    for output in read.graph.output:
        output.type.tensor_type.ClearField("shape")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(read.SerializeToString(), options, providers=["CPUExecutionProvider"])


def convert(octavo: str, model: Path, written: Path, options: list) -> str | None:
    done = subprocess.run([octavo, "convert", model, written, "--device", "onednn", "--quiet", *options], capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else None


def in_float(octavo: str, model: Path, folder: Path, shape: list, options: list) -> list[str]:
    written = [folder / "out.xml", folder / "out.onnx"]
    for failed in (convert(octavo, model, path, options + FEEDING + ["--plan", "none"]) for path in written):
        if failed:
            return [failed]
    compiled = ov.Core().compile_model(written[0], "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    session = onnxruntime.InferenceSession(written[1], providers=["CPUExecutionProvider"])
    name, outputs = session.get_inputs()[0].name, [output.name for output in session.get_outputs()]
    raw = pixels(shape)
    if model.suffix == ".onnx":
        expected = onnx_session(model, shape).run(outputs, {name: preprocessed(raw)})
    else:
        expected = infer(octavo, model, "onednn", {name: preprocessed(raw)}, outputs, ["--plan", "none"])
        if isinstance(expected, str):
            return [expected]
    theirs = compiled({name: raw})
    got = {"ONNX Runtime": session.run(outputs, {name: raw}), "OpenVINO": [theirs[output] for output in outputs]}
    worst = {who: max(map(range_share, values, expected)) for who, values in got.items()}
    print(f"{model.name}, {'x'.join(map(str, shape))}:", ", ".join(f"{who} {value:.2g} of range" for who, value in worst.items()), flush=True)
    return [f"{who} differs by {value:.2g} of the range" for who, value in worst.items() if not value <= MOST_DIFFERENCE]


def in_int8(octavo: str, model: Path, folder: Path, shape: list, plan: list) -> list[str]:
    found = []
    for suffix in (".xml", ".onnx"):
        plain, written = folder / f"plain{suffix}", folder / f"int8{suffix}"
        if failed := convert(octavo, model, plain, plan) or convert(octavo, model, written, FEEDING + plan):
            return [failed]
        read = ov.Core().read_model(written)
        name, outputs = read.inputs[0].any_name, [output.any_name for output in read.outputs]
        raw = pixels(shape)
        got = infer(octavo, written, "onednn", {name: raw}, outputs)
        expected = infer(octavo, plain, "onednn", {name: preprocessed(raw)}, outputs)
        floating = infer(octavo, written, "onednn", {name: raw}, outputs, ["--plan", "none"])
        if failed := next((answer for answer in (got, expected, floating) if isinstance(answer, str)), None):
            return [failed]
        worst = max(map(range_share, got, expected))
        same = np.mean([np.mean(a == b) for a, b in zip(got, expected)])
        print(f"{written.name} of {model.name}: int8 {worst:.2g} of range, {same:.1%} of the values the same", flush=True)
        if not worst <= MOST_INT8_DIFFERENCE:
            found.append(f"{written.name} differs by {worst:.2g} of the range in int8")
        if all(np.array_equal(a, b) for a, b in zip(got, floating)):
            found.append(f"{written.name} did not run in int8")
    return found


def input_shape(octavo: str, model: Path) -> list:
    told = subprocess.run([octavo, "inspect", model], capture_output=True, text=True, check=True).stdout
    return [int(size) for size in told.split("f32 ", 1)[1].split(None, 1)[0].split("x")]


def main() -> int:
    octavo, plan, planned, *places = sys.argv[1:]

    def faults(model: Path, folder: Path) -> list[str]:
        shape = input_shape(octavo, model)
        found = in_float(octavo, model, folder, shape, [])
        if model.suffix == ".onnx":
            larger = [1, 3, shape[2] + 64, shape[3] + 32]
            found += in_float(octavo, model, folder, larger, ["--input-shape", "N,3,%d,%d" % tuple(larger[2:])])
        if model == Path(planned):
            found += in_int8(octavo, model, folder, shape, ["--plan", plan])
        if "uint8" in model.name:
            found += in_int8(octavo, model, folder, shape, [])
        return found

    models = models_in([planned, *places])
    failed = count_faults(models, faults)
    print(f"{len(models)} models, {failed} failures")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
