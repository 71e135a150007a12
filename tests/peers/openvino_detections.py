"""A detector that comes as IR, on our device and in OpenVINO, on the same arrays: the same boxes, and the same average precision.

usage: openvino_detections.py OCTAVO CONFIG [INT8.xml ...] [--images N]

CONFIG names the model and a VOC set. `octavo evaluate` runs it on the first N photographs (5; 0: all) and writes what went in and came out;
OpenVINO gets what went in. On our device, and as octavo convert has written it anew, the model must give OpenVINO's detections: as many, same class,
IoU at least 0.99, scores within 1e-3. The average precision of each class that `octavo evaluate` says must be what plain numpy computes from
its detections, and from OpenVINO's, within 0.1 points. INT8.xml is the same network, quantized; it runs by the plan that its FakeQuantize
layers say. OpenVINO computes them in floating point (LP_TRANSFORMS_MODE=OFF), ties spread, so that both must only find about as many of the
model's detections; what its int8 kernels give is reported. A photograph of 1024 x 1024 takes 13 MB of the temporary folder.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import openvino as ov

import voc
from support import absolute, as_file_name, overlaps

LEAST_SCORE = 0.1  # of INT8's detections
EXACT, INT8 = (0.99, 1e-3), (0.7, 0.15)  # least IoU, most difference of scores
MOST_POINTS = 0.1
FLOAT = {"INFERENCE_PRECISION_HINT": "f32"}


def rows(output: np.ndarray, least_score: float = LEAST_SCORE) -> np.ndarray:
    found = output.reshape(-1, 7)
    end = np.flatnonzero(found[:, 0] < 0)
    found = found[: end[0]] if len(end) else found
    return found[found[:, 2] >= least_score]


def found_again(ours: np.ndarray, theirs: np.ndarray, least_iou: float, most_score: float) -> int:
    """How many of their detections we have too; each of ours counts once."""
    free, count = np.ones(len(ours), bool), 0
    for row in theirs:
        shared = np.where(free & (ours[:, 1] == row[1]) & (np.abs(ours[:, 2] - row[2]) <= most_score), overlaps(row[3:], ours[:, 3:]), 0)
        if len(shared) and shared.max() >= least_iou:
            free[shared.argmax()] = False
            count += 1
    return count


def found_in_all(ours: list, theirs: list, least_iou: float, most_score: float) -> int:
    return sum(found_again(*both, least_iou, most_score) for both in zip(ours, theirs))


def evaluate(octavo: str, config: dict, model: str, images: int, arrays: Path, scratch: Path) -> tuple[dict, list]:
    """Our average precision of each class, and all detections of each image. What went in stands in `arrays` then."""
    path = scratch / "config.json"
    path.write_text(json.dumps({**config, "validation": [{**config["validation"][0], "limit": images}], "output": str(scratch / "run")}))
    done = subprocess.run([octavo, "evaluate", path, "--model", model, "--arrays", arrays, "--batch", "1", "--json", "--quiet"],
                          capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    (output,) = (file.name for file in (arrays / "0").iterdir() if np.load(file, mmap_mode="r").shape[-1] == 7)
    return (json.loads(done.stdout)["tables"]["average precision, voc"],
            [rows(np.load(arrays / str(number) / output), 0) for number in range(images)])


def by_openvino(model: str | Path, options: dict, images: int, arrays: Path) -> list[np.ndarray]:
    """All detections of each image."""
    network = ov.Core().compile_model(str(model), "CPU", options)
    name = as_file_name(network.input(0).any_name) + ".npy"
    return [rows(network(np.load(arrays / str(number) / name))[0], 0) for number in range(images)]


def differ(ours: dict, theirs: dict) -> bool:
    return ours.keys() != theirs.keys() or any(abs(ours[name] - theirs[name]) > MOST_POINTS for name in ours)


def as_text(precision: dict) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in precision.items())


def check(octavo: str, config: dict, truth: voc.Truth, model: str, wanted: list | None, scratch: Path) -> tuple[bool, list]:
    """Whether a model is at fault, and OpenVINO's detections; the model is a quantized form where those of the floating-point form are given."""
    images, arrays, again = len(truth.images), scratch / "arrays", scratch / "again.xml"
    subprocess.run([octavo, "convert", model, again, "--device", "onednn", "--quiet"], check=True)
    our_precision, own = evaluate(octavo, config, model, images, arrays, scratch)
    theirs, anew = (by_openvino(path, {**FLOAT, "LP_TRANSFORMS_MODE": "OFF"}, images, arrays) for path in (model, again))
    their_precision = truth.precision(theirs)
    said = f"average precision OpenVINO {as_text(their_precision)}, ours {as_text(our_precision)}"
    good = not differ(our_precision, truth.precision(own))
    if wanted is None:
        total, counts = sum(map(len, theirs)), [found_in_all(found, theirs, *EXACT) for found in (theirs, own, anew)]
        good &= not differ(our_precision, their_precision) and {*counts, sum(map(len, own)), sum(map(len, anew))} == {total}
    else:
        sure = [found[found[:, 2] >= LEAST_SCORE] for found in wanted]
        total, counts = sum(map(len, sure)), [found_in_all(found, sure, *INT8) for found in (theirs, own, anew)]
        good &= min(counts) >= counts[0] - 0.1 * total
        said += f", OpenVINO's int8 kernels {as_text(truth.precision(by_openvino(model, FLOAT, images, arrays)))}"
    good &= total > 0
    print(f"{Path(model).stem}: of {total} detections in {images} photographs OpenVINO finds {counts[0]}, ours {counts[1]}, the converted IR "
          f"{counts[2]}; {said}{'' if good else '  <- fault'}", flush=True)
    return not good, theirs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("config", type=Path)
    parser.add_argument("quantized", nargs="*")
    parser.add_argument("--images", type=int, default=5)
    a = parser.parse_args()
    config = absolute(json.loads(a.config.read_text()), a.config.resolve().parent)
    if not Path(config["model"]).exists() or not Path(config["dataset"]["root"]).exists():
        print("skipped: no ../shared")
        return 77
    truth, wanted, failed = voc.Truth(config, a.images), None, False
    for model in (config["model"], *a.quantized):
        with tempfile.TemporaryDirectory() as scratch:
            fault, theirs = check(a.octavo, config, truth, model, wanted, Path(scratch))
        failed |= fault
        wanted = theirs if wanted is None else wanted
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
