#!/usr/bin/env python3
"""Quantization algorithms beside each other on real networks: ratio at the outputs, changed answers, points lost, seconds.

    python algorithms.py OCTAVO CONFIG... [--algorithms percentile,bias_correction mse,bias_correction ...] [--judge calibration|all]
                         [--folds 1] [--keep 240]

Each cell is one run of `octavo calibrate CONFIG --algorithm LIST`, or the mean of several that each leave out other images of the
calibration slice (--folds 5 --keep 240). Judged on the config's validation slices (`all`), or only on those that read the calibration list
(`calibration`: what a default may be chosen by). Prints Markdown; nothing is written beside the configs.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "peers"))
from support import absolute

DEFAULT = ["minmax,", "minmax,bias_correction", "percentile,bias_correction", "entropy,bias_correction", "mse,bias_correction"]


def name_list(part: dict, data: dict) -> None:
    """In place of a VOC tree's set its list, which may be cut."""
    if "set" in part:
        part["list"] = str(Path(data["root"]) / "ImageSets/Main" / (part.pop("set") + ".txt"))


def folded(config: dict, folder: Path, fold: int, folds: int, keep: int, work: Path) -> dict:
    """The config with absolute paths, its calibration slice without the images of this fold."""
    config = absolute(config, folder)
    if folds > 1:
        slice_, data = config.get("calibration", {}), config["dataset"]
        name_list(data, data)
        lines = Path(data["list"]).read_text().splitlines()
        lines = lines[slice_.get("skip", 0):][:slice_.get("limit", len(lines))]
        left_out = len(lines) - keep
        first = fold * left_out % len(lines)
        kept = [line for i, line in enumerate(lines) if (i - first) % len(lines) >= left_out]
        path = work / f"fold{fold}.txt"
        path.write_text("\n".join(kept) + "\n")
        # the validation slices keep their list
        for part in config["validation"]:
            name_list(part, data)
            part.setdefault("list", data["list"])
        data["list"] = str(path)
        config["calibration"] = {}
    return config


def run(octavo: str, config: dict, algorithm: str | None, work: Path) -> dict:
    path = work / "config.json"
    path.write_text(json.dumps(config))
    command = [octavo, "calibrate", str(path), "--json", "--quiet", "--output", str(work / "run")]
    command += ["--algorithm", algorithm] if algorithm else []
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 5):
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    report = json.loads(done.stdout)
    seconds = report["seconds"]
    drops = report["accuracy"]["drop"]
    return {"snr": report["fidelity"]["snr_db"], "changed": report["fidelity"]["changed"] or 0, "lost": drops[sorted(drops)[0]],
            "seconds": seconds["load"] + seconds["calibrate"] + seconds.get("quantize", 0) + seconds["export"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octavo")
    parser.add_argument("configs", nargs="+", type=Path)
    parser.add_argument("--algorithms", nargs="+", default=DEFAULT)
    parser.add_argument("--judge", choices=["calibration", "all"], default="all")
    parser.add_argument("--folds", type=int, default=1)
    parser.add_argument("--keep", type=int, default=240)
    options = parser.parse_args()
    print("| network | algorithms | ratio, dB | changed answers | points lost | seconds |\n|---|---|---:|---:|---:|---:|")
    for path in options.configs:
        config = json.loads(path.read_text())
        if options.judge == "calibration":
            key = "set" if "set" in config["dataset"] else "list"
            own = config["dataset"][key]
            config["validation"] = [part for part in config["validation"] if part.get(key, own) == own]
        for algorithm in options.algorithms:
            cells = []
            for fold in range(options.folds):
                with tempfile.TemporaryDirectory() as work:
                    made = folded(config, path.resolve().parent, fold, options.folds, options.keep, Path(work))
                    cells.append(run(options.octavo, made, None if algorithm == "default" else algorithm, Path(work)))
            mean = {key: sum(cell[key] for cell in cells) / len(cells) for key in cells[0]}
            print(f"| {path.stem} | {algorithm} | {mean['snr']:.1f} | {mean['changed']:.1f} | {mean['lost']:.2f} | {mean['seconds']:.1f} |",
                  flush=True)


if __name__ == "__main__":
    main()
