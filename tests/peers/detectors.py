#!/usr/bin/env python3
"""Adapters of detectors against numpy, on what real networks give for photographs.

    python detectors.py DETECTOR_CASES [--images N]

ONNX Runtime runs each detector that ../shared/models/real/reference.json describes and configs/real has a config for. Its outputs are read
as that description says, in float64, and by the config's adapter: the boxes of each image must be the same, within 1e-3 pixels and 1e-5 of a
score, and so must the comparison of one image's outputs with another's. Exit code 77 without ../shared.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from support import overlaps

ROOT = Path(__file__).resolve().parents[2]
SHARED, MODELS = ROOT.parent / "shared", ROOT / "build/models/real"


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def around(x, y, w, h) -> np.ndarray:
    return np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], -1).reshape(-1, 4)


def decode_yolox(outputs: list, spec: dict, columns: list):
    (cells,), place = outputs[0], 0
    boxes = []
    for stride in spec["decode"]["strides"]:
        rows, cols = spec["input"]["height"] // stride, spec["input"]["width"] // stride
        x, y, w, h = cells[place : place + rows * cols, :4].reshape(rows, cols, 4).transpose(2, 0, 1)
        boxes.append(around((x + np.arange(cols)) * stride, (y + np.arange(rows)[:, None]) * stride, np.exp(w) * stride, np.exp(h) * stride))
        place += rows * cols
    return np.concatenate(boxes), cells[:, 4:5] * cells[:, 5:][:, columns]


def decode_yolov3(outputs: list, spec: dict, columns: list):
    boxes, scores = [], []
    for output, head in zip(outputs, spec["decode"]["heads"]):
        rows, cols = output.shape[2:]
        for channels, (width, height) in zip(np.split(output[0], len(head["anchors"])), head["anchors"]):
            scale = head["scale_x_y"]
            x, y = sigmoid(channels[:2]) * scale - (scale - 1) / 2 + np.stack(np.meshgrid(np.arange(cols), np.arange(rows)))
            boxes.append(around(x * spec["input"]["width"] / cols, y * spec["input"]["height"] / rows,
                                np.exp(channels[2]) * width, np.exp(channels[3]) * height))
            scores.append((sigmoid(channels[4]) * sigmoid(channels[5:][columns])).reshape(len(columns), -1).T)
    return np.concatenate(boxes), np.concatenate(scores)


def decode_ssd_boxes(outputs: list, spec: dict, columns: list):
    boxes, scores = outputs
    size = [spec["input"][side] for side in ("width", "height")] * 2
    return boxes[0][:, [1, 0, 3, 2]] * size, scores[0][:, columns]


DECODERS = {"yolox": decode_yolox, "yolov3": decode_yolov3, "ssd_boxes": decode_ssd_boxes}


def detect(boxes: np.ndarray, scores: np.ndarray, spec: dict, scale: np.ndarray, size: list) -> np.ndarray:
    """Rows left, top, right, bottom, label, score."""
    boxes = np.clip(boxes / np.tile(scale, 2), 0, size * 2)
    found = []
    for label in range(scores.shape[1]):
        order = np.argsort(-scores[:, label], kind="stable")
        order = order[scores[order, label] > spec["score_threshold"]][:400]
        while len(order):
            best, order = order[0], order[1:]
            found.append([*boxes[best], label, scores[best, label]])
            order = order[overlaps(boxes[best], boxes[order]) <= spec["nms_iou"]]
    found.sort(key=lambda row: -row[5])
    return np.array(found[: spec["max_detections"]]).reshape(-1, 6)


def energies(expected: tuple, found: tuple) -> np.ndarray:
    (boxes, scores), (other_boxes, other_scores) = expected, found
    shared = np.array([overlaps(box, other[None])[0] for box, other in zip(boxes, other_boxes)])
    lost = np.where((boxes == other_boxes).all(1), 0, scores.max(1) * (1 - shared))
    return np.array([(scores**2).sum(), ((scores - other_scores) ** 2).sum() + (lost**2).sum()])


def prepare(picture: np.ndarray, spec: dict):
    """The network's input, and the factors from the picture's pixels to the input's."""
    entry = spec["input"]
    height, width = picture.shape[:2]
    box = np.array([entry["width"], entry["height"]])
    inner = box if entry["resize"] == "stretch" else (np.array([width, height]) * min(box / [width, height]) + 1e-6).astype(int)
    target = np.full((box[1], box[0], 3), entry.get("fill", 0), np.uint8)
    target[: inner[1], : inner[0]] = cv2.resize(picture, tuple(int(side) for side in inner))
    pixels = target[:, :, ::-1] if entry["colour"] == "RGB" else target
    x = (pixels.astype(np.float32) - np.float32(entry["mean"])) * np.float32(entry["scale"])
    return np.ascontiguousarray(x.transpose(2, 0, 1)[None]), inner / [width, height]


def difference(got: np.ndarray, want: np.ndarray) -> str | None:
    """Equal scores may stand in any order."""
    if got.shape != want.shape:
        return f"{len(got)} boxes, expected {len(want)}"
    got, want = (rows[np.lexsort((rows[:, 0], rows[:, 5].round(5), rows[:, 4]))] for rows in (got, want))
    apart = np.abs(got - want).max(0, initial=0)
    return f"differ by {apart}" if apart[:4].max() > 1e-3 or apart[4] > 0 or apart[5] > 1e-5 else None


def check(cases: Path, name: str, spec: dict, images: list, folder: Path) -> list:
    session = onnxruntime.InferenceSession(str(MODELS / spec["file"]), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    columns = list(spec["voc_classes"].values())
    lines, expected, faults, before = [], [], [], None
    for number, image in enumerate(images):
        picture = cv2.imread(str(image))
        x, scale = prepare(picture, spec)
        outputs = session.run(names, {session.get_inputs()[0].name: x})
        case = folder / str(number)
        case.mkdir(parents=True)
        for output, array in zip(names, outputs):
            np.save(case / f"{output}.npy", array)
        size = [picture.shape[1], picture.shape[0]]
        sides = [spec["input"]["width"], spec["input"]["height"]]
        lines.append(" ".join(str(word) for word in [case, *size, *scale, 0, 0, *sides]))
        decoded = DECODERS[spec["decode"]["kind"]]([array.astype(np.float64) for array in outputs], spec, columns)
        expected.append((detect(*decoded, spec, scale, size), energies(decoded, before or decoded)))
        before = decoded
    done = subprocess.run([cases, ROOT / "configs/real" / f"{name}.json", *names], input="\n".join(lines), text=True, capture_output=True)
    if done.returncode:
        return [f"{name}: {done.stderr.strip()}"]
    for number, (boxes, energy) in enumerate(expected):
        case = folder / str(number)
        if text := difference(np.load(case / "boxes.npy"), boxes):
            faults.append(f"{name}, {images[number].name}: {text}")
        got = np.load(case / "energies.npy")[0]
        if not np.allclose(got, energy, rtol=1e-4):
            faults.append(f"{name}, {images[number].name}: energies {got}, expected {energy}")
    print(f"{name}: {sum(len(boxes) for boxes, _ in expected)} boxes on {len(images)} images")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cases")
    parser.add_argument("--images", type=int, default=8)
    arguments = parser.parse_args()
    images = sorted((SHARED / "images/voc/VOC2007/JPEGImages").glob("*.jpg"))[: arguments.images]
    if not images:
        print("skipped: no ../shared")
        return 77
    specs = json.loads((SHARED / "models/real/reference.json").read_text())["detectors"]
    specs = {name: spec for name, spec in specs.items() if spec["decode"]["kind"] in DECODERS}
    missing = [spec["file"] for spec in specs.values() if not (MODELS / spec["file"]).exists()]
    if missing:
        print(f"skipped: no {missing[0]} in build/models/real ('./dev models' unpacks it)")
        return 77
    faults = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, spec in specs.items():
            faults += check(arguments.cases, name, spec, images, Path(scratch) / name)
    print("\n".join(faults) if faults else "the adapters' boxes are those of numpy")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
