#!/usr/bin/env python3
"""The exported models of a run in ONNX Runtime and OpenVINO, beside Octavo's integer kernels on the very same arrays (octavo verify).

    verify.py OCTAVO RUN [--limit N] [--engines onnxruntime,openvino] [--points 0.3] [--json]

`octavo evaluate` preprocesses the validation images of the run's config and keeps inputs and outputs; the others get these inputs, and it
judges what they give. For each output: the ratio of ours to the difference (dB, both less their mean over an image), and the share of values
that differ by at most one step of an 8-bit grid over what ours span. Where predictions are class scores: how often the class is the same.
With a metric: its figures of each. Exit code 5 where its principal figure is a percentage, or a fraction, that differs by more than --points.
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


class Judge:
    """`octavo evaluate` with the run's config, one image at a time."""

    def __init__(self, a, config: dict, scratch: Path):
        self.config, self.answers = scratch / "config.json", scratch / "answers.tsv"
        self.config.write_text(json.dumps({**config, "batch": 1}))
        self.command = [a.octavo, "evaluate", self.config, "--quiet", "--json", "--answers", self.answers,
                        *(["--limit", str(a.limit)] if a.limit else [])]

    def __call__(self, *options) -> tuple[dict, list]:
        """What it says, and the class of each image (-1: none); no classes of boxes."""
        done = subprocess.run([*self.command, *options], stdout=subprocess.PIPE)
        if done.returncode:
            sys.exit(done.returncode)
        head, *rows = [line.split("\t") for line in self.answers.read_text().splitlines()]
        return json.loads(done.stdout), [int(row[1]) for row in rows] if head == ["id", "class", "score", "label"] else []


class Own:
    """What our int8 has read and written: folders of arrays, one a run of the model, with the images in each."""

    def __init__(self, judge: Judge, run: Path, folder: Path):
        self.judged, self.classes = judge("--plan", run / "plan.json", "--arrays", folder)
        index = json.loads((folder / "arrays.json").read_text())
        self.files, self.images = index["files"], index["images"]
        self.runs = [(folder / str(number), count) for number, count in enumerate(self.images)]

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
        self.is_comparable = True  # NonMaxSuppression may find more or fewer boxes than ours

    def add(self, ours, theirs) -> None:
        ours, theirs = ours.astype("float64"), theirs.astype("float64")
        self.is_comparable = self.is_comparable and ours.shape == theirs.shape
        if not self.is_comparable or not ours.size:
            return
        self.signal += energy(ours)
        self.noise += energy(theirs - ours)
        self.near += int((abs(theirs - ours) <= self.step).sum())
        self.values += ours.size

    def figures(self) -> dict:
        import numpy as np
        if not self.is_comparable:
            return {"name": self.output, "snr_db": None, "within_step": None}
        ratio = MOST_DB if self.noise <= 0 else 10 * np.log10(self.signal / self.noise) if self.signal > 0 else 0.0
        return {"name": self.output, "snr_db": round(float(min(ratio, MOST_DB)), 2), "within_step": 100 * self.near / max(self.values, 1)}


def compare(opened, own: Own, written: Path) -> list:
    """The figures of each output of one runtime. What it gives is written as `octavo evaluate --outputs` reads it."""
    import numpy as np
    nearness, files = {}, {}
    for number, (folder, images) in enumerate(own.runs):
        feeds = {name: np.load(folder / own.files[name]) for name in opened.inputs}
        found = {name: array for name, array in opened.run(feeds).items() if name in own.files}
        if not found.keys() - opened.inputs.keys():
            fail(f"found no output of one of our names, expected some of {', '.join(own.files)}", DATA_ERROR)
        batch = (next(iter(feeds.values())).shape or (1,))[0]
        (written / str(number)).mkdir(parents=True)
        for name, theirs in found.items():
            ours, files[name] = np.load(folder / own.files[name]), own.files[name]
            np.save(written / str(number) / files[name], theirs.astype(ours.dtype, order="C"))
            if name in opened.inputs:
                continue
            if ours.shape == theirs.shape and ours.shape[:1] == (batch,):
                ours, theirs = ours[:images], theirs[:images]
            if name not in nearness:
                nearness[name] = Nearness(name, own.step(name))
            nearness[name].add(ours, theirs)
    (written / "arrays.json").write_text(json.dumps({"files": files, "images": own.images}))
    return [one.figures() for one in nearness.values()]


def share(found: list, expected: list) -> float:
    return 100 * sum(one == other for one, other in zip(found, expected)) / max(len(expected), 1)


def figures_of(judged: dict, main: str | None) -> dict:
    """Empty without a metric; the accuracy is the main figure."""
    return {"figures": judged["figures"], "accuracy": judged["figures"][main]} if main else {}


def shown(value: float | None, unit: str) -> str:
    return "none" if value is None else f"{value:.2f} %" if unit == "%" else f"{value:.4f} {unit}".strip()


def points_apart(ours: float | None, theirs: float | None, unit: str) -> float:
    """Hundredths of a whole; 0 where the figure is no share of one."""
    if ours is None or theirs is None:
        return 0.0 if ours is theirs else float("inf")
    is_fraction = not unit and 0 <= min(ours, theirs) and max(ours, theirs) <= 1
    return abs(ours - theirs) * (1 if unit == "%" else 100 if is_fraction else 0)


def print_text(result: dict, main: str | None, unit: str) -> None:
    title, accuracy = main or "accuracy", lambda one: shown(one["accuracy"], unit) if main else ""
    width = max(9, len(title))
    print(f"{'runtime':24} {'output':24} {'snr dB':>8} {'within a step':>14} {'same class':>11} {title:>{width}}")
    print(f"{'octavo':24} {'':24} {'':8} {'':14} {'':11} {accuracy(result):>{width}}")
    for one in result["runtimes"]:
        rest = f"{one['agreement']:.2f} %" if "agreement" in one else ""
        begin, end = f"{one['name']} {one['version']}", f"{rest:>11} {accuracy(one):>{width}}"
        for output in one["outputs"]:
            snr, near = output["snr_db"], output["within_step"]
            told = f"{'equal' if snr >= MOST_DB else f'{snr:.1f}':>8} {near:>12.2f} %" if snr is not None else f"{'other sizes':>23}"
            print(f"{begin:24} {output['name'][:24]:24} {told} {end}".rstrip())
            begin = end = ""
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
        judge = Judge(a, config, scratch)
        own = Own(judge, a.run, scratch / "arrays")
        main_figure = own.judged["principal"] or next(iter(own.judged["figures"]), None)
        unit = own.judged["units"].get(main_figure, "")
        result = {"images": sum(own.images), "runtimes": [], **figures_of(own.judged, main_figure)}
        if main_figure:
            result.update(principal=main_figure, units=own.judged["units"])
        for engine in engines:
            opened = open_model(engine, form_for(engine, a.octavo, Path(config["model"]), a.run, scratch), config.get("threads", 0))
            one = {"name": engine, "version": opened.version, "settings": opened.settings, "outputs": compare(opened, own, scratch / engine)}
            judged, classes = judge("--outputs", scratch / engine)
            if own.classes and min(own.classes) >= 0:
                one["agreement"] = share(classes, own.classes)
            result["runtimes"].append({**one, **figures_of(judged, main_figure)})
    print(json.dumps(result)) if a.json else print_text(result, main_figure, unit)
    apart = [f"{one['name']} has {shown(one['accuracy'], unit)}" for one in result["runtimes"]
             if main_figure and points_apart(result["accuracy"], one["accuracy"], unit) > a.points + 1e-9]
    if apart:
        fail(f"{a.run}: on {result['images']} images octavo's {main_figure} is {shown(result['accuracy'], unit)}, {', '.join(apart)}; "
             f"expected a difference of at most {a.points:g} points", TARGET_MISSED)
    return 0


if __name__ == "__main__":
    guarded(main)
