#!/usr/bin/env python3
"""fp32 accuracy of the real classifiers against what ../shared/models/real/reference.json says, list by list.

    python reference_accuracy.py OCTAVO [--only NAME] [--held-out] [--runs build/runs] [--limit 0.2]

Uses configs/real/NAME.json with the list in place of the validation slices. --held-out adds images/imagenet-val, --runs the int8
figures of the plans in that folder beside.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
LISTS = {"calibration": ("imagenet", "calibration.txt"), "validation": ("imagenet", "validation.txt"), "held_out": ("imagenet-val", "validation.txt")}


def measure(octavo: str, name: str, images: str, listed: str, plan: Path | None = None) -> dict:
    config = json.loads((ROOT / "configs/real" / f"{name}.json").read_text())
    config["model"] = str(ROOT / "build/models/real" / f"{name}.onnx")
    folder = SHARED / "images" / images
    config["dataset"].update(images=str(folder), list=str(folder / listed))
    config["validation"] = [{}]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "config.json"
        path.write_text(json.dumps({**config, "output": scratch}))
        by_plan = ["--plan", str(plan)] if plan else []
        done = subprocess.run([octavo, "evaluate", str(path), "--quiet", "--json", *by_plan], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)["figures"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("--only")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--runs", type=Path)
    parser.add_argument("--limit", type=float, default=0.2, help="points: one image of a list of 500")
    a = parser.parse_args()
    reference = SHARED / "models/real/reference.json"
    if not reference.exists():
        print("skipped: no ../shared")
        return 77
    failed = False
    classifiers = json.loads(reference.read_text())["classifiers"]
    for name in [a.only] if a.only else classifiers:
        entry = classifiers[name]
        for key, (images, listed) in LISTS.items():
            if key == "held_out" and not a.held_out:
                continue
            got, want = measure(a.octavo, name, images, listed), entry["fp32"][key]
            good = all(abs(got[k] - want[k]) <= a.limit + 1e-9 for k in ("top1", "top5"))
            failed |= not good
            int8 = measure(a.octavo, name, images, listed, a.runs / name / "plan.json")["top1"] if a.runs else None
            print(f"{name:20} {key:12} top-1 {got['top1']:6.2f} ({want['top1']:6.2f})  top-5 {got['top5']:6.2f} ({want['top5']:6.2f})"
                  f"{'' if int8 is None else f'  int8 top-1 {int8:6.2f}'}"
                  f"{'' if good else '  <- differs'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
