#!/usr/bin/env python3
"""One network stored in several ways: float16, bfloat16, float64, external data.

    python storage.py OCTAVO [--device NAME ...]

Each is run by `octavo infer`, and its output compared with the float32 model's in ONNX Runtime: within what the stored width rounds, and in
the declared type (bfloat16 as float32, since NumPy has none). Exit code 1 where one differs.
"""
import sys
import tempfile
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from support import DEVICES, device_parser, fault, infer


def network(kind: int, weights: dict, batch) -> onnx.ModelProto:
    """Convolution, normalization, pooling, product; a cast to float32 and back in between, as exporters put them."""
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("Cast", ["c"], ["wide"], to=TensorProto.FLOAT),
        helper.make_node("Relu", ["wide"], ["r"]),
        helper.make_node("Cast", ["r"], ["narrow"], to=kind),
        helper.make_node("GlobalAveragePool", ["narrow"], ["g"]),
        helper.make_node("Flatten", ["g"], ["f"]),
        helper.make_node("Gemm", ["f", "m", "n"], ["y"], transB=1),
    ]
    constants = [numpy_helper.from_array(value.astype(dtype), name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "stored", [helper.make_tensor_value_info("x", kind, [batch, 3, 12, 12])],
                              [helper.make_tensor_value_info("y", kind, [batch, 5])], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)


def main() -> int:
    arguments = device_parser(__doc__).parse_args()
    rng = np.random.default_rng(1)
    weights = {name: rng.standard_normal(shape, np.float32) for name, shape in
               {"w": (8, 3, 3, 3), "b": (8,), "m": (5, 8), "n": (5,)}.items()}
    x = rng.standard_normal((2, 3, 12, 12), np.float32)
    expected = onnxruntime.InferenceSession(network(TensorProto.FLOAT, weights, "N").SerializeToString()).run(None, {"x": x})[0]
    # Inputs, weights and output are each rounded by half a last place, 2^-11 and 2^-9 of the value: about six times that in the end.
    ways = {"float32": (TensorProto.FLOAT, np.float32, 1e-5), "float16": (TensorProto.FLOAT16, np.float16, 3e-3),
            "bfloat16": (TensorProto.BFLOAT16, ml_dtypes.bfloat16, 12e-3), "float64": (TensorProto.DOUBLE, np.float64, 1e-5),
            "external": (TensorProto.FLOAT, np.float32, 1e-5)}
    faults = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for way, (kind, dtype, tolerance) in ways.items():
            model = folder / f"{way}.onnx"
            onnx.save(network(kind, weights, "N"), model, save_as_external_data=way == "external", location="weights.bin", size_threshold=0)
            if (folder / "weights.bin").exists() != (way == "external"):
                raise SystemExit(f"{way}: external data stands in the wrong place")
            stored = x.astype(dtype)
            file_type = np.float32 if way == "bfloat16" else dtype
            for device in arguments.devices or DEVICES:
                given = infer(arguments.octavo, model, device, {"x": stored.astype(file_type)}, ["y"])
                if isinstance(given, str):
                    found = given
                elif given[0].dtype != file_type:
                    found = f"is {given[0].dtype}"
                else:
                    found = fault(given[0], expected, tolerance, tolerance)
                if found:
                    faults += 1
                    print(f"{way} on {device}: {found}")
    print(f"{len(ways)} ways of storing, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
