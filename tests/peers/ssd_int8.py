"""The two SSD topologies in int8: class scores before softmax, and places, beside fp32 on photographs that calibration has not seen.

Their weights are random, so noise grows layer by layer (docs/detection.md): the convolutions in front that cost most stay in floating point,
everything behind them and all heads are int8. Beside it stands what fp32 itself makes of pixels that are half a grey level off.

usage: ssd_int8.py OCTAVO
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from support import absolute, infer, preprocess, samples

CONFIGS = Path("configs/topologies")
NETWORKS = {  # patterns of what stays in floating point, and the share of the multiply-adds that must be int8
    "ssd-mobilenet-v1": (["conv[0-8](/.*)?"], 0.47),
    "ssd300-vgg16": (["conv1_[12]"], 0.88),
}
CALIBRATION, PHOTOGRAPHS = 24, 8
LEAST_COSINE = 0.99  # mean over photographs, of all scores or all places of one, as they are


def cosine(got: np.ndarray, want: np.ndarray) -> float:
    got, want = (array.reshape(len(array), -1).astype(np.float64) for array in (got, want))
    return float(np.mean((got * want).sum(1) / np.sqrt((got**2).sum(1) * (want**2).sum(1))))


def calibrated(octavo: str, config: dict, ignored: list, scratch: Path) -> tuple[Path, float]:
    """A plan with all in int8 but the ignored operators, and the share of the multiply-adds that is."""
    path, run = scratch / "config.json", scratch / "run"
    path.write_text(json.dumps({**config, "ignore": {"patterns": ignored}, "output": str(run)}))
    subprocess.run([octavo, "calibrate", path, "--quiet", "--limit", str(CALIBRATION)], check=True, stdout=subprocess.DEVNULL)
    return run / "plan.json", json.loads((run / "report.json").read_text())["int8_share"]["multiply_adds"]


def outputs(octavo: str, config: dict, x: np.ndarray, *more) -> list:
    found = infer(octavo, config["model"], "onednn", {"data": x}, ["conf", "loc"], list(more))
    if isinstance(found, str):
        raise SystemExit(f"{config['model']}: {found}")
    return found


def disturbed(x: np.ndarray, config: dict) -> np.ndarray:
    """Every pixel up to half a grey level off."""
    level = np.float32(config["preprocess"][-1]["normalize"]["scale"][0])
    return x + level * np.random.default_rng(1).uniform(-0.5, 0.5, x.shape).astype(np.float32)


def main() -> int:
    octavo, failed = sys.argv[1], False
    for name, (ignored, least_share) in NETWORKS.items():
        config = absolute(json.loads((CONFIGS / f"{name}.json").read_text()), CONFIGS)
        if not Path(config["model"]).exists() or not Path(config["dataset"]["root"]).exists():
            print(f"skipped: {name} or its photographs are not there ('./dev models' makes them from ../shared)")
            return 77
        pictures = samples(config, config["validation"][0])[:PHOTOGRAPHS]
        x = np.concatenate([preprocess(path, config["preprocess"]) for path, _ in pictures])
        with tempfile.TemporaryDirectory() as scratch:
            plan, share = calibrated(octavo, config, ignored, Path(scratch))
            want = outputs(octavo, config, x)
            int8 = list(map(cosine, outputs(octavo, config, x, "--plan", plan), want))
            off = list(map(cosine, outputs(octavo, config, disturbed(x, config)), want))
        good = min(int8) >= LEAST_COSINE and share >= least_share
        failed |= not good
        print(f"{name:18} {100 * share:.1f} % in int8, cosine of scores {int8[0]:.4f}, of places {int8[1]:.4f}; fp32 with pixels half a grey level "
              f"off {off[0]:.4f}, {off[1]:.4f}{'' if good else '  <- too far'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
