"""Heads of SSD detectors with attributes drawn at random: priors and detections of OpenVINO, of our devices, and of ONNX Runtime as octavo
convert writes them.

usage: ssd_heads.py OCTAVO [--heads N] [--seed N]
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import openvino as ov
from openvino import opset8 as ops

from support import DEVICES, infer

GRID, IMAGE, CLASSES = (3, 4), (30, 50), 4
WORST = 1e-4  # of scores and corners


def prior_attributes(rng) -> dict:
    some = lambda count: [float(value) for value in rng.uniform(4, 25, count)]
    attributes = {"offset": float(rng.choice([0, 0.5])), "step": float(rng.choice([0, 8, 10])), "clip": bool(rng.integers(2)),
                  "flip": bool(rng.integers(2)), "variance": [0.1, 0.1, 0.2, 0.2], "scale_all_sizes": True,
                  "min_max_aspect_ratios_order": bool(rng.integers(2))}
    kind = rng.integers(3)
    if kind == 0:
        attributes |= {"fixed_size": some(2), "density": [2.0, 1.0]} | ({"fixed_ratio": [1.5]} if rng.integers(2) else {})
    elif kind == 1:
        attributes |= {"min_size": [0.2, 0.4], "scale_all_sizes": False, "step": 0.2, "aspect_ratio": [2.0]}
    else:
        sizes = some(rng.integers(1, 3))
        attributes |= {"min_size": sizes, "max_size": [size + 9 for size in sizes[: rng.integers(3)]],
                       "aspect_ratio": [2.0, 3.0][: rng.integers(3)]}
    return {name: value for name, value in attributes.items() if not isinstance(value, list) or value}


def head(rng) -> ov.Model:
    """Inputs `codes` and `scores`, output `rows`."""
    priors = ops.prior_box(ops.constant(np.array(GRID, np.int64)), ops.constant(np.array(IMAGE, np.int64)), prior_attributes(rng))
    count = priors.output(0).shape[1] // 4
    attributes = {"background_label_id": int(rng.choice([-1, 0, 2])), "top_k": int(rng.choice([-1, 5, 20])),
                  "keep_top_k": [int(rng.choice([3, 10, 40]))], "variance_encoded_in_target": bool(rng.integers(2)),
                  "code_type": "caffe.PriorBoxParameter." + str(rng.choice(["CORNER", "CENTER_SIZE"])), "share_location": True,
                  "nms_threshold": float(rng.choice([0.3, 0.6])), "confidence_threshold": float(rng.choice([0.2, 0.7, 2.0])),
                  "clip_before_nms": bool(rng.integers(2)), "clip_after_nms": bool(rng.integers(2)), "decrease_label_id": False,
                  "normalized": True, "input_height": 1, "input_width": 1, "objectness_score": 0.0}
    codes = ops.parameter([1, count * 4], np.float32, name="codes")
    scores = ops.parameter([1, count * CLASSES], np.float32, name="scores")
    batch = ops.unsqueeze(priors, ops.constant(np.array([0], np.int64)))
    if attributes["variance_encoded_in_target"]:
        batch = ops.gather(batch, ops.constant(np.array([0], np.int64)), ops.constant(np.array(1, np.int64)))
    rows = ops.detection_output(codes, scores, batch, attributes)
    model = ov.Model([rows], [codes, scores], "head")
    for port, name in ((model.inputs[0], "codes"), (model.inputs[1], "scores"), (model.outputs[0], "rows")):
        port.tensor.set_names({name})
    return model


def rows_of(output: np.ndarray) -> np.ndarray:
    """Those before the end, in one order: OpenVINO sorts equal classes otherwise than by score where it keeps all."""
    rows = output.reshape(-1, 7)
    end = np.flatnonzero(rows[:, 0] < 0)
    rows = rows[: end[0]] if len(end) else rows
    return rows[np.lexsort((-rows[:, 2], rows[:, 1]))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("--heads", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    rng = np.random.default_rng(a.seed)
    failed, detections = 0, 0
    with tempfile.TemporaryDirectory() as name:
        ir, onnx = Path(name) / "head.xml", Path(name) / "head.onnx"
        for number in range(a.heads):
            model = head(rng)
            ov.save_model(model, str(ir), compress_to_fp16=False)
            subprocess.run([a.octavo, "convert", ir, onnx, "--quiet"], check=True)
            feeds = {port.any_name: rng.uniform(0, 1, port.shape).astype(np.float32) for port in model.inputs}
            want = rows_of(ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(feeds)[0])
            found = {device: infer(a.octavo, ir, device, feeds, ["rows"]) for device in DEVICES}
            found["onnx"] = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"]).run(None, feeds)
            detections += len(want)
            for runtime, got in found.items():
                got = got if isinstance(got, str) else rows_of(got[0])
                same = not isinstance(got, str) and got.shape == want.shape and np.allclose(got, want, rtol=0, atol=WORST)
                failed += not same
                if not same:
                    print(f"head {number}, {runtime}: {got if isinstance(got, str) else f'{len(got)} rows, expected {len(want)}'}")
    print(f"{a.heads} heads, {detections} detections: {failed} of {a.heads * (len(DEVICES) + 1)} comparisons failed")
    return int(failed > 0 or detections == 0)


if __name__ == "__main__":
    sys.exit(main())
