"""Detectors that come as IR, on our devices and in OpenVINO, on the same photographs: the same boxes.

usage: openvino_detections.py OCTAVO FOLDER [--images N]

Each X-fp16.xml of FOLDER, as it is and as octavo convert has written it anew, must give OpenVINO's detections: same class, IoU at least 0.99,
scores within 1e-3. Each X-int8.xml runs by the plan that its FakeQuantize layers say. OpenVINO computes them in floating point
(LP_TRANSFORMS_MODE=OFF); ties spread, so that both must only find about as many of X-fp16's detections.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import openvino as ov
from PIL import Image

from support import infer, overlaps

PHOTOGRAPHS = Path("../shared/images/voc")
LEAST_SCORE = 0.1
EXACT, INT8 = (0.99, 1e-3), (0.7, 0.15)  # least IoU, most difference of scores


def rows(output: np.ndarray) -> np.ndarray:
    found = output.reshape(-1, 7)
    end = np.flatnonzero(found[:, 0] < 0)
    found = found[: end[0]] if len(end) else found
    return found[found[:, 2] >= LEAST_SCORE]


def found_again(ours: np.ndarray, theirs: np.ndarray, least_iou: float, most_score: float) -> int:
    """How many of their detections we have too."""
    count = 0
    for row in theirs:
        alike = ours[(ours[:, 1] == row[1]) & (np.abs(ours[:, 2] - row[2]) <= most_score)]
        count += len(alike) > 0 and overlaps(row[3:], alike[:, 3:]).max() >= least_iou
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=5)
    a = parser.parse_args()
    models = sorted(a.folder.glob("*-fp16.xml")) + sorted(a.folder.glob("*-int8.xml"))
    photographs = sorted(PHOTOGRAPHS.rglob("*.jpg"))[: a.images]
    if not models or not photographs:
        print("skipped: no ../shared")
        return 77
    failed = 0
    for model in models:
        with tempfile.TemporaryDirectory() as name:
            scratch = Path(name)
            quantized = model.stem.endswith("int8")
            subprocess.run([a.octavo, "convert", model, scratch / "again.xml", "--device", "onednn", "--quiet"], check=True)
            options = []
            if quantized:
                subprocess.run([a.octavo, "convert", model, scratch / "plan.json", "--device", "onednn", "--quiet"], check=True)
                options = ["--plan", scratch / "plan.json"]
            core = ov.Core()
            hint = {"INFERENCE_PRECISION_HINT": "f32", "LP_TRANSFORMS_MODE": "OFF"}
            theirs, again = (core.compile_model(str(path), "CPU", hint) for path in (model, scratch / "again.xml"))
            entry = theirs.input(0)
            float_form = model.with_stem(model.stem.replace("-int8", "-fp16"))
            reference = core.compile_model(str(float_form), "CPU", hint)
            total, their_found, ours_found, again_found = 0, 0, 0, 0
            close = INT8 if quantized else EXACT
            for photograph in photographs:
                image = Image.open(photograph).convert("RGB").resize((entry.shape[3], entry.shape[2]), Image.BILINEAR)
                x = np.ascontiguousarray(np.asarray(image, np.float32)[:, :, ::-1].transpose(2, 0, 1)[None])
                want = rows(reference(x)[0])
                got = infer(a.octavo, model, "onednn", {entry.any_name: x}, [theirs.output(0).any_name], options)
                if isinstance(got, str):
                    raise SystemExit(got)
                total += len(want)
                their_found += found_again(rows(theirs(x)[0]), want, *close)
                ours_found += found_again(rows(got[0]), want, *close)
                again_found += found_again(rows(again(x)[0]), want, *close)
        least = their_found - (0.1 * total if quantized else 0)
        good = total > 0 and min(ours_found, again_found) >= least
        failed += not good
        print(f"{model.stem}: of {total} detections in {len(photographs)} photographs OpenVINO finds {their_found}, ours {ours_found}, the "
              f"converted IR {again_found}"
              f"{'' if good else '  <- fault'}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
