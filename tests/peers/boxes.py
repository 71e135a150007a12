#!/usr/bin/env python3
"""The tail of a detector: what stands behind NonMaxSuppression has a shape that is known only when it runs.

    python boxes.py OCTAVO [--device NAME ...]

A convolution makes boxes and scores, and operators behind the selection gather, scale, join and reduce what was kept. Random images keep
different numbers of boxes; outputs are compared with ONNX Runtime's, shapes included. Exit code 1 where one differs.
"""
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from support import DEVICES, device_parser, fault, infer


def detector(rng) -> onnx.ModelProto:
    node = helper.make_node
    nodes = [
        node("Conv", ["image", "w"], ["features"]),
        node("Reshape", ["features", "flat"], ["raw"]),
        node("Split", ["raw", "parts"], ["corners", "logits"], axis=1),
        node("Transpose", ["corners"], ["boxes"], perm=[0, 2, 1]),
        node("Sigmoid", ["logits"], ["scores"]),
        node("NonMaxSuppression", ["boxes", "scores", "most", "overlap", "least"], ["selected"]),
        node("Gather", ["selected", "column"], ["index"], axis=1),
        node("Squeeze", ["boxes", "first"], ["all"]),
        node("Gather", ["all", "index"], ["chosen"], axis=0),
        node("Mul", ["chosen", "factor"], ["scaled"]),
        node("Cast", ["selected"], ["real"], to=TensorProto.FLOAT),
        node("Concat", ["real", "scaled"], ["rows"], axis=1),
        node("ReduceSum", ["scaled", "last"], ["sums"], keepdims=0),
        node("Unsqueeze", ["chosen", "two"], ["image_like"]),
    ]
    constants = {"w": rng.standard_normal((6, 3, 1, 1), np.float32), "flat": [1, 6, -1], "parts": [4, 2], "most": [6],
                 "overlap": np.float32([0.1]), "least": np.float32([0.7]), "column": np.asarray(2), "first": [0],
                 "factor": np.float32([2, 3, 4, 5]), "last": [1], "two": [0, 1]}
    types = {"selected": TensorProto.INT64}
    outputs = [helper.make_tensor_value_info(name, types.get(name, TensorProto.FLOAT), None)
               for name in ("rows", "sums", "selected", "image_like")]
    graph = helper.make_graph(nodes, "detector", [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 5, 4])], outputs,
                              [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def main() -> int:
    arguments = device_parser(__doc__).parse_args()
    rng = np.random.default_rng(1)
    model = detector(rng)
    outputs = [output.name for output in model.graph.output]
    session = onnxruntime.InferenceSession(model.SerializeToString())
    kept, faults = set(), []
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "model.onnx"
        onnx.save(model, path)
        for number in range(4):
            image = rng.standard_normal((1, 3, 5, 4), np.float32) * (0 if number == 3 else 1)  # the last one has no box at all
            expected = session.run(outputs, {"image": image})
            kept.add(len(expected[0]))
            for device in arguments.devices or DEVICES:
                given = infer(arguments.octavo, path, device, {"image": image}, outputs)
                if isinstance(given, str):
                    faults.append(f"{device}: {given}")
                    continue
                # a dot product of three and a few roundings behind it
                found = [(output, fault(got, want, 1e-5, 1e-5)) for output, got, want in zip(outputs, given, expected)]
                faults += [f"{device}, image {number}: {output}: {text}" for output, text in found if text]
    if len(kept) < 3:
        faults.append(f"the images keep {sorted(kept)} boxes, which shows little")
    print("\n".join(faults) if faults else f"agrees with ONNX Runtime for {sorted(kept)} boxes")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
