#!/usr/bin/env python3
"""octavo verify on a run: both runtimes agree with our int8, and what must be refused is refused.

    python verify.py OCTAVO RUN

RUN is the output folder of `octavo calibrate` with labels. The run as it is must pass; beside a plan whose grids are coarser than those
of the exported model it must end with exit code 5; without a report, or with a runtime that nobody knows, with a sentence and exit code 2.
"""
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def verify(octavo: str, run: Path, *options: str) -> subprocess.CompletedProcess:
    return subprocess.run([octavo, "verify", run, "--python", sys.executable, *options], capture_output=True, text=True)


def agreement_faults(octavo: str, run: Path) -> list[str]:
    done = verify(octavo, run, "--json")
    if done.returncode:
        return [f"exit code {done.returncode}: {done.stderr}"]
    result, faults = json.loads(done.stdout), []
    print(done.stdout, end="")
    report = json.loads((run / "report.json").read_text())["accuracy"]
    if result["images"] != report["images"] or abs(result["accuracy"] - report["int8"]["top1"]) > 1e-3:
        faults.append("octavo's accuracy is not the report's")
    if [one["name"] for one in result["runtimes"]] != ["onnxruntime", "openvino"]:
        faults.append("expected two runtimes")
    for one in result["runtimes"]:
        for output in one["outputs"]:
            if output["snr_db"] < 25 or output["within_step"] < 90:
                faults.append(f"{one['name']}: {output} is far from ours")
        if one["agreement"] < 99 or abs(one["accuracy"] - result["accuracy"]) > 0.3:
            faults.append(f"{one['name']}: answers differ")
    return faults


def refusal_faults(octavo: str, run: Path) -> list[str]:
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        spoilt = Path(folder) / "run"
        shutil.copytree(run, spoilt)
        plan = json.loads((spoilt / "plan.json").read_text())
        for grids in plan["tensors"].values():
            if "whole" in grids:
                grids["whole"]["scale"] *= 40
        (spoilt / "plan.json").write_text(json.dumps(plan))
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
    octavo, run = sys.argv[1], Path(sys.argv[2])
    faults = agreement_faults(octavo, run) + refusal_faults(octavo, run)
    for fault in faults:
        print(fault)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
