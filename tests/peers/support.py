"""What the scripts of tests/peers and tests/bench share: runs of `octavo infer`, comparisons that a shape or a NaN cannot slip through, the
overlap of boxes, and configs, lists and pictures read as Octavo reads them. Needs numpy and Pillow alone. Whoever imports it can import what
`octavo verify` is made of (core/cli/peers), too.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "core/cli/peers"))
DEVICES = ("reference", "onednn")
# Instruction sets: flag of the CPU, what ONEDNN_MAX_CPU_ISA calls it.
ISAS = {"AMX": ("amx_int8", "AVX512_CORE_AMX"), "AVX512_CORE_VNNI": ("avx512_vnni", "AVX512_CORE_VNNI"),
        "AVX512_CORE": ("avx512dq", "AVX512_CORE"), "AVX2": ("avx2", "AVX2"), "SSE41": ("sse4_1", "SSE41")}


def available_isas() -> list[str]:
    """Those that this CPU has, from the last to the first."""
    flags = set(next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags")).split())
    return [isa for isa, (flag, _) in ISAS.items() if flag in flags]


def device_parser(description: str) -> argparse.ArgumentParser:
    """Options of a script that runs OCTAVO on each --device; what `devices` is without one is for the script to say."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("--device", action="append", dest="devices")
    return parser


def as_file_name(tensor: str) -> str:
    """As `octavo infer` calls the file of a tensor."""
    return "".join("_" if c in "/\\:" or c < " " else c for c in tensor)


def infer(octavo: str, model: Path, device: str, feeds: dict, outputs: list, more: list = []) -> list | str:
    """The arrays of the named outputs, or the message where `octavo infer` fails."""
    with tempfile.TemporaryDirectory() as name:
        folder, options = Path(name), list(more)
        for number, (entry, array) in enumerate(feeds.items()):
            np.save(folder / f"{number}.npy", array)
            options += ["--input", f"{entry}={folder / str(number)}.npy"]
        done = subprocess.run([octavo, "infer", model, "--device", device, "--output-dir", folder / "out", *options],
                              capture_output=True, text=True)
        if done.returncode:
            return done.stderr.strip() or f"exit code {done.returncode}"
        return [np.load(folder / "out" / f"{as_file_name(output)}.npy") for output in outputs]


def models_in(places: list) -> list[Path]:
    """The models among files and folders of models; says which files are not there."""
    models = [model for place in map(Path, places) for model in (sorted(place.glob("*.onnx")) if place.is_dir() else [place])]
    for missing in (model for model in models if not model.exists()):
        print(f"{missing}: skipped, './dev models' makes it from ../shared")
    return [model for model in models if model.exists()]


def count_faults(models: list, faults) -> int:
    """How many faults(model, scratch folder) finds in all models; each is said."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for model in models:
            for found in faults(model, Path(folder)):
                failed += 1
                print(f"{model}: {found}", flush=True)
    return failed


def run_parser(description: str) -> argparse.ArgumentParser:
    """Options of a script that compares what `octavo calibrate CONFIG` has written to the folder RUN with our own int8."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("config", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="images of each validation slice")
    return parser


def validation(config: dict, folder: Path, limit: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Preprocessed images and labels of the config's validation slices, `limit` of each (0: all)."""
    pairs = [pair for part in config["validation"] for pair in samples(config, part, folder)[: limit or None]]
    return [preprocess(path, config["preprocess"]) for path, _ in pairs], np.array([label for _, label in pairs])


def own_classes(octavo: str, config: Path, plan: Path, limit: int) -> np.ndarray:
    """Our int8 answers to the same images."""
    with tempfile.TemporaryDirectory() as scratch:
        answers = Path(scratch) / "a.tsv"
        subprocess.run([octavo, "evaluate", config, "--plan", plan, "--quiet", "--answers", answers, *(["--limit", str(limit)] if limit else [])],
                       check=True, stdout=subprocess.DEVNULL)
        return np.array([int(line.split("\t")[1]) for line in answers.read_text().splitlines()[1:]])


def fault(got: np.ndarray, want: np.ndarray, rtol: float, atol: float, equal_nan: bool = False) -> str | None:
    """Says how two arrays differ; None where they are close."""
    if got.shape != want.shape:
        return f"shape {got.shape}, expected {want.shape}"
    if np.allclose(got, want, rtol=rtol, atol=atol, equal_nan=equal_nan):
        return None
    got, want = got.astype(np.float64), want.astype(np.float64)
    return f"differs by {np.abs(got - want).max():.3g}, values up to {np.abs(want).max():.3g}"


def range_share(got: np.ndarray, want: np.ndarray) -> float:
    """The worst difference as a share of the range of `want`; infinite for another shape or a NaN."""
    if got.shape != want.shape:
        return float("inf")
    worst = float(np.abs(got.astype(np.float64) - want).max(initial=0) / max(float(np.ptp(want)) if want.size else 0, 1e-12))
    return float("inf") if np.isnan(worst) else worst


def overlaps(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Intersection over union of one box (left, top, right, bottom) with each of others."""
    sides = np.maximum(np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2]), 0)
    both = sides.prod(1)
    return both / np.maximum((box[2:] - box[:2]).prod() + (boxes[:, 2:] - boxes[:, :2]).prod(1) - both, 1e-12)


def absolute(config: dict, folder: Path) -> dict:
    """A copy of a config that stood in `folder`, to be written elsewhere."""
    config = json.loads(json.dumps(config))
    config["model"] = str((folder / config["model"]).resolve())
    for section in (config["dataset"], config.get("calibration", {}), *config.get("validation", [])):
        for key in {"images", "list", "root"} & section.keys():
            section[key] = str((folder / section[key]).resolve())
    return config


def samples(config: dict, part: dict, folder: Path = Path()) -> list[tuple[Path, int]]:
    """File and label of each image of a slice: the config's `calibration`, or one of `validation`. Images of a VOC tree have label -1."""
    dataset = {**config["dataset"], **part}
    if "root" in dataset:
        root = folder / dataset["root"]
        ids = (root / "ImageSets/Main" / (dataset["set"] + ".txt")).read_text().split()[part.get("skip", 0):]
        return [(root / "JPEGImages" / (name + ".jpg"), -1) for name in ids[: part.get("limit")]]
    rows = [line.rsplit(None, 1) for line in (folder / dataset["list"]).read_text().splitlines() if line.strip()]
    rows = rows[part.get("skip", 0):]
    return [(folder / dataset["images"] / name, int(label)) for name, label in rows[: part.get("limit")]]


def preprocess(path: Path, steps: list) -> np.ndarray:
    """The config's steps in Pillow, as one input with a batch of 1: resize (bilinear), crop (centre), normalize."""
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    for step in steps:
        (name, value), = step.items()
        if name == "resize" and value.keys() == {"shorter_side"}:
            side, (w, h) = value["shorter_side"], image.size
            length = int(max(w, h) * side / min(w, h) + 0.5)
            image = image.resize((side, length) if w <= h else (length, side), Image.BILINEAR)
        elif name == "resize" and value.keys() == {"width", "height"}:
            image = image.resize((value["width"], value["height"]), Image.BILINEAR)
        elif name == "crop":
            height, width = value if isinstance(value, list) else (value, value)
            left, top = (image.width - width) // 2, (image.height - height) // 2
            image = image.crop((left, top, left + width, top + height))
        elif name == "normalize":
            pixels = np.asarray(image, np.float32)
            pixels = pixels[:, :, ::-1] if value.get("order", "RGB") == "BGR" else pixels
            return np.ascontiguousarray(((pixels - np.float32(value["mean"])) * np.float32(value["scale"])).transpose(2, 0, 1)[None])
        else:
            raise SystemExit(f"this preprocessing is not written in Pillow here: {step}")
    raise SystemExit("the config's preprocessing does not end with normalize")
