#!/usr/bin/env python3
"""A planned IR in OpenVINO's CPU plugin, beside our own int8 on the very same images.

    python openvino_int8.py OCTAVO CONFIG RUN [--limit N] [--share 95] [--agreement 99]

RUN is the output folder of `octavo calibrate CONFIG`. Two things are asked: whether the plugin runs in int8 what the plan says is int8 (the
execution graph tells), and whether the file says the plan's numbers. A plan that rounds what residuals are added to is judged by floating-point
emulation (LP_TRANSFORMS_MODE=OFF), which rounds there too; one that does not, by the integer kernels, which do not, where they do not saturate
(with VNNI). Classes must agree with ours.
"""
import json
import subprocess
import sys
import tempfile
from collections import Counter

import numpy as np
import openvino as ov

from support import own_classes, run_parser, validation
from runtimes import has_vnni, openvino_options

PRODUCTS = ("Convolution", "GroupConvolution", "FullyConnected", "MatMul")


def classes(compiled, tensors: list) -> np.ndarray:
    output = compiled.output(0)
    return np.array([int(np.argmax(compiled(x)[output])) for x in tensors])


def precisions(compiled) -> Counter:
    """(layer type, precision of what it reads) -> count, of the execution graph."""
    infos = [op.get_rt_info() for op in compiled.get_runtime_model().get_ops()]
    return Counter((info["layerType"].astype(str), info["runtimePrecision"].astype(str)) for info in infos)


def main() -> int:
    parser = run_parser(__doc__)
    parser.add_argument("--share", type=float, default=95.0, help="least share of the plan's int8 products that run in int8, in percent")
    parser.add_argument("--agreement", type=float, default=99.0, help="least share of classes equal to ours, in percent")
    a = parser.parse_args()
    config = json.loads(a.config.read_text())
    offset = config.get("adapter", {}).get("label_offset", 0)
    tensors, labels = validation(config, a.config.parent, a.limit)
    told = json.loads((a.run / "report.json").read_text())["operators"]
    planned = sum(op["precision"] == "int8" and op["type"] in ("Conv", "Gemm", "MatMul") for op in told)

    plan = a.run / "plan.json"
    ours = own_classes(a.octavo, a.config, plan, a.limit)

    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([a.octavo, "convert", a.config.parent / config["model"], f"{scratch}/m.xml", "--plan", plan, "--quiet"], check=True)
        core = ov.Core()
        native = core.compile_model(f"{scratch}/m.xml", "CPU", openvino_options(integer=True))
        emulated = core.compile_model(f"{scratch}/m.xml", "CPU", {**openvino_options(), "LP_TRANSFORMS_MODE": "OFF"})
        kinds = precisions(native)
        by_native, by_emulated = classes(native, tensors) - offset, classes(emulated, tensors) - offset

    integers = sum(n for (kind, precision), n in kinds.items() if kind in PRODUCTS and precision in ("u8", "i8"))
    floating = sum(n for (kind, precision), n in kinds.items() if kind in PRODUCTS and precision not in ("u8", "i8"))
    share = 100 * integers / max(planned, 1)
    is_native = json.loads(plan.read_text())["residual_sums"] == "real"
    agreements = [100 * float(np.mean(answers == ours)) for answers in (by_native, by_emulated)]
    agrees = agreements[0 if is_native else 1] >= a.agreement or (is_native and not has_vnni())
    top1 = {name: 100 * float(np.mean(answers == labels)) for name, answers in (("ours", ours), ("int8", by_native), ("emulated", by_emulated))}
    good = share >= a.share and agrees
    print(f"{a.run.name}: int8 {integers} of {planned} planned products ({share:.1f} %), {floating} in floating point; top-1 of {len(labels)} images: "
          f"ours {top1['ours']:.2f}, OpenVINO int8 {top1['int8']:.2f} (agrees {agreements[0]:.2f} %), "
          f"emulated {top1['emulated']:.2f} (agrees {agreements[1]:.2f} %){'' if good else '  <- fault'}")
    print("  other layers:", ", ".join(f"{kind} {precision} {n}" for (kind, precision), n in sorted(kinds.items()) if kind not in PRODUCTS))
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
