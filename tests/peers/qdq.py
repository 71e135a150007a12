#!/usr/bin/env python3
"""An exported QDQ model in ONNX Runtime, beside our own int8 on the very same images.

    python qdq.py OCTAVO CONFIG RUN [--limit N] [--levels all,extended,...] [--agreement 99] [--points 0.3]

RUN is the output folder of `octavo calibrate CONFIG`. The images of the config's validation slices are preprocessed here (Pillow), run at
each graph optimisation level, and compared with `octavo evaluate --plan`: top-1 of both, agreement of the classes. At the levels that fuse,
the optimised graph is searched for convolutions that stayed in floating point; all but those that report.json lists, or that the plan keeps so,
are faults.
"""
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

from support import own_classes, run_parser, validation
from runtimes import onnxruntime_options

LEVELS = {"disable": ort.GraphOptimizationLevel.ORT_DISABLE_ALL, "basic": ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
          "extended": ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED, "all": ort.GraphOptimizationLevel.ORT_ENABLE_ALL}
INTEGER = {"QLinearConv", "QGemm", "QLinearMatMul", "MatMulIntegerToFloat"}
FLOATING = {"Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul"}


def run_level(model: Path, level: str, tensors: list[np.ndarray]) -> tuple[list[int], Counter, list[str]]:
    with tempfile.TemporaryDirectory() as scratch:
        options = onnxruntime_options()
        options.graph_optimization_level = LEVELS[level]
        options.optimized_model_filepath = f"{scratch}/optimised.onnx"
        session = ort.InferenceSession(str(model), options, ["CPUExecutionProvider"])
        nodes = onnx.load(options.optimized_model_filepath).graph.node
        floating = [node.name for node in nodes if node.op_type in FLOATING]
        entry = session.get_inputs()[0].name
        classes = [int(np.argmax(session.run(None, {entry: x})[0])) for x in tensors]
    return classes, Counter(node.op_type for node in nodes), floating


def main() -> int:
    parser = run_parser(__doc__)
    parser.add_argument("--levels", default="disable,basic,extended,all")
    parser.add_argument("--agreement", type=float, default=99.0, help="least share of equal classes, in percent")
    parser.add_argument("--points", type=float, default=0.3, help="most that top-1 may differ")
    a = parser.parse_args()
    config = json.loads(a.config.read_text())
    offset = config.get("adapter", {}).get("label_offset", 0)
    report = json.loads((a.run / "report.json").read_text())
    listed = report.get("onnx_float", [])
    kept = sum(one["type"] in FLOATING and one["precision"] != "int8" for one in report["operators"])  # by the plan itself
    tensors, labels = validation(config, a.config.parent, a.limit)
    ours = own_classes(a.octavo, a.config, a.run / "plan.json", a.limit)
    own = 100 * float(np.mean(ours == labels))
    print(f"{a.run.name}: {len(labels)} images, our int8 top-1 {own:.2f} %, listed as float in ONNX: {[entry['name'] for entry in listed] or 'none'}")
    failed, first = False, None
    for level in a.levels.split(","):
        classes, kinds, floating = run_level(a.run / "model.qdq.onnx", level, tensors)
        theirs = np.array(classes) - offset
        first = theirs if first is None else first
        accuracy, agreement = 100 * float(np.mean(theirs == labels)), 100 * float(np.mean(theirs == ours))
        integers = sum(kinds[op] for op in INTEGER)
        fuses = level in ("extended", "all")
        surprises = len(floating) - len(listed) - kept if fuses else 0
        among = 100 * float(np.mean(theirs == first))
        good = abs(accuracy - own) <= a.points + 1e-9 and agreement >= a.agreement and surprises <= 0 and (integers > 0 or not fuses)
        failed |= not good
        print(f"  {level:9} top-1 {accuracy:6.2f} %  agreement {agreement:6.2f} %  with its first level {among:6.2f} %  "
              f"integer {integers} of {integers + len(floating)} products{'' if good else '  <- fault'}"
              f"{': ' + ', '.join(floating[:8]) if surprises > 0 else ''}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
