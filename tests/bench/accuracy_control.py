"""One accuracy target for mobilenet-v3-small, met by Octavo's search and by NNCF's quantize_with_accuracy_control on this machine.

    python tests/bench/accuracy_control.py build/release/bin/octavo [--only octavo|nncf] [--work DIR]

Octavo starts from `minmax` with one scale a weight tensor, NNCF from its own defaults. Both calibrate on 300 photographs, may lose at most
one point of top-1 on the same 500 search images, and are judged on the 200 that are held back. Times are from decoded images (NNCF) and
from files (Octavo) to the finished model; NNCF's images are decoded beforehand. Needs numpy, Pillow, nncf 3.x and openvino, and
build/models/real ('./dev models'); exit code 77: skipped.
"""
import argparse
import json
import logging
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/peers"))
from support import absolute, preprocess, samples

IMAGES = ROOT.parent / "shared/images/imagenet"
CONFIG = ROOT / "configs/real/mobilenet-v3-small.json"
SEARCH_IMAGES, CALIBRATION_IMAGES, MOST_POINTS = 500, 300, 1.0


def config():
    """The real network's config with the careless algorithm and the target."""
    made = absolute(json.loads(CONFIG.read_text()), CONFIG.parent)
    made["calibration"] = {"limit": CALIBRATION_IMAGES}
    made["algorithm"] = {"plugin": "minmax", "weights": "tensor"}
    made["target"] = {"max_drop": {"points": MOST_POINTS}, "search_images": SEARCH_IMAGES}
    return made


def run_octavo(octavo, work):
    path = work / "config.json"
    path.write_text(json.dumps(config()))
    start = time.monotonic()
    done = subprocess.run([octavo, "calibrate", path, "--quiet", "--json", "--output", work / "octavo"], stdout=subprocess.PIPE, text=True)
    seconds = time.monotonic() - start
    if done.returncode not in (0, 5):
        raise SystemExit(f"octavo: exit code {done.returncode}")
    report = json.loads(done.stdout)
    operators = report["operators"]
    search = report["search"] or {"returned": [], "won_back": [], "evaluations": 0}
    target = report["target"]
    return {
        "status": target["status"],
        "search_drop": target["searched"]["drop"]["top1"],
        "held_back_drop": target["held_back"]["drop"]["top1"],
        "operators": len(operators),
        "int8": sum(one["precision"] == "int8" for one in operators),
        "returned": len(search["returned"]),
        "won_back": len(search["won_back"]),
        "evaluations": search["evaluations"],
        "seconds": round(seconds, 1),
        "stages": report["seconds"],
    }


def split(settings):
    """Search images and the others: spread evenly, as Octavo chooses them."""
    rows = [row for part in settings["validation"] for row in samples(settings, part)]
    parts = [], []
    for i, row in enumerate(rows):
        is_search = (i + 1) * SEARCH_IMAGES // len(rows) > i * SEARCH_IMAGES // len(rows)
        parts[0 if is_search else 1].append(row)
    return parts


def run_nncf():
    import nncf
    import numpy as np
    import openvino
    logging.getLogger("nncf").setLevel(logging.ERROR)
    settings = config()
    steps, offset = settings["preprocess"], settings["adapter"]["label_offset"]
    calibration = [preprocess(path, steps) for path, _ in samples(settings, settings["calibration"])]
    search, held_back = ([(preprocess(path, steps), label + offset) for path, label in part] for part in split(settings))
    model = openvino.convert_model(settings["model"])  # read_model would leave biases uncorrected
    shape = model.input(0).partial_shape
    shape[0] = 1
    model.reshape(shape)

    def validate(compiled, samples):
        request = compiled.create_infer_request()
        right = [float(np.argmax(request.infer([x])[compiled.output(0)]) == label) for x, label in samples]
        return sum(right) / len(right), right

    def drop(made, samples):
        hint = {"INFERENCE_PRECISION_HINT": "f32"}
        scores = [validate(openvino.Core().compile_model(one, "CPU", hint), samples)[0] for one in (model, made)]
        return 100 * (scores[0] - scores[1])

    start = time.monotonic()
    made = nncf.quantize_with_accuracy_control(
        model, nncf.Dataset(calibration), nncf.Dataset(search), validation_fn=validate, max_drop=MOST_POINTS / 100,
        drop_type=nncf.DropType.ABSOLUTE, subset_size=CALIBRATION_IMAGES, target_device=nncf.TargetDevice.CPU)
    seconds = time.monotonic() - start
    found = drop(made, search)
    return {
        "status": "met" if found <= MOST_POINTS + 1e-9 else "missed",
        "search_drop": round(found, 3),
        "held_back_drop": round(drop(made, held_back), 3),
        "quantizers": sum(op.get_type_name() == "FakeQuantize" for op in made.get_ops()),
        "seconds": round(seconds, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("octavo")
    parser.add_argument("--only", choices=("octavo", "nncf"))
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/runs/accuracy_control")
    args = parser.parse_args()
    if not IMAGES.is_dir():
        print("skipped: no ../shared")
        return 77
    args.work.mkdir(parents=True, exist_ok=True)
    runs = {"octavo": lambda: run_octavo(os.fspath(args.octavo), args.work), "nncf": run_nncf}
    found = {}
    for name, run in runs.items():
        if args.only in (None, name):
            found[name] = run()
            print(name, json.dumps(found[name]), flush=True)
    if len(found) == 2:
        print(f"octavo needs {found['octavo']['seconds'] / found['nncf']['seconds']:.3f} of nncf's time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
