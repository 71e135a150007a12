#!/usr/bin/env python3
"""Decoding and preprocessing against Pillow and OpenCV: within 1 of 255 at every pixel, nearest and bilinear to the last bit.

    python preprocess.py OCTAVO [--photographs N]

Every resize method and the letterbox, over photographs of the quickstart, and of ../shared/images where that is there, with the odd files
among them. What enters the network is read through `octavo infer` with a model of one Relu, which keeps pixels as they are.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared/images"
FILTERS = {
    "pillow": {name: getattr(Image.Resampling, name.upper()) for name in ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")},
    "opencv": {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA},
}


def resized(picture: np.ndarray, width: int, height: int, library: str, name: str) -> np.ndarray:
    method = FILTERS[library][name]
    if library == "pillow":
        return np.asarray(Image.fromarray(picture).resize((width, height), method))
    return cv2.resize(picture, (width, height), interpolation=method)


def letterboxed(picture: np.ndarray, width: int, height: int, fill: list, central: bool, half: float, library: str, name: str) -> np.ndarray:
    scale = min(width / picture.shape[1], height / picture.shape[0])
    inner = resized(picture, *(int(side * scale + half) for side in (picture.shape[1], picture.shape[0])), library, name)
    target = np.full((height, width, 3), fill, np.uint8)
    top, left = ((height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2) if central else (0, 0)
    target[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return target


def write_model(path: Path, width: int, height: int) -> None:
    shape = [1, 3, height, width]
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    ports = [[helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)] for name in "xy"]
    graph = helper.make_graph(nodes, "pixels", *ports)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


def pixels(octavo: str, folder: Path, file: Path, steps: list, width: int, height: int) -> np.ndarray:
    folder.mkdir()
    write_model(folder / "model.onnx", width, height)
    config = {"model": "model.onnx", "dataset": {"plugin": "imagenet", "images": "."}, "preprocess": steps, "device": "reference"}
    (folder / "config.json").write_text(json.dumps(config))
    subprocess.run([octavo, "infer", str(folder / "model.onnx"), "--config", str(folder / "config.json"), "--image", str(file),
                    "--output-dir", str(folder)], check=True)
    return np.load(folder / "y.npy")[0].transpose(1, 2, 0)


def cases(photographs: list, odd: list):
    """Yields (title, file, steps, expected pixels)."""
    for file in odd + photographs:
        pillow = np.asarray(ImageOps.exif_transpose(Image.open(file)).convert("RGB"))
        yield "decoded, Pillow", file, [], pillow
        yield "decoded, OpenCV", file, [], cv2.imread(str(file))[:, :, ::-1]
    methods = [(library, name) for library, names in FILTERS.items() for name in names]
    for number, file in enumerate(photographs):
        picture = np.asarray(ImageOps.exif_transpose(Image.open(file)).convert("RGB"))
        for i, (library, name) in enumerate(methods):
            width, height = [(224, 224), (320, 256), (640, 600), (picture.shape[1] // 2, picture.shape[0] // 2)][(number + i) % 4]
            method = {"library": library, "filter": name}
            expected = resized(picture, width, height, library, name)
            yield f"resize, {library} {name}", file, [{"resize": {"width": width, "height": height, **method}}], expected
        library, name = methods[number % len(methods)]
        place = ["centre", "top_left"][number % 2]
        round_, half = [("nearest", 0.5), ("down", 1e-6)][number % 2]
        box = {"width": 416, "height": 352, "fill": [1, 2, 3], "place": place, "round": round_, "library": library, "filter": name}
        expected = letterboxed(picture, 416, 352, [1, 2, 3], number % 2 == 0, half, library, name)
        yield f"letterbox, {library} {name}", file, [{"letterbox": box}], expected
        height, width = picture.shape[:2]
        size = (256, (512 * height + width) // (2 * width)) if width <= height else ((512 * width + height) // (2 * height), 256)
        left, top = (size[0] - 224) // 2, (size[1] - 224) // 2
        expected = resized(picture, *size, "pillow", "bilinear")[top : top + 224, left : left + 224]
        yield "shorter side 256, crop 224", file, [{"resize": {"shorter_side": 256}}, {"crop": 224}], expected


def allowed(title: str) -> int:
    """What docs/images.md promises."""
    return 0 if title.endswith((" nearest", " bilinear", "crop 224")) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("--photographs", type=int, default=2, help="of each folder")
    arguments = parser.parse_args()
    photographs, odd = sorted((ROOT / "configs/quickstart/images").rglob("*.jpg"))[: arguments.photographs], []
    if SHARED.exists():
        photographs += sorted((SHARED / "imagenet").glob("*.jpg"))[: arguments.photographs]
        refused = ("empty", "text", "truncated")
        odd = [file for file in sorted((SHARED / "odd").iterdir()) if not any(word in file.name for word in refused)]
        odd += [SHARED / "imagenet" / name for name in ("n02951585.jpg", "n03804744.jpg", "n02783161.jpg", "n04442312.jpg")]
    else:
        print("no ../shared: photographs of the quickstart alone")
    worst, differing, values = {}, {}, {}
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(2) as pool:

        def difference(numbered):
            number, (title, file, steps, expected) = numbered
            ours = pixels(arguments.octavo, Path(scratch) / str(number), file, steps, expected.shape[1], expected.shape[0])
            return title, file, np.abs(ours - expected.astype(np.float32))

        for title, file, gap in pool.map(difference, enumerate(cases(photographs, odd))):
            worst[title] = max(worst.get(title, 0), gap.max())
            differing[title] = differing.get(title, 0) + int((gap > 0).sum())
            values[title] = values.get(title, 0) + gap.size
            if gap.max() > allowed(title):
                print(f"{file}: {title}: differs by {gap.max():.0f}")
    for title in worst:
        print(f"{title:32} at most {worst[title]:.0f}, {100 * differing[title] / values[title]:.4f} % of {values[title]} values differ")
    return int(any(gap > allowed(title) for title, gap in worst.items()))


if __name__ == "__main__":
    sys.exit(main())
