"""IR of 2018, which OpenVINO refuses today, on our devices and as octavo convert writes it anew.

usage: openvino_2018.py OCTAVO FOLDER NEWER [--images N]

Each X-fp16.xml of FOLDER that NEWER has in today's form must give OpenVINO's detections on that one: on our device, as a newer IR, and as
ONNX. Each X-statistics.xml runs in int8 by its statistics: the share of convolutions that OpenVINO runs in int8 as converted, how far its
predictions are from those in floating point, and whether ours are those of OpenVINO's floating-point emulation.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import openvino as ov
from PIL import Image

from openvino_detections import EXACT, INT8, found_again, rows
from openvino_int8 import PRODUCTS, precisions
from support import infer

PHOTOGRAPHS = Path("../shared/images/voc")
LEAST_NOISE_DISTANCE = 20  # decibels between predictions and the noise of int8
FLOAT = {"INFERENCE_PRECISION_HINT": "f32"}


def picture(path: Path, shape) -> np.ndarray:
    image = Image.open(path).convert("RGB").resize((shape[3], shape[2]), Image.BILINEAR)
    return np.ascontiguousarray(np.asarray(image, np.float32)[:, :, ::-1].transpose(2, 0, 1)[None])


def convert(octavo: str, model: Path, target: Path, *options: str) -> Path:
    subprocess.run([octavo, "convert", model, target, "--device", "onednn", "--quiet", *options], check=True)
    return target


def floating_fault(octavo: str, model: Path, newer: Path, photographs: list, scratch: Path) -> bool:
    theirs = ov.Core().compile_model(str(newer), "CPU", FLOAT)
    again = ov.Core().compile_model(str(convert(octavo, model, scratch / "again.xml")), "CPU", FLOAT)
    onnx = onnxruntime.InferenceSession(convert(octavo, model, scratch / "again.onnx"), providers=["CPUExecutionProvider"])
    total, ours_found, again_found, onnx_found = 0, 0, 0, 0
    for path in photographs:
        x = picture(path, theirs.input(0).shape)
        want = rows(theirs(x)[0])
        got = infer(octavo, model, "onednn", {"data": x}, ["detection_out"])
        if isinstance(got, str):
            raise SystemExit(got)
        total += len(want)
        ours_found += found_again(rows(got[0]), want, *EXACT)
        again_found += found_again(rows(again(x)[0]), want, *EXACT)
        onnx_found += found_again(rows(onnx.run(None, {"data": x})[0]), want, *EXACT)
    print(f"{model.stem}: of {total} detections in {len(photographs)} photographs ours finds {ours_found}, the converted IR {again_found}, the "
          f"ONNX model {onnx_found}")
    return total == 0 or min(ours_found, again_found, onnx_found) < total


def statistics_fault(octavo: str, model: Path, photographs: list, scratch: Path) -> bool:
    float_form = convert(octavo, model, scratch / "again.xml", "--plan", "none")
    int8_form = convert(octavo, model, scratch / "int8.xml")
    core = ov.Core()

    def loaded(path: Path, hint: dict = {}):
        network = core.read_model(path)
        network.add_outputs(["fc7_mbox_loc", "fc7_mbox_conf"])
        return core.compile_model(network, "CPU", {**FLOAT, **hint})

    floating, emulated = loaded(float_form), loaded(int8_form, {"LP_TRANSFORMS_MODE": "OFF"})
    kinds = precisions(core.compile_model(str(int8_form), "CPU", FLOAT))
    products = {True: 0, False: 0}
    for (kind, precision), count in kinds.items():
        if kind in PRODUCTS:
            products[precision in ("u8", "i8")] += count
    signal, noise = np.zeros(2), np.zeros(2)
    total, ours_found, float_found, float_total = 0, 0, 0, 0
    for path in photographs:
        x = picture(path, floating.input(0).shape)
        want, told = floating(x), emulated(x)
        for head in (1, 2):
            signal[head - 1] += np.square(want[head]).sum()
            noise[head - 1] += np.square(want[head] - told[head]).sum()
        got = infer(octavo, model, "onednn", {"data": x}, ["detection_out"])
        if isinstance(got, str):
            raise SystemExit(got)
        total += len(rows(told[0]))
        ours_found += found_again(rows(got[0]), rows(told[0]), *INT8)
        float_total += len(rows(want[0]))
        float_found += found_again(rows(told[0]), rows(want[0]), *INT8)
    distance = 10 * np.log10(signal / noise)
    print(f"{model.stem}: {products[True]} of {sum(products.values())} convolutions in int8; places {distance[0]:.1f} and scores {distance[1]:.1f} dB from "
          f"floating point; of its {float_total} detections in {len(photographs)} photographs {float_found} are left; of the {total} of the "
          f"emulation ours finds {ours_found}")
    return products[False] > 0 or distance.min() < LEAST_NOISE_DISTANCE or total == 0 or ours_found < 0.9 * total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("folder", type=Path)
    parser.add_argument("newer", type=Path)
    parser.add_argument("--images", type=int, default=10)
    a = parser.parse_args()
    photographs = sorted(PHOTOGRAPHS.rglob("*.jpg"))[: a.images]
    old = [model for model in sorted(a.folder.glob("*-fp16.xml")) if (a.newer / model.name).exists()]
    quantized = sorted(a.folder.glob("*-statistics.xml"))
    if not old or not quantized or not photographs:
        print("skipped: no ../shared")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        for model in old:
            failed += floating_fault(a.octavo, model, a.newer / model.name, photographs, Path(name))
        for model in quantized:
            failed += statistics_fault(a.octavo, model, photographs, Path(name))
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
