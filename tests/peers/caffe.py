"""Caffe models beside their ONNX twins on photographs: our outputs, and what octavo convert makes of them in ONNX Runtime and in OpenVINO.

usage: caffe.py OCTAVO FOLDER IMAGES
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import openvino as ov
from PIL import Image

from support import infer, range_share

MOST_DIFFERENCE = 1e-4  # of an output's range
PHOTOGRAPHS = 8


def face_detector(pixels):
    return (pixels - 127) / 128


def darknet(pixels):
    return pixels[:, :, ::-1] / 255


# Network, how pixels become its input, its input, and each output with that of the twin.
NETWORKS = [
    ("ultraface-rfb-320", face_detector, "input", {"scores": "scores", "boxes": "boxes"}),
    ("yoloface-500k-v2", darknet, "data",
     {"layer71-conv": "convolutional_70", "layer83-conv": "convolutional_82", "layer95-conv": "convolutional_94"}),
]


def session_of(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def photographs(folder: Path, prepare, height: int, width: int) -> np.ndarray:
    files = sorted(folder.glob("*.jpg"))[:PHOTOGRAPHS]
    pictures = [np.asarray(Image.open(file).convert("RGB").resize((width, height)), np.float32) for file in files]
    return np.ascontiguousarray(np.stack([prepare(picture).transpose(2, 0, 1) for picture in pictures]), np.float32)


def forms(octavo: str, model: Path, entry: str, x: np.ndarray, names: list, scratch: Path):
    """(what ran, its outputs or a message): the model itself by both names, one photograph alone and all in a batch, and its conversions."""
    for suffix in (".prototxt", ".caffemodel"):
        yield suffix, x[:1], infer(octavo, model.with_suffix(suffix), "onednn", {entry: x[:1]}, names)
    yield "batch", x, infer(octavo, model.with_suffix(".prototxt"), "onednn", {entry: x}, names)
    for suffix in (".onnx", ".xml"):
        written = scratch / f"{model.name}{suffix}"
        done = subprocess.run([octavo, "convert", model.with_suffix(".prototxt"), written, "--device", "onednn"], capture_output=True, text=True)
        if done.returncode:
            yield suffix, x, done.stderr.strip()
        elif suffix == ".onnx":
            yield "ONNX Runtime", x, session_of(written).run(names, {entry: x})
        else:
            compiled = ov.Core().compile_model(written, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
            outputs = compiled({entry: x})
            yield "OpenVINO", x, [outputs[name] for name in names]


def faults(octavo: str, model: Path, prepare, entry: str, outputs: dict, images: Path, scratch: Path) -> list:
    twin = session_of(model.with_suffix(".onnx"))
    own = twin.get_inputs()[0]
    x = photographs(images, prepare, *own.shape[2:])
    singles = [twin.run(list(outputs.values()), {own.name: one[None]}) for one in x]
    wanted = [np.concatenate(parts) for parts in zip(*singles)]
    found = []
    for what, fed, got in forms(octavo, model, entry, x, list(outputs), scratch):
        if isinstance(got, str):
            found.append(f"{what}: {got}")
            continue
        shares = {name: range_share(mine, theirs[:len(fed)]) for name, mine, theirs in zip(outputs, got, wanted)}
        print(f"{model.name}, {what}, {len(fed)} photographs: worst difference {max(shares.values()):.2g} of range", flush=True)
        found += [f"{what}: output '{name}' differs by {share:.2g} of its range" for name, share in shares.items() if not share <= MOST_DIFFERENCE]
    return found


def main() -> int:
    octavo, folder, images = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if not folder.is_dir() or not images.is_dir():
        print("skipped: no ../shared")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, prepare, entry, outputs in NETWORKS:
            for found in faults(octavo, folder / name, prepare, entry, outputs, images, Path(scratch)):
                failed += 1
                print(f"{name}: {found}")
    print(f"{len(NETWORKS)} models, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
