#!/usr/bin/env python3
"""octavo verify on runs: both runtimes agree with our int8, and what must be refused is refused.

    python verify.py OCTAVO RUN DETECTOR_RUN

The runs are output folders of `octavo calibrate`, of a classifier with labels and of a detector with boxes. As they are they must pass;
beside a plan whose grids are coarser than those of the exported model verify must end with exit code 5; without a report, or with a runtime
that nobody knows, with a sentence and exit code 2.
"""
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PEERS = Path(__file__).resolve().parents[2] / "core/cli/peers"


def verify(octavo: str, run: Path, *options: str) -> subprocess.CompletedProcess:
    return subprocess.run([octavo, "verify", run, "--python", sys.executable, *options], capture_output=True, text=True)


def agreement_faults(octavo: str, run: Path, principal: str, has_classes: bool, most: float) -> list[str]:
    done = verify(octavo, run, "--json", "--points", str(most))
    if done.returncode:
        return [f"exit code {done.returncode}: {done.stderr}"]
    result, faults = json.loads(done.stdout), []
    print(done.stdout, end="")
    report = json.loads((run / "report.json").read_text())["accuracy"]
    figures = result["figures"]
    if result["images"] != report["images"] or any(abs(figures[name] - value) > 1e-3 for name, value in report["int8"].items()):
        faults.append("octavo's figures are not the report's")
    if result["principal"] != principal or result["accuracy"] != figures[principal]:
        faults.append(f"octavo's accuracy is {result['accuracy']}, expected its {principal}")
    if [one["name"] for one in result["runtimes"]] != ["onnxruntime", "openvino"]:
        faults.append("expected two runtimes")
    for one in result["runtimes"]:
        for output in one["outputs"]:
            if output["snr_db"] < 25 or output["within_step"] < 90:
                faults.append(f"{one['name']}: {output} is far from ours")
        if one["figures"].keys() != figures.keys() or one["accuracy"] != one["figures"][principal]:
            faults.append(f"{one['name']}: has other figures")
        if ("agreement" in one) != has_classes or one.get("agreement", 100) < 99 or abs(one["accuracy"] - result["accuracy"]) > most:
            faults.append(f"{one['name']}: answers differ")
    return faults


def text_faults(octavo: str, run: Path) -> list[str]:
    """A figure stands beside the first output of each runtime, and of octavo."""
    done = verify(octavo, run, "--limit", "20", "--points", "10")  # so few move by points
    head, *rows = done.stdout.split("\n\n")[0].split("\n")
    rows = [row for row in rows if not row.startswith(" ")]
    if done.returncode or not head.endswith(" map_voc07") or len(rows) != 3 or any(not row.endswith(" %") or len(row) != len(head) for row in rows):
        return [f"exit code {done.returncode}, found {done.stdout}{done.stderr}, expected a map_voc07 of three programs"]
    return []


def no_metric_faults(octavo: str, run: Path) -> list[str]:
    """Classes are compared without a metric, and nothing is called an accuracy."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "run"
        shutil.copytree(run, bare)
        report = json.loads((bare / "report.json").read_text())
        for key in ("metric", "target"):
            report["config"].pop(key, None)
        (bare / "report.json").write_text(json.dumps(report))
        done = verify(octavo, bare, "--limit", "20", "--engines", "onnxruntime", "--json")
        text = verify(octavo, bare, "--limit", "20", "--engines", "onnxruntime")
    result = json.loads(done.stdout or "{}")
    if done.returncode or {"figures", "accuracy"} & (result.keys() | result["runtimes"][0].keys()) or result["runtimes"][0]["agreement"] < 90:
        return [f"without a metric: exit code {done.returncode}, found {done.stdout}{done.stderr}"]
    return [] if text.returncode == 0 and text.stdout.split("\n")[0].endswith("accuracy") else [f"without a metric: {text.stdout}{text.stderr}"]


def rule_faults() -> list[str]:
    """What counts as points apart: percentages, fractions, and nothing else."""
    place = importlib.util.spec_from_file_location("octavo_verify", PEERS / "verify.py")
    script = importlib.util.module_from_spec(place)
    sys.path.insert(0, str(PEERS))
    place.loader.exec_module(script)
    cases = [((90.0, 89.0, "%"), 1.0), ((0.5, 0.6, "%"), 0.1), ((0.90, 0.89, ""), 1.0), ((0.9, 7.0, ""), 0.0), ((0.9, 0.8, "px"), 0.0),
             ((None, None, "%"), 0.0), ((None, 1.0, "%"), float("inf"))]
    return [f"points_apart{given}: found {script.points_apart(*given)}, expected {expected}" for given, expected in cases
            if script.points_apart(*given) != expected and abs(script.points_apart(*given) - expected) > 1e-9]


def spoil(run: Path, folder: Path) -> Path:
    """A copy of the run whose plan has grids far coarser than its model."""
    spoilt = folder / "run"
    shutil.copytree(run, spoilt)
    plan = json.loads((spoilt / "plan.json").read_text())
    for grids in plan["tensors"].values():
        if "whole" in grids:
            grids["whole"]["scale"] *= 40
    (spoilt / "plan.json").write_text(json.dumps(plan))
    return spoilt


def too_far_faults(octavo: str, detector: Path) -> list[str]:
    """The target is judged by whatever figure the metric says."""
    with tempfile.TemporaryDirectory() as folder:
        done = verify(octavo, spoil(detector, Path(folder)), "--limit", "40", "--engines", "onnxruntime")
    said = "octavo's map_voc07 is "
    return [] if done.returncode == 5 and said in done.stderr else [f"exit code {done.returncode}, expected 5 and '{said}': {done.stderr}"]


def refusal_faults(octavo: str, run: Path) -> list[str]:
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        spoilt = spoil(run, Path(folder))
        broken = {"no_json": "{", "list": "[1]", "no_config": "{}", "no_model": '{"config": {"model": 3}}', "config_is_text": '{"config": "x"}'}
        for name, text in broken.items():
            (Path(folder) / name).mkdir()
            (Path(folder) / name / "report.json").write_text(text)
        undone = Path(folder) / "undone"  # its model is none
        shutil.copytree(run, undone)
        (undone / "model.qdq.onnx").write_text("no model")
        cases = [*((Path(folder) / name, (), 2, "expected the output folder of 'octavo calibrate'") for name in broken),
                 (undone, ("--limit", "2", "--engines", "onnxruntime"), 3, "model.qdq.onnx: onnxruntime cannot load it: "),
                 (spoilt, ("--limit", "200", "--engines", "onnxruntime"), 5, "expected a difference of at most 0.3 points"),
                 (Path(folder), (), 2, "expected the output folder of 'octavo calibrate'"),
                 (run, ("--engines", "onnxruntim"), 2, "expected some of onnxruntime, openvino, did you mean 'onnxruntime'?")]
        for where, options, code, sentence in cases:
            done = verify(octavo, where, *options)
            said = done.stderr.strip().split("\n")[-1]
            if done.returncode != code or sentence not in said or "Error:" in said.replace("octavo: error:", "") or "Traceback" in done.stderr:
                faults.append(f"{options}: exit code {done.returncode}, expected {code} and '{sentence}': {done.stderr}")
    return faults


def main() -> int:
    octavo, run, detector = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    faults = [*agreement_faults(octavo, run, "top1", has_classes=True, most=0.3),
              *agreement_faults(octavo, detector, "map_voc07", has_classes=False, most=1.0),
              *text_faults(octavo, detector), *no_metric_faults(octavo, run), *rule_faults(),
              *refusal_faults(octavo, run), *too_far_faults(octavo, detector)]
    for fault in faults:
        print(fault)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
