"""Operators of TensorFlow Lite, each in small networks of its own, on our devices and in LiteRT: the same values.

usage: tflite_operators.py OCTAVO [--only TEXT] [--device NAME]

Each network stands alone and behind a pooling of one pixel, which makes the reader hold its input as an image. The files are written with
LiteRT's own classes, and with the shapes that LiteRT says. Quantized networks run in int8 with the grids of the file, and must give
LiteRT's codes, or their neighbours where a sum lies between two.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from support import DEVICES, device_parser, infer, range_share

MOST_DIFFERENCE = 1e-5  # of an output's range
MOST_STEPS, MOST_NEIGHBOURS = 1, 0.05  # of a quantized output's grid, and the share of values that differ at all
TYPES = {np.dtype(np.float32): 0, np.dtype(np.float16): 1, np.dtype(np.int32): 2, np.dtype(np.uint8): 3, np.dtype(np.int64): 4,
         np.dtype(np.bool_): 6, np.dtype(np.int8): 9}
RANDOM = np.random.default_rng(5)
SAME, VALID = 0, 1
VERSIONS = {"BROADCAST_TO": 2}  # of which LiteRT knows only newer ones


def values(*shape: int) -> np.ndarray:
    return RANDOM.uniform(-2, 2, shape).astype(np.float32)


def ints(*numbers) -> np.ndarray:
    return np.array(numbers, np.int32)


class Network:
    """Operators in the order of calls; tensors are numbers."""

    def __init__(self) -> None:
        self.tensors, self.buffers, self.operators, self.codes, self.inputs = [], [schema.BufferT()], [], [], []

    def tensor(self, dtype, shape=(), data: np.ndarray | None = None, grid: tuple | None = None) -> int:
        tensor = schema.TensorT()
        tensor.name, tensor.type, tensor.shape = f"t{len(self.tensors)}", TYPES[np.dtype(dtype)], list(shape)
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            tensor.buffer = len(self.buffers)
            self.buffers.append(buffer)
        if grid is not None:
            tensor.quantization = schema.QuantizationParametersT()
            scale, zero, axis = (*grid, 0)[:3]
            tensor.quantization.scale, tensor.quantization.zeroPoint = np.atleast_1d(np.float32(scale)), np.atleast_1d(np.int64(zero))
            tensor.quantization.quantizedDimension = axis
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def input(self, *shape: int, dtype=np.float32, grid: tuple | None = None) -> int:
        self.inputs.append(self.tensor(dtype, shape, grid=grid))
        return self.inputs[-1]

    def constant(self, data: np.ndarray, grid: tuple | None = None) -> int:
        return self.tensor(data.dtype, data.shape, data, grid)

    def op(self, name: str, inputs: list, outputs: int = 1, dtype=np.float32, dtypes=(), grid: tuple | None = None, options: str = "", **fields):
        """The number of its output, or a list of them. Arrays among the inputs are constants, None is left out."""
        ids = [-1 if i is None else self.constant(i) if isinstance(i, np.ndarray) else i for i in inputs]
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), VERSIONS.get(name, 1)
        self.codes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs = len(self.codes) - 1, ids
        operator.outputs = [self.tensor(kind, grid=grid) for kind in dtypes or [dtype] * outputs]
        if options:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            operator.builtinOptions = getattr(schema, options + "T")()
            for field, value in fields.items():
                assert hasattr(operator.builtinOptions, field), field
                setattr(operator.builtinOptions, field, value)
        self.operators.append(operator)
        return operator.outputs[0] if outputs == 1 else operator.outputs

    def write(self, path: Path, outputs: list) -> None:
        """Twice: LiteRT says the shapes."""
        graph = schema.SubGraphT()
        graph.tensors, graph.operators, graph.inputs, graph.outputs = self.tensors, self.operators, self.inputs, outputs
        model = schema.ModelT()
        model.version, model.operatorCodes, model.subgraphs, model.buffers = 3, self.codes, [graph], self.buffers
        for has_shapes in (False, True):
            builder = flatbuffers.Builder(1024)
            builder.Finish(model.Pack(builder), b"TFL3")
            path.write_bytes(bytes(builder.Output()))
            if has_shapes:
                return
            interpreter = reference(path)
            interpreter.invoke()  # shapes may be computed
            for detail in interpreter.get_tensor_details():
                if detail["index"] < len(self.tensors):
                    self.tensors[detail["index"]].shape = [int(dim) for dim in detail["shape"]]


def reference(path: Path) -> Interpreter:
    interpreter = Interpreter(str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    interpreter.allocate_tensors()
    return interpreter


# ---- the networks: name, shape of the input, what makes outputs of it

CASES = []


def case(name: str, shape: tuple, make) -> None:
    CASES.append((name, shape, make))


IMAGE = (1, 6, 5, 4)


def add_elementwise() -> None:
    positive = {"LOG", "SQRT", "RSQRT"}
    for name in ("ABS", "CEIL", "ELU", "EXP", "FLOOR", "HARD_SWISH", "LOG", "LOGISTIC", "NEG", "RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1",
                 "ROUND", "RSQRT", "SIGN", "SQRT", "SQUARE", "TANH"):
        case(name, IMAGE, lambda n, x, name=name: n.op(name, [n.op("ABS", [x]) if name in positive else x]))
    case("GELU", IMAGE, lambda n, x: [n.op("GELU", [x], options="GeluOptions", approximate=a) for a in (False, True)])
    case("LEAKY_RELU", IMAGE, lambda n, x: n.op("LEAKY_RELU", [x], options="LeakyReluOptions", alpha=0.3))
    case("PRELU", IMAGE, lambda n, x: n.op("PRELU", [x, values(1, 1, 4)]))
    operands = {"whole": (1, 6, 5, 4), "channels": (4,), "rows": (6, 1, 1), "one": (), "rank 3": (6, 5, 4), "outer": (3, 6, 5, 4)}
    for name in ("ADD", "SUB", "MUL", "DIV"):
        option = name.capitalize() + "Options"
        for what, shape in operands.items():
            for activation in range(4 if what == "channels" else 1):
                case(f"{name} {what} {activation}", IMAGE, lambda n, x, a=(name, shape, option, activation): n.op(
                    a[0], [x, values(*a[1])], options=a[2], fusedActivationFunction=a[3]))
    case("ADD left", IMAGE, lambda n, x: n.op("ADD", [values(5, 4), x], options="AddOptions"))
    case("ADD of a mean", IMAGE, lambda n, x: n.op("ADD", [x, n.op("MEAN", [x, ints(1, 2)], options="ReducerOptions", keepDims=True)],
                                                   options="AddOptions"))
    case("MUL of a flat gate", IMAGE, lambda n, x: n.op("MUL", [x, n.op("LOGISTIC", [n.op("RESHAPE", [n.op(
        "MEAN", [x, ints(1, 2)], options="ReducerOptions"), ints(1, 1, 1, 4)])])], options="MulOptions"))
    for name in ("MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE"):
        case(name, IMAGE, lambda n, x, name=name: n.op(name, [x, values(4)]))
    for name in ("SIN", "COS"):
        case(name, IMAGE, lambda n, x, name=name: n.op(name, [x]))
    case("FLOOR_MOD", IMAGE, lambda n, x: n.op("FLOOR_MOD", [x, np.float32([0.7, -0.7, 3, -1])]))
    case("POW", IMAGE, lambda n, x: n.op("POW", [n.op("ABS", [x]), np.abs(values(4))]))
    case("ADD_N", IMAGE, lambda n, x: n.op("ADD_N", [x, n.op("ABS", [x]), x]))
    for name in ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL"):
        case(name, IMAGE, lambda n, x, name=name: n.op("CAST", [n.op(name, [n.op("ROUND", [x]), np.float32([0, 1, -1, 0])], dtype=np.bool_)],
                                                       options="CastOptions", inDataType=6, outDataType=0))
    case("SELECT_V2", IMAGE, lambda n, x: n.op("SELECT_V2", [n.op("GREATER", [x, np.zeros((), np.float32)], dtype=np.bool_), x, values(4)]))
    for name in ("LOGICAL_AND", "LOGICAL_OR"):
        case(name, IMAGE, lambda n, x, name=name: n.op("SELECT_V2", [n.op(name, [
            n.op(c, [x, np.ones((), np.float32)], dtype=np.bool_) for c in ("GREATER", "LESS_EQUAL")], dtype=np.bool_), x, values(4)]))
    case("LOGICAL_NOT", IMAGE, lambda n, x: n.op("SELECT_V2", [n.op("LOGICAL_NOT", [n.op(
        "GREATER", [x, np.ones((), np.float32)], dtype=np.bool_)], dtype=np.bool_), x, values(4)]))


def add_images() -> None:
    for padding in (SAME, VALID):
        for stride in (1, 2):
            window = dict(padding=padding, strideH=stride, strideW=3 - stride)
            case(f"CONV_2D {window}", (2, 7, 8, 4), lambda n, x, w=window: n.op(
                "CONV_2D", [x, values(3, 3, 2, 4), values(3)], options="Conv2DOptions", fusedActivationFunction=stride, **w))
            window = dict(padding=padding, strideH=stride, strideW=stride)
            case(f"DEPTHWISE_CONV_2D {window}", (2, 7, 8, 4), lambda n, x, w=window: n.op(
                "DEPTHWISE_CONV_2D", [x, values(1, 3, 2, 8), values(8)], options="DepthwiseConv2DOptions", depthMultiplier=2, **w))
            case(f"TRANSPOSE_CONV {window}", (1, 4, 5, 4), lambda n, x, w=window: n.op(
                "TRANSPOSE_CONV", [ints(1, *(d * w["strideH"] if w["padding"] == SAME else (d - 1) * w["strideH"] + 3 for d in (4, 5)), 2),
                                   values(2, 3, 3, 4), x, values(2)], options="TransposeConvOptions", **w))
            window = {**window, "filterHeight": 3, "filterWidth": 2}
            for name in ("MAX_POOL_2D", "AVERAGE_POOL_2D"):
                case(f"{name} {window}", (2, 7, 8, 5), lambda n, x, name=name, w=window: n.op(
                    name, [x], options="Pool2DOptions", fusedActivationFunction=1, **w))
    case("CONV_2D dilated", (1, 9, 8, 4), lambda n, x: n.op("CONV_2D", [x, values(3, 3, 3, 4), values(3)], options="Conv2DOptions",
                                                           strideH=1, strideW=1, dilationHFactor=2, dilationWFactor=3))
    case("CONV_2D grouped", (1, 6, 5, 4), lambda n, x: n.op("CONV_2D", [x, values(6, 3, 3, 2), values(6)], options="Conv2DOptions",
                                                           strideH=1, strideW=1))
    case("CONV_2D of half floats", IMAGE, lambda n, x: n.op("CONV_2D", [
        x, n.op("DEQUANTIZE", [values(3, 1, 1, 4).astype(np.float16)]), n.op("DEQUANTIZE", [values(3).astype(np.float16)])],
        options="Conv2DOptions", strideH=1, strideW=1))
    case("blocks around CONV_2D", (1, 9, 8, 4), lambda n, x: n.op("BATCH_TO_SPACE_ND", [n.op("CONV_2D", [n.op(
        "SPACE_TO_BATCH_ND", [x, ints(2, 2), ints([2, 3], [2, 2])]), values(3, 3, 3, 4), values(3)], options="Conv2DOptions", padding=VALID,
        strideH=1, strideW=1), ints(2, 2), ints([0, 1], [0, 0])]))
    for corners, centres in ((False, False), (True, False), (False, True)):
        for to in ((12, 10), (3, 9), (13, 4)):
            for name, options in (("RESIZE_BILINEAR", "ResizeBilinearOptions"), ("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions")):
                case(f"{name} {to} {corners} {centres}", IMAGE, lambda n, x, a=(name, to, options, corners, centres): n.op(
                    a[0], [x, ints(*a[1])], options=a[2], alignCorners=a[3], halfPixelCenters=a[4]))
    case("SPACE_TO_DEPTH", (1, 6, 4, 3), lambda n, x: n.op("SPACE_TO_DEPTH", [x], options="SpaceToDepthOptions", blockSize=2))
    case("DEPTH_TO_SPACE", (1, 3, 4, 12), lambda n, x: n.op("DEPTH_TO_SPACE", [x], options="DepthToSpaceOptions", blockSize=2))
    case("LOCAL_RESPONSE_NORMALIZATION", (1, 3, 4, 12), lambda n, x: n.op(
        "LOCAL_RESPONSE_NORMALIZATION", [x], options="LocalResponseNormalizationOptions", radius=2, bias=1.5, alpha=0.4, beta=0.7))


def add_along_axes() -> None:
    for keep in (False, True):
        for name in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"):
            for axes in ((1, 2), (3,), (-1, 1), (0, 2)):
                case(f"{name} {axes} {keep}", IMAGE, lambda n, x, a=(name, axes, keep): n.op(
                    a[0], [x, ints(*a[1])], options="ReducerOptions", keepDims=a[2]))
    case("SOFTMAX", IMAGE, lambda n, x: [n.op("SOFTMAX", [x], options="SoftmaxOptions", beta=beta) for beta in (1.0, 0.5)])
    case("LOG_SOFTMAX", IMAGE, lambda n, x: n.op("LOG_SOFTMAX", [x]))
    case("L2_NORMALIZATION", IMAGE, lambda n, x: n.op("L2_NORMALIZATION", [x], options="L2NormOptions"))
    for axis in (0, 1, 2, 3, -1):
        case(f"CONCATENATION {axis}", IMAGE, lambda n, x, axis=axis: n.op(
            "CONCATENATION", [x, n.op("ABS", [x]), values(*IMAGE)], options="ConcatenationOptions", axis=axis))
        case(f"ARG_MAX {axis}", IMAGE, lambda n, x, axis=axis: [n.op(name, [x, ints(axis)], dtype=np.int32, options=options, outputType=2)
                                                               for name, options in (("ARG_MAX", "ArgMaxOptions"), ("ARG_MIN", "ArgMinOptions"))])
        case(f"GATHER {axis}", IMAGE, lambda n, x, axis=axis: [n.op("GATHER", [x, i], options="GatherOptions", axis=axis)
                                                              for i in (ints(0, 0), np.array(0, np.int32), ints([0, 0, 0], [0, 0, 0]))])
        case(f"PACK {axis}", IMAGE, lambda n, x, axis=axis: n.op("PACK", [x, n.op("ABS", [x])], options="PackOptions", valuesCount=2, axis=axis))
        case(f"CUMSUM {axis}", IMAGE, lambda n, x, axis=axis: [
            n.op("CUMSUM", [x, np.array(axis, np.int32)], options="CumsumOptions", exclusive=axis % 2 == 0, reverse=axis > 1)])
    case("UNPACK", IMAGE, lambda n, x: n.op("UNPACK", [x], 4, options="UnpackOptions", num=4, axis=3)
         + n.op("UNPACK", [x], 5, options="UnpackOptions", num=5, axis=-2))
    case("SPLIT", IMAGE, lambda n, x: n.op("SPLIT", [np.array(3, np.int32), x], 2, options="SplitOptions", numSplits=2)
         + n.op("SPLIT", [np.array(-3, np.int32), x], 3, options="SplitOptions", numSplits=3))
    case("SPLIT_V", IMAGE, lambda n, x: n.op("SPLIT_V", [x, ints(1, -1), np.array(3, np.int32)], 2, options="SplitVOptions", numSplits=2))
    case("GATHER_ND", IMAGE, lambda n, x: [n.op("GATHER_ND", [x, i]) for i in (ints([0, 1], [0, 5]), ints([[0, 2, 3, 1]], [[0, 0, 0, 0]]))])
    case("SCATTER_ND", IMAGE, lambda n, x: n.op("SCATTER_ND", [ints([1], [0], [1], [1], [2], [0]), n.op("RESHAPE", [x, ints(6, 20)]),
                                                              ints(4, 20)]))
    case("TOPK_V2", IMAGE, lambda n, x: n.op("TOPK_V2", [x, np.array(2, np.int32)], 2, dtypes=(np.float32, np.int32)))


def add_shapes() -> None:
    reshapes = {"flat": (1, 120), "rows": (30, 4), "open": (-1, 120), "anchors": (1, 60, 2), "channels split": (1, 6, 5, 2, 2),
                "pixels": (1, 30, 4), "rank 4": (1, 5, 6, 4), "ones": (1, 6, 1, 5, 4, 1), "mixed": (4, 30)}
    for what, to in reshapes.items():
        case(f"RESHAPE {what}", IMAGE, lambda n, x, to=to: n.op("RESHAPE", [x, ints(*to)]))
    case("RESHAPE by option", IMAGE, lambda n, x: n.op("RESHAPE", [x], options="ReshapeOptions", newShape=[1, 30, 4]))
    case("RESHAPE of a vector", (1, 6, 5, 4), lambda n, x: n.op("RESHAPE", [n.op("MEAN", [x, ints(1, 2)], options="ReducerOptions", keepDims=True),
                                                                          ints(1, 4)]))
    case("channel shuffle", IMAGE, lambda n, x: n.op("RESHAPE", [n.op("TRANSPOSE", [n.op("RESHAPE", [x, ints(1, 6, 5, 2, 2)]),
                                                                                 ints(0, 1, 2, 4, 3)]), ints(*IMAGE)]))
    for perm in ((0, 3, 1, 2), (0, 2, 1, 3), (3, 2, 1, 0), (0, 2, 3, 1)):
        case(f"TRANSPOSE {perm}", IMAGE, lambda n, x, perm=perm: [n.op("TRANSPOSE", [x, ints(*perm)]), n.op("NEG", [n.op("TRANSPOSE", [x, ints(*perm)])])])
    case("SQUEEZE", (1, 6, 1, 4), lambda n, x: [n.op("SQUEEZE", [x], options="SqueezeOptions", squeezeDims=dims) for dims in ([2], [0, -2], [])])
    for axis in (0, 1, 3, 4, -1, -2):
        case(f"EXPAND_DIMS {axis}", IMAGE, lambda n, x, axis=axis: n.op("EXPAND_DIMS", [x, np.array(axis, np.int32)]))
    case("SLICE", IMAGE, lambda n, x: n.op("SLICE", [x, ints(0, 1, 2, 1), ints(1, 3, -1, 2)]))
    masks = dict(options="StridedSliceOptions")
    case("STRIDED_SLICE", IMAGE, lambda n, x: n.op("STRIDED_SLICE", [x, ints(0, 1, 0, 0), ints(1, 6, 5, 3), ints(1, 2, 4, 1)], **masks))
    case("STRIDED_SLICE masks", IMAGE, lambda n, x: n.op("STRIDED_SLICE", [x, ints(0, 3, -1, 1), ints(1, 0, 0, 3), ints(1, -1, -2, 1)],
                                                        beginMask=3, endMask=6, **masks))
    case("STRIDED_SLICE shrinks", IMAGE, lambda n, x: [n.op("STRIDED_SLICE", [x, ints(0, i, 1), ints(1, i + 1, 3), ints(1, 1, 1)],
                                                           shrinkAxisMask=2, **masks) for i in (2, -1)])
    pads = ints([0, 0], [1, 2], [0, 3], [1, 0])
    case("PAD", IMAGE, lambda n, x: n.op("PAD", [x, pads]))
    case("PADV2", IMAGE, lambda n, x: n.op("PADV2", [x, pads, np.array([-3], np.float32)]))
    case("MIRROR_PAD", IMAGE, lambda n, x: n.op("MIRROR_PAD", [x, ints([0, 0], [1, 2], [0, 3], [1, 0])], options="MirrorPadOptions", mode=0))
    case("MIRROR_PAD symmetric", IMAGE, lambda n, x: n.op("MIRROR_PAD", [x, ints([0, 0], [1, 1], [0, 1], [1, 0])], options="MirrorPadOptions", mode=1))
    case("TILE", IMAGE, lambda n, x: n.op("TILE", [x, ints(1, 2, 1, 3)]))
    case("BROADCAST_TO", (1, 6, 1, 4), lambda n, x: [n.op("BROADCAST_TO", [x, ints(*to)]) for to in ((2, 6, 5, 4), (2, 1, 6, 3, 4))])
    case("SHAPE", IMAGE, lambda n, x: n.op("SHAPE", [x], dtype=np.int32, options="ShapeOptions", outType=2))
    case("computed RESHAPE", IMAGE, lambda n, x: n.op("RESHAPE", [x, n.op("PACK", [n.op("STRIDED_SLICE", [
        n.op("SHAPE", [x], dtype=np.int32, options="ShapeOptions", outType=2), ints(0), ints(1), ints(1)], dtype=np.int32, shrinkAxisMask=1, **masks),
        np.array(120, np.int32)], dtype=np.int32, options="PackOptions", valuesCount=2)]))
    case("CAST", IMAGE, lambda n, x: n.op("CAST", [n.op("CAST", [x], dtype=np.int32, options="CastOptions", inDataType=0, outDataType=2)],
                                          options="CastOptions", inDataType=2, outDataType=0))
    fully = dict(options="FullyConnectedOptions")
    case("FULLY_CONNECTED", IMAGE, lambda n, x: n.op("FULLY_CONNECTED", [x, values(3, 120), values(3)], fusedActivationFunction=1, **fully))
    case("FULLY_CONNECTED of pixels", IMAGE, lambda n, x: [
        n.op("FULLY_CONNECTED", [x, values(3, 4), bias], keepNumDims=keep, **fully) for keep in (False, True) for bias in (values(3), None)])
    case("BATCH_MATMUL", (1, 3, 4, 5), lambda n, x: n.op("BATCH_MATMUL", [x, values(1, 3, 6, 5)], options="BatchMatMulOptions", adjY=True))


def build(path: Path, shape: tuple, make, behind_image: bool) -> None:
    network = Network()
    x = network.input(*shape)
    if behind_image:
        x = network.op("MAX_POOL_2D", [x], options="Pool2DOptions", strideH=1, strideW=1, filterHeight=1, filterWidth=1)
    outputs = make(network, x)
    network.write(path, outputs if isinstance(outputs, list) else [outputs])


# ---- quantized networks: element type, and what makes the output of the input

QUANTIZED = []


def weights(network: Network, dtype, axis: int, *shape: int) -> int:
    """One scale a channel for int8, one for all for uint8, there with a zero point of its own."""
    if dtype == np.uint8:
        return network.constant(RANDOM.integers(1, 256, shape).astype(np.uint8), (0.002, 128))
    return network.constant(RANDOM.integers(-127, 128, shape).astype(np.int8), (RANDOM.uniform(0.001, 0.004, shape[axis]), [0] * shape[axis], axis))


def bias(network: Network, x: int, weight: int, count: int) -> int:
    grid, by = network.tensors[x].quantization, network.tensors[weight].quantization
    scale = grid.scale[0] * by.scale
    return network.constant(RANDOM.integers(-2000, 2000, count).astype(np.int32), (scale, [0] * len(scale)))


def add_quantized() -> None:
    step = dict(strideH=1, strideW=1)

    def conv(n, x, dtype, grid, channels, kernel=1, **fields):
        weight = weights(n, dtype, 0, channels, kernel, kernel, n.channels[x])
        y = n.op("CONV_2D", [x, weight, bias(n, x, weight, channels)], dtype=dtype, grid=grid, options="Conv2DOptions", **{**step, **fields})
        n.channels[y] = channels
        return y

    def depthwise(n, x, dtype, grid, **fields):
        weight = weights(n, dtype, 3, 1, 3, 3, n.channels[x])
        y = n.op("DEPTHWISE_CONV_2D", [x, weight, bias(n, x, weight, n.channels[x])], dtype=dtype, grid=grid, options="DepthwiseConv2DOptions",
                 depthMultiplier=1, **{**step, **fields})
        n.channels[y] = n.channels[x]
        return y

    for dtype, shift in ((np.uint8, 0), (np.int8, 128)):
        wide, low = (0.1, 128 - shift), (0.03, -shift)

        def classifier(n, x, dtype=dtype, wide=wide, low=low):
            y = depthwise(n, conv(n, x, dtype, low, 8, 3, fusedActivationFunction=3), dtype, low, strideH=2, strideW=2)
            mean = n.op("MEAN", [y, ints(1, 2)], dtype=dtype, grid=low, options="ReducerOptions")
            weight = weights(n, dtype, 0, 5, 8)
            if dtype == np.int8:  # one scale for all, as converters have it
                n.tensors[weight].quantization.scale, n.tensors[weight].quantization.zeroPoint = np.float32([0.002]), np.int64([0])
            return n.op("FULLY_CONNECTED", [mean, weight, bias(n, mean, weight, 5)], dtype=dtype, grid=wide, options="FullyConnectedOptions")

        def residual(n, x, dtype=dtype, wide=wide, low=low):
            y = conv(n, x, dtype, wide, 4)
            total = n.op("ADD", [y, x], dtype=dtype, grid=(0.17, wide[1]), options="AddOptions")
            pooled = n.op("MAX_POOL_2D", [total], dtype=dtype, grid=(0.17, wide[1]), options="Pool2DOptions", filterHeight=2, filterWidth=2, **step)
            n.channels[pooled] = 4
            return conv(n, pooled, dtype, wide, 6)

        QUANTIZED.extend([(f"classifier {dtype.__name__}", dtype, wide, classifier), (f"residual {dtype.__name__}", dtype, wide, residual)])


def quantized_fault(octavo: str, path: Path, device: str, dtype, grid: tuple, make) -> str | None:
    network = Network()
    x = network.input(1, 7, 8, 4, dtype=dtype, grid=grid)
    network.channels = {x: 4}
    network.write(path, [make(network, x)])
    interpreter = reference(path)
    codes = RANDOM.integers(0, 256, (1, 7, 8, 4)).astype(np.uint8).view(dtype)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], codes)
    interpreter.invoke()
    detail = interpreter.get_output_details()[0]
    real = (codes.astype(np.float32) - grid[1]) * np.float32(grid[0])
    got = infer(octavo, path, device, {"t0": np.ascontiguousarray(real.transpose(0, 3, 1, 2))}, [detail["name"]])
    if isinstance(got, str):
        return got
    scale, zero = detail["quantization"]
    want = interpreter.get_tensor(detail["index"]).astype(np.float32)
    apart = np.abs(np.round(got[0] / scale) + zero - as_ours(want, got[0].shape))
    if apart.max() > MOST_STEPS or (apart > 0).mean() > MOST_NEIGHBOURS:
        return f"{(apart > 0).mean():.1%} of its codes differ, by up to {apart.max():.0f}"
    return None


def as_ours(array: np.ndarray, shape: tuple) -> np.ndarray:
    return array if array.shape == shape else np.ascontiguousarray(array.transpose(0, 3, 1, 2))


def input_shape(octavo: str, path: Path) -> tuple | str:
    done = subprocess.run([octavo, "inspect", path], capture_output=True, text=True)
    if done.returncode:
        return done.stderr.strip()
    return tuple(int(dim) for dim in done.stdout.splitlines()[0].split()[-1].split("x"))


def fault(octavo: str, path: Path, device: str, shape: tuple) -> str | None:
    x = values(*shape)
    interpreter = reference(path)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    ours = input_shape(octavo, path)
    if isinstance(ours, str):
        return ours
    details = interpreter.get_output_details()
    got = infer(octavo, path, device, {"t0": as_ours(x, ours)}, [detail["name"] for detail in details])
    if isinstance(got, str):
        return got
    for detail, array in zip(details, got):
        want = interpreter.get_tensor(detail["index"])
        share = range_share(array, as_ours(want, array.shape) if want.ndim == 4 else want)
        if not share <= MOST_DIFFERENCE:
            return f"output '{detail['name']}' {array.shape} differs from {want.shape} by {share:.2g} of its range"
    return None


def main() -> int:
    parser = device_parser(__doc__)
    parser.add_argument("--only", default="")
    a = parser.parse_args()
    add_elementwise()
    add_images()
    add_along_axes()
    add_shapes()
    add_quantized()
    failed = count = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, shape, make in CASES:
            for behind_image in (False, True) if a.only in name else ():
                path = Path(folder) / "model.tflite"
                build(path, shape, make, behind_image)
                for device in a.devices or ["reference"]:
                    found = fault(a.octavo, path, device, shape)
                    count += 1
                    if found:
                        failed += 1
                        print(f"{name}{' behind an image' if behind_image else ''}, {device}: {found}", flush=True)
        RANDOM.bit_generator.state = np.random.default_rng(5).bit_generator.state  # the same networks whatever stands before
        for name, dtype, grid, make in (case for case in QUANTIZED if a.only in case[0]):
            for device in a.devices or DEVICES:
                found = quantized_fault(a.octavo, Path(folder) / "model.tflite", device, dtype, grid, make)
                count += 1
                if found:
                    failed += 1
                    print(f"{name}, {device}: {found}", flush=True)
    print(f"{count} networks, {failed} failures")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
