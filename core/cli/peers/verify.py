#!/usr/bin/env python3
"""The exported models of a run in ONNX Runtime and OpenVINO, beside Octavo's integer kernels on the very same arrays (octavo verify).

    verify.py OCTAVO RUN [--limit N] [--engines onnxruntime,openvino] [--points 0.3] [--json]

`octavo evaluate` preprocesses the validation images of the run's config and keeps inputs and outputs; the others get these inputs. For each
output: the ratio of ours to the difference (dB, both less their mean over an image), and the share of values that differ by at most one step
of an 8-bit grid over what ours span. Where the one output is a list of class scores: how often the greatest is the same, and with labels
the accuracy of each. Exit code 5 where accuracies differ by more than --points.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from runtimes import ENGINES, fail, form_for, guarded, open_model, read_report, require

DATA_ERROR, TARGET_MISSED = 4, 5
MOST_DB = 999.0  # stands for infinity, which JSON has not


class Own:
    """What our int8 has read and written: folders of arrays, one a run of the model, with the images in each; class and label of each image
    (-1: none)."""

    def __init__(self, a, config: dict, scratch: Path):
        (scratch / "config.json").write_text(json.dumps({**config, "batch": 1}))
        done = subprocess.run([a.octavo, "evaluate", scratch / "config.json", "--plan", a.run / "plan.json", "--quiet", "--json", "--arrays",
                               scratch / "arrays", "--answers", scratch / "answers.tsv", *(["--limit", str(a.limit)] if a.limit else [])],
                              stdout=subprocess.PIPE)
        if done.returncode:
            sys.exit(done.returncode)
        index = json.loads((scratch / "arrays" / "arrays.json").read_text())
        self.files, images = index["files"], index["images"]
        self.runs = [(scratch / "arrays" / str(number), count) for number, count in enumerate(images)]
        head, *rows = [line.split("\t") for line in (scratch / "answers.tsv").read_text().splitlines()]
        if head != ["id", "class", "score", "label"]:  # boxes
            rows = [("", -1, 0, -1)] * sum(images)
        self.classes, self.labels = [int(row[1]) for row in rows], [int(row[3]) for row in rows]
        self.offset = config.get("adapter", {}).get("label_offset", 0)
        self.has_labels = all(label >= 0 for label in self.labels)

    def step(self, output: str) -> float:
        """Of a grid of 256 values over all that the output held."""
        import numpy as np
        arrays = [array for array in (np.load(folder / self.files[output]) for folder, _ in self.runs) if array.size]
        return (max(float(one.max()) for one in arrays) - min(float(one.min()) for one in arrays)) / 255 if arrays else 0.0


def energy(values) -> float:
    """Less their mean, but for a number on its own."""
    return float(((values - (values.mean() if values.size > 1 else 0)) ** 2).sum())


class Nearness:
    """Of one output to ours, over all images."""

    def __init__(self, output: str, step: float):
        self.output, self.step, self.signal, self.noise, self.near, self.values = output, step, 0.0, 0.0, 0, 0

    def add(self, ours, theirs) -> None:
        ours, theirs = ours.astype("float64"), theirs.astype("float64")
        if ours.shape != theirs.shape:
            fail(f"output '{self.output}': found shape {list(theirs.shape)}, expected {list(ours.shape)} as ours", DATA_ERROR)
        if not ours.size:
            return
        self.signal += energy(ours)
        self.noise += energy(theirs - ours)
        self.near += int((abs(theirs - ours) <= self.step).sum())
        self.values += ours.size

    def figures(self) -> dict:
        import numpy as np
        ratio = MOST_DB if self.noise <= 0 else 10 * np.log10(self.signal / self.noise) if self.signal > 0 else 0.0
        return {"name": self.output, "snr_db": round(float(min(ratio, MOST_DB)), 2), "within_step": 100 * self.near / max(self.values, 1)}


def compare(opened, own: Own) -> dict:
    """The figures of one runtime."""
    import numpy as np
    nearness, answers, seen = {}, [], 0
    for folder, images in own.runs:
        feeds = {name: np.load(folder / own.files[name]) for name in opened.inputs}
        found = opened.run(feeds)
        outputs = {name: array for name, array in found.items() if name not in opened.inputs and name in own.files}
        if not outputs:
            fail(f"found the outputs {', '.join(found)}, expected names of ours: {', '.join(own.files)}", DATA_ERROR)
        batch = (next(iter(feeds.values())).shape or (1,))[0]
        for name, theirs in outputs.items():
            ours = np.load(folder / own.files[name])
            if ours.shape == theirs.shape and ours.shape[:1] == (batch,):
                ours, theirs = ours[:images], theirs[:images]
            if name not in nearness:
                nearness[name] = Nearness(name, own.step(name))
            nearness[name].add(ours, theirs)
        for row in range(images if len(outputs) == 1 and ours.shape[:1] == (images,) else 0):
            if 0 <= own.classes[seen + row] == int(np.argmax(ours[row])) - own.offset:
                answers.append(int(np.argmax(theirs[row])) - own.offset)
        seen += images
    figures = {"outputs": [one.figures() for one in nearness.values()]}
    if len(answers) == len(own.classes):  # else the predictions are not the one output's greatest value
        figures["agreement"] = share(answers, own.classes)
        if own.has_labels:
            figures["accuracy"] = share(answers, own.labels)
    return figures


def share(found: list, expected: list) -> float:
    return 100 * sum(one == other for one, other in zip(found, expected)) / max(len(expected), 1)


def print_text(result: dict) -> None:
    print(f"{'runtime':24} {'output':24} {'snr dB':>8} {'within a step':>14} {'same class':>11} {'accuracy':>9}")
    own = result.get("accuracy")
    print(f"{'octavo':24} {'':24} {'':8} {'':14} {'':11} {'' if own is None else f'{own:.2f} %':>9}")
    for one in result["runtimes"]:
        title = f"{one['name']} {one['version']}"
        for output in one["outputs"]:
            snr = "equal" if output["snr_db"] >= MOST_DB else f"{output['snr_db']:.1f}"
            rest = [f"{one[key]:.2f} %" if key in one else "" for key in ("agreement", "accuracy")]
            print(f"{title:24} {output['name'][:24]:24} {snr:>8} {output['within_step']:>12.2f} % {rest[0]:>11} {rest[1]:>9}")
            title = ""
    print(f"\n{result['images']} image{'s' if result['images'] != 1 else ''}; " + "; ".join(f"{one['name']}: {one['settings']}" for one in result["runtimes"]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("run", type=Path)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--points", type=float, default=0.3)
    parser.add_argument("--json", action="store_true")
    a = parser.parse_args()
    engines = a.engines.split(",")
    require(engines)
    config = read_report(a.run)["config"]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        own = Own(a, config, scratch)
        result = {"images": len(own.classes), "runtimes": []}
        for engine in engines:
            opened = open_model(engine, form_for(engine, a.octavo, Path(config["model"]), a.run, scratch), config.get("threads", 0))
            result["runtimes"].append({"name": engine, "version": opened.version, "settings": opened.settings, **compare(opened, own)})
    if own.has_labels and all(one >= 0 for one in own.classes):
        result["accuracy"] = share(own.classes, own.labels)
    print(json.dumps(result)) if a.json else print_text(result)
    apart = [f"{one['name']} has {one['accuracy']:.2f} %" for one in result["runtimes"]
             if "accuracy" in one and abs(one["accuracy"] - result["accuracy"]) > a.points + 1e-9]
    if apart:
        fail(f"{a.run}: on {result['images']} images octavo's accuracy is {result['accuracy']:.2f} %, {', '.join(apart)}; "
             f"expected a difference of at most {a.points:g} points", TARGET_MISSED)
    return 0


if __name__ == "__main__":
    guarded(main)
