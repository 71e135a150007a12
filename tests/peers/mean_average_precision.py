#!/usr/bin/env python3
"""The metric mean_average_precision against pycocotools.

    python mean_average_precision.py METRIC_FIGURES [--seeds N]

Random images with small to large objects, some of them crowds, detections near them and elsewhere, scores that are often equal, and images
with more than 100 detections of a class. Octavo's dialect coco must give pycocotools' AP, AP50, AP75 and those of the three sizes, and the AP
of each class, to 1e-6. An object's area is that of its box, as Octavo has it. Exit code 1 where a figure differs.
"""
import argparse
import contextlib
import io
import json
import subprocess
import sys

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

CLASSES = ["cat", "dog", "cow", "pig", "owl"]
FIGURES = ["", "_50", "_75", "_small", "_medium", "_large"]  # the first of pycocotools' stats


def random_case(seed: int) -> list[dict]:
    """Images of boxes as METRIC_FIGURES reads them. Coordinates are quarters: both sides compute the same overlaps from them."""
    rng = np.random.default_rng(seed)
    images = []
    for _ in range(rng.integers(1, 25)):
        found, objects = [], []
        for _ in range(rng.integers(0, 8)):
            size = rng.choice([8, 40, 150], p=[0.3, 0.4, 0.3]) * rng.uniform(0.5, 1.5, 2)
            corner = rng.uniform(0, 300, 2)
            box = np.round(np.concatenate([corner, corner + size]) * 4) / 4
            label, crowd = int(rng.integers(0, len(CLASSES) - 1)), int(rng.random() < 0.1)  # the last class has no object
            objects.append([*box.tolist(), label, 1, 0, crowd])
            for _ in range(rng.integers(0, 4)):
                moved = np.round((box + rng.normal(0, 0.08, 4) * np.tile(size, 2)) * 4) / 4
                moved[2:] = np.maximum(moved[2:], moved[:2] + 0.25)
                near = label if rng.random() < 0.9 else int(rng.integers(0, len(CLASSES)))
                found.append([*moved.tolist(), near, float(np.float32(rng.integers(1, 30) / 30)), 0, 0])
        if rng.random() < 0.1:
            crowded = rng.uniform(0, 300, (130, 2))
            found += [[*(np.round(c * 4) / 4).tolist(), *(np.round(c * 4) / 4 + 20).tolist(), 0, float(np.float32(rng.random())), 0, 0]
                      for c in crowded]
        rng.shuffle(found)
        images.append({"found": found, "objects": objects})
    return images


def coco_boxes(images: list[dict], key: str) -> list[dict]:
    rows = []
    for number, image in enumerate(images):
        for left, top, right, bottom, label, score, _, crowd in image[key]:
            width, height = right - left, bottom - top
            rows.append({"id": len(rows) + 1, "image_id": number + 1, "category_id": label + 1, "bbox": [left, top, width, height],
                         "area": width * height, "score": score, "iscrowd": crowd})
    return rows


def by_pycocotools(images: list[dict]) -> dict[str, float]:
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {"images": [{"id": i + 1} for i in range(len(images))], "annotations": coco_boxes(images, "objects"),
                         "categories": [{"id": i + 1, "name": name} for i, name in enumerate(CLASSES)]}
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(coco_boxes(images, "found")), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    figures = {f"map_coco{suffix}": 100 * value for suffix, value in zip(FIGURES, evaluation.stats) if value >= 0}
    for number, name in enumerate(CLASSES):
        precision = evaluation.eval["precision"][:, :, number, 0, -1]
        if precision.max() > -1:
            figures[name] = 100 * float(precision.mean())
    return figures


def by_octavo(program: str, images: list[dict]) -> dict[str, float]:
    case = {"parameters": {"dialect": ["coco"]}, "classes": CLASSES, "images": images}
    done = subprocess.run([program, "mean_average_precision"], input=json.dumps(case), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{program}: {done.stderr.strip()}")
    return {figure["name"]: figure["value"] for figure in json.loads(done.stdout)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("metric_figures")
    parser.add_argument("--seeds", type=int, default=40)
    arguments = parser.parse_args()
    faults, compared, worst = [], 0, 0.0
    for seed in range(arguments.seeds):
        images = random_case(seed)
        has_objects = any(not box[7] for image in images for box in image["objects"])
        if not has_objects or not any(image["found"] for image in images):
            continue
        want, got = by_pycocotools(images), by_octavo(arguments.metric_figures, images)
        if want.keys() != got.keys():
            faults.append(f"seed {seed}: figures {sorted(got)}, expected {sorted(want)}")
            continue
        differences = {name: abs(got[name] - want[name]) for name in want}
        faults += [f"seed {seed}: {name} is {got[name]:.9f}, expected {want[name]:.9f}" for name, d in differences.items() if d > 1e-6]
        compared += len(want)
        worst = max(worst, *differences.values())
    print("\n".join(faults) if faults else f"{compared} figures agree with pycocotools, the worst differs by {worst:.2g}")
    return 1 if faults or compared < 10 * arguments.seeds / 2 else 0


if __name__ == "__main__":
    sys.exit(main())
