"""Answers of networks in int8 on each instruction set that this CPU can be held to. Integer sums are the same on all; operators in floating
point may differ in their last bits, which must not change more than one answer in a hundred.

usage: instruction_sets.py OCTAVO LIMIT CONFIG...    LIMIT: images of each validation slice, 0: all
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from support import ISAS, absolute, available_isas, own_classes

LEAST_AGREEMENT = 0.99
CALIBRATION = 50


def main() -> int:
    octavo, limit, configs = sys.argv[1], int(sys.argv[2]), [Path(name) for name in sys.argv[3:]]
    isas, failed = available_isas(), False
    if len(isas) < 2:
        print("skipped: this CPU has one instruction set that there are kernels for")
        return 77
    for path in configs:
        config = absolute(json.loads(path.read_text()), path.parent)
        for needed in (config["model"], config["dataset"]["images"]):
            if not Path(needed).exists():
                print(f"skipped: {needed} is not there ('./dev models' makes models from ../shared)")
                return 77
        with tempfile.TemporaryDirectory() as scratch:
            whole, run = Path(scratch) / "config.json", Path(scratch) / "run"
            whole.write_text(json.dumps({**config, "objective": "int8", "validation": [{**config["validation"][0], "limit": 1}], "output": str(run)}))
            subprocess.run([octavo, "calibrate", whole, "--quiet", "--limit", str(CALIBRATION)], check=True, stdout=subprocess.DEVNULL)
            answers = {}
            for isa in isas:
                os.environ["ONEDNN_MAX_CPU_ISA"] = ISAS[isa][1]
                answers[isa] = own_classes(octavo, path, run / "plan.json", limit)
            del os.environ["ONEDNN_MAX_CPU_ISA"]
        first = answers[isas[0]]
        shares = {isa: float((first == answers[isa]).mean()) for isa in isas[1:]}
        failed |= min(shares.values()) < LEAST_AGREEMENT
        print(f"{path.stem:20} {len(first)} images, as on {isas[0]}: " + ", ".join(f"{isa} {100 * x:.2f} %" for isa, x in shares.items()), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
