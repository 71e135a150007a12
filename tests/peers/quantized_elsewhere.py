#!/usr/bin/env python3
"""Models that ONNX Runtime's own quantizer made, in both of its forms (QDQ and operators on integers), read and run in int8 by Octavo.

    python quantized_elsewhere.py OCTAVO CONFIG [--images N] [--points P]

The config's model is quantized on its calibration images (min-max, s8 or u8 activations, weights by tensor or
channel). The classes that Octavo finds must be those that ONNX Runtime finds on at least --agreement of the validation images, top-1 within
P points; at least 95 % of the products must run in int8, also where the model was written anew, as ONNX and as OpenVINO IR.
"""
import argparse
import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime as ort
from onnxruntime import quantization as q

from support import absolute, preprocess, samples
from runtimes import onnxruntime_options

FORMS = {  # name: form, activations, weights by channel
    "qdq-u8": (q.QuantFormat.QDQ, q.QuantType.QUInt8, True),
    "qdq-s8": (q.QuantFormat.QDQ, q.QuantType.QInt8, False),
    "qoperator-u8": (q.QuantFormat.QOperator, q.QuantType.QUInt8, True),
    "qoperator-tensor": (q.QuantFormat.QOperator, q.QuantType.QUInt8, False),
}


class Reader(q.CalibrationDataReader):
    def __init__(self, name: str, tensors: list):
        self.rest = iter([{name: tensor} for tensor in tensors])

    def get_next(self):
        return next(self.rest, None)


def quantize(model: Path, to: Path, tensors: list, form: tuple) -> None:
    clean = to.with_suffix(".clean.onnx")
    q.shape_inference.quant_pre_process(str(model), str(clean), skip_symbolic_shape=True)
    name = ort.InferenceSession(clean, providers=["CPUExecutionProvider"]).get_inputs()[0].name
    q.quantize_static(str(clean), str(to), Reader(name, tensors), quant_format=form[0], activation_type=form[1],
                      weight_type=q.QuantType.QInt8, per_channel=form[2])


def their_classes(model: Path, tensors: list) -> np.ndarray:
    session = ort.InferenceSession(model, onnxruntime_options(), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return np.array([int(session.run(None, {name: tensor})[0].argmax()) for tensor in tensors])


def our_classes(octavo: str, config: Path, folder: Path, limit: int) -> np.ndarray:
    answers = folder / "answers.tsv"
    subprocess.run([octavo, "evaluate", config, "--quiet", "--answers", answers, "--limit", str(limit)], check=True, stdout=subprocess.DEVNULL)
    return np.array([int(line.split("\t")[1]) for line in answers.read_text().splitlines()[1:]])


def int8_share(octavo: str, model: Path) -> float:
    told = json.loads(subprocess.run([octavo, "inspect", model, "--json"], check=True, capture_output=True, text=True).stdout)
    products = [op for op in told["operators"] if op["type"] in ("Conv", "Gemm", "MatMul")]
    return 100 * sum(op.get("precision") == "int8" for op in products) / len(products)


def main() -> int:
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("config", type=Path)
    parser.add_argument("--images", type=int, default=200, help="validation images of each slice")
    parser.add_argument("--agreement", type=float, default=99.0, help="least share of equal classes, in percent")
    parser.add_argument("--points", type=float, default=0.5, help="most that top-1 may differ")
    parser.add_argument("--forms", default=",".join(FORMS))
    a = parser.parse_args()
    config = absolute(json.loads(a.config.read_text()), a.config.parent)
    calibration = [preprocess(path, config["preprocess"]) for path, _ in samples(config, config["calibration"])][:64]
    pairs = [pair for part in config["validation"] for pair in samples(config, part)[: a.images]]
    tensors, labels = [preprocess(path, config["preprocess"]) for path, _ in pairs], np.array([label for _, label in pairs])
    offset = config.get("adapter", {}).get("label_offset", 0)
    failed = 0
    for form in a.forms.split(","):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            model = folder / "quantized.onnx"
            quantize(Path(config["model"]), model, calibration, FORMS[form])
            (folder / "config.json").write_text(json.dumps({**config, "model": str(model), "output": str(folder / "run")}))
            theirs, ours = their_classes(model, tensors), our_classes(a.octavo, folder / "config.json", folder, a.images)
            share = int8_share(a.octavo, model)
            for again in ("again.onnx", "again.xml"):
                subprocess.run([a.octavo, "convert", model, folder / again, "--quiet"], check=True)
                share = min(share, int8_share(a.octavo, folder / again))
            agreement = 100 * float(np.mean(theirs - offset == ours))
            top1 = [100 * float(np.mean(found == labels)) for found in (theirs - offset, ours)]
            wrong = agreement < a.agreement or abs(top1[0] - top1[1]) > a.points or share < 95
            failed += wrong
            print(f"{config['model']} {form}: {len(labels)} images, top-1 theirs {top1[0]:.2f} ours {top1[1]:.2f} %, equal classes {agreement:.2f} %, "
                  f"{share:.0f} % of the products in int8{'  WRONG' if wrong else ''}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
