"""TensorFlow Lite models on our devices and in LiteRT, on the same photographs.

usage: tflite.py OCTAVO FOLDER [--images N] [--device NAME]

A float model must give the same values in fp32. A quantized one runs in int8 with the scales that its file says. LiteRT's own rounding and
ours differ, and so do weights that lie more than 127 steps from zero, which get coarser steps here: most outputs must lie within one step
of the output's grid, and the logits near LiteRT's.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from support import DEVICES, device_parser, infer, preprocess, range_share

PHOTOGRAPHS = Path("../shared/images/imagenet")
MOST_DIFFERENCE = 1e-4  # of an output's range, in fp32
LEAST_WITHIN_A_STEP = 0.99  # of the outputs of a quantized model


def photograph(path: Path, entry: dict) -> np.ndarray:
    """As the model's input wants it, NHWC or NCHW; real values where it is quantized."""
    shape = list(entry["shape"])
    planar = shape[1] == 3
    image = Image.open(path).convert("RGB").resize((shape[2 + planar - 0], shape[1 + planar]), Image.BILINEAR)
    pixels = np.asarray(image, np.float32)
    return (pixels.transpose(2, 0, 1) if planar else pixels)[None]


def quantized(detail: dict) -> bool:
    return detail["quantization"][0] != 0


def answers(interpreter: Interpreter, codes: np.ndarray) -> list[np.ndarray]:
    """What LiteRT makes of an input, as real values."""
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], codes)
    interpreter.invoke()
    outputs = []
    for detail in interpreter.get_output_details():
        output = interpreter.get_tensor(detail["index"])
        scale, zero = detail["quantization"]
        outputs.append((output.astype(np.float32) - zero) * np.float32(scale) if quantized(detail) else output)
    return outputs
