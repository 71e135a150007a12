"""What operators.py runs: for each operator a function that adds variants, of random shapes and attributes, to a Model."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Model:
    """Collects variants of one operator; each call of `add` is one."""

    def __init__(self, opset: int):
        self.opset, self.nodes, self.inputs, self.outputs, self.constants, self.feeds, self.texts = opset, [], [], [], [], {}, {}

    def add(self, op: str, arrays: list, outputs: int = 1, types: tuple = (), **attributes) -> None:
        """`arrays`: an ndarray is an input, ("const", ndarray) an initializer, None an absent optional input. `types`: of the outputs."""
        number, names = len(self.nodes), []
        for position, array in enumerate(arrays):
            name = f"x{number}_{position}"
            if array is None:
                name = ""
            elif isinstance(array, tuple):
                self.constants.append(numpy_helper.from_array(array[1], name))
            else:
                self.inputs.append(helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape))
                self.feeds[name] = array
            names.append(name)
        results = [f"y{number}_{k}" for k in range(outputs)]
        self.nodes.append(helper.make_node(op, names, results, f"{op}_{number}", **attributes))
        for name, kind in zip(results, types or [TensorProto.FLOAT] * outputs):
            self.outputs.append(helper.make_empty_tensor_value_info(name))
            self.outputs[-1].type.tensor_type.elem_type = kind
            shapes = [a[1].shape if isinstance(a, tuple) else None if a is None else a.shape for a in arrays]
            self.texts[name] = f"{op} {shapes} {attributes}"

    def proto(self) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, "variants", self.inputs, self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)
        return model


def image(rng, channels=None):
    """All variants of a model share one batch size, as the inputs of a real one do."""
    return rng.standard_normal((2, channels or rng.integers(1, 9), rng.integers(5, 12), rng.integers(5, 12)), np.float32)


def const(array, dtype=None):
    return ("const", np.asarray(array, dtype) if dtype else np.asarray(array))


def window(rng, pool):
    kernel = [int(k) for k in rng.integers(1, 4, 2)]
    attributes = {"kernel_shape": kernel, "strides": [int(s) for s in rng.integers(1, 3, 2)]}
    if rng.random() < 0.3:
        attributes["auto_pad"] = str(rng.choice(["SAME_UPPER", "SAME_LOWER", "VALID"]))
        attributes["strides"] = [min(pair) for pair in zip(attributes["strides"], kernel)]  # ONNX Runtime refuses negative padding
    else:
        attributes["pads"] = [int(rng.integers(0, kernel[k % 2])) for k in range(4)]
    if pool:
        attributes["ceil_mode"] = int(rng.integers(0, 2)) if "pads" in attributes else 0
    elif "pads" in attributes:
        attributes["dilations"] = [int(d) for d in rng.integers(1, 3, 2)]
    return attributes


def convolution(rng, m):
    groups = int(rng.choice([1, 1, 2, 3]))
    ic, oc = groups * int(rng.integers(1, 5)), groups * int(rng.integers(1, 5))
    if rng.random() < 0.25:
        groups = oc = ic
    attributes = window(rng, False)
    weight = rng.standard_normal((oc, ic // groups, *attributes["kernel_shape"]), np.float32)
    bias = [const(rng.standard_normal(oc, np.float32))] if rng.random() < 0.7 else []
    m.add("Conv", [image(rng, ic), const(weight), *bias], group=groups, **attributes)


def gemm(rng, m):
    n, (k, o) = 2, (int(v) for v in rng.integers(1, 9, 2))
    transposed = int(rng.integers(0, 2))
    weight = rng.standard_normal((o, k) if transposed else (k, o), np.float32)
    m.add("Gemm", [rng.standard_normal((n, k), np.float32), const(weight), const(rng.standard_normal(o, np.float32))], transB=transposed,
          alpha=float(rng.choice([1.0, 0.5])), beta=float(rng.choice([1.0, 2.0])))


def batch_normalization(rng, m):
    x = image(rng)
    c = x.shape[1]
    m.add("BatchNormalization", [x] + [const(rng.random(c, np.float32) + 0.5) for _ in range(4)], epsilon=1e-3)


def unary(op, **attributes):
    return lambda rng, m: m.add(op, [image(rng) * 3], **attributes)


def positive(op):
    return lambda rng, m: m.add(op, [abs(image(rng))])


def binary(op):
    def variant(rng, m):
        x = image(rng)
        kind = rng.integers(0, 5)
        shape = [x.shape, (1, x.shape[1], 1, 1), (x.shape[1], 1, 1), (), (x.shape[0], x.shape[1], 1, 1)][kind]
        y = np.asarray(rng.random(shape, np.float32) + 0.5, np.float32)
        y = const(y) if rng.random() < 0.5 else y
        swap = rng.random() < 0.3 and len(m.nodes) > 0  # the model's first input carries the batch
        m.add(op, [y, x] if swap else [x, y])

    return variant


def clip(rng, m):
    low, high = (const(np.float32(-0.5)) if rng.random() < 0.7 else None), const(np.float32(rng.random() * 2))
    m.add("Clip", [image(rng), low, high])


def pool(op, **extra):
    return lambda rng, m: m.add(op, [image(rng)], **window(rng, True), **{k: int(rng.integers(0, 2)) for k in extra})


def softmax(op):
    return lambda rng, m: m.add(op, [image(rng)], axis=int(rng.integers(-4, 4)))


def concat(rng, m):
    x = image(rng)
    axis = int(rng.integers(1, 4))
    shape = list(x.shape)
    shape[axis] += 2
    m.add("Concat", [x, rng.standard_normal(shape, np.float32), x], axis=axis)


def reshape(rng, m):
    x = image(rng)
    choices = [[0, -1], [x.shape[0], -1, x.shape[3]], [0, 0, -1], [-1]]
    m.add("Reshape", [x, const(choices[int(rng.integers(0, 4))], np.int64)])


def transpose(rng, m):
    m.add("Transpose", [image(rng)], perm=[int(p) for p in rng.permutation(4)])


def squeeze(rng, m):
    m.add("Squeeze", [rng.standard_normal((2, 3, 1, 1), np.float32), const([2, 3], np.int64)])
    m.add("Unsqueeze", [rng.standard_normal((2, 3), np.float32), const([2, -1], np.int64)])


def slices(rng, m):
    axes = rng.permutation(4)[:2]
    m.add("Slice", [image(rng), const(rng.integers(0, 2, 2), np.int64), const([int(rng.integers(2, 5)), -1], np.int64),
                    const(axes, np.int64), const(rng.integers(1, 3, 2), np.int64)])


def pad(rng, m):
    m.add("Pad", [image(rng), const(rng.integers(0, 3, 8), np.int64), const(np.float32(0.5))])


def reduce_mean(rng, m):
    axes = [[2, 3], [1], [-1, -2], [0, 2]][int(rng.integers(0, 4))]
    m.add("ReduceMean", [image(rng)], axes=axes, keepdims=int(rng.integers(0, 2)))


def lrn(rng, m):
    m.add("LRN", [image(rng)], size=int(rng.choice([3, 5])), alpha=0.1, beta=float(rng.choice([0.75, 0.5])), bias=1.0)


def split(rng, m):
    m.add("Split", [rng.standard_normal((2, 6, 4, 4), np.float32), const([2, 4], np.int64)], outputs=2, axis=1)


def mat_mul(rng, m):
    n, (k, o) = 2, (int(v) for v in rng.integers(1, 9, 2))
    m.add("MatMul", [rng.standard_normal((n, k), np.float32), const(rng.standard_normal((k, o), np.float32))])


def comparison(op):
    def variant(rng, m):
        x = image(rng).round(1)
        m.add(op, [x, image(rng)[:1, :1, :1, :1] if rng.random() < 0.3 else const(x.round(0))], types=(TensorProto.BOOL,))

    return variant


def logic(op):
    return lambda rng, m: m.add(op, [image(rng) > 0.5, const(np.asarray([True])) if rng.random() < 0.3 else const(np.asarray(False))],
                                types=(TensorProto.BOOL,))


def where(rng, m):
    x = image(rng)
    m.add("Where", [x > 0, x, const(np.float32(0.25))])


def variadic(op):
    def variant(rng, m):
        x = image(rng)
        m.add(op, [x, const(rng.standard_normal((x.shape[1], 1, 1), np.float32)), x[:, :1]][: int(rng.integers(1, 4))])

    return variant


def power(rng, m):
    m.add("Pow", [abs(image(rng)) + 0.1, const(np.float32(rng.choice([0.5, 2, 3, -1])))])


def p_relu(rng, m):
    x = image(rng)
    m.add("PRelu", [x, const(rng.random((x.shape[1], 1, 1), np.float32))])


def reduction(op, positive=False):
    def variant(rng, m):
        x = image(rng) * (0.5 if op == "ReduceProd" else 1)
        axes = [[2, 3], [1], [-1, -2], [0, 2], [0, 1, 2, 3]][int(rng.integers(0, 5))]
        keep = int(rng.integers(0, 2))
        x = abs(x) + 0.1 if positive else x
        if op == "ReduceSum":
            m.add(op, [x, const(axes, np.int64)], keepdims=keep)
        else:
            m.add(op, [x], axes=axes, keepdims=keep)

    return variant


def arg(op):
    return lambda rng, m: m.add(op, [image(rng).round(0)], types=(TensorProto.INT64,), axis=int(rng.integers(-4, 4)),
                                keepdims=int(rng.integers(0, 2)), select_last_index=int(rng.integers(0, 2)))


def top_k(rng, m):
    m.add("TopK", [image(rng).round(1), const([int(rng.integers(1, 5))], np.int64)], outputs=2,
          types=(TensorProto.FLOAT, TensorProto.INT64), axis=int(rng.integers(2, 4)), largest=int(rng.integers(0, 2)))


def transposed(rng, m):
    groups = int(rng.choice([1, 1, 2]))
    ic, oc = groups * int(rng.integers(1, 4)), int(rng.integers(1, 4))
    kernel, strides = [int(k) for k in rng.integers(1, 4, 2)], [int(s) for s in rng.integers(1, 4, 2)]
    attributes = {"kernel_shape": kernel, "strides": strides, "dilations": [int(d) for d in rng.integers(1, 3, 2)]}
    attributes["pads"] = [int(rng.integers(0, kernel[k % 2])) for k in range(4)]
    if rng.random() < 0.3:
        attributes["output_padding"] = [int(rng.integers(0, s)) for s in strides]
    weight = rng.standard_normal((ic, oc, *kernel), np.float32)
    bias = [const(rng.standard_normal(oc * groups, np.float32))] if rng.random() < 0.7 else []
    m.add("ConvTranspose", [image(rng, ic), const(weight), *bias], group=groups, **attributes)


def instance_normalization(rng, m):
    x = image(rng)
    m.add("InstanceNormalization", [x] + [const(rng.random(x.shape[1], np.float32) + 0.5) for _ in range(2)], epsilon=1e-3)


def lp_pool(rng, m):
    attributes = window(rng, True)
    for name in ("ceil_mode", "dilations"):
        attributes.pop(name, None)
    m.add("LpPool", [image(rng)], p=int(rng.integers(1, 4)), **attributes)


def expand(rng, m):
    x = image(rng)
    m.add("Expand", [x[:, :, :1], const([1, 1, int(rng.integers(1, 4)), 1], np.int64)])


def tile(rng, m):
    m.add("Tile", [image(rng), const([1, *rng.integers(1, 3, 3)], np.int64)])


def blocks(op):
    def variant(rng, m):
        block = int(rng.integers(1, 4))
        shape = (2, 2 * block * block, 3, 4) if op == "DepthToSpace" else (2, 3, 2 * block, 3 * block)
        mode = {"mode": str(rng.choice(["DCR", "CRD"]))} if op == "DepthToSpace" else {}
        m.add(op, [rng.standard_normal(shape, np.float32)], blocksize=block, **mode)

    return variant


def resize(rng, m):
    x = image(rng)
    mode = str(rng.choice(["nearest", "linear", "cubic"]))
    coordinates = str(rng.choice(["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"]))
    attributes = {"mode": mode, "coordinate_transformation_mode": coordinates}
    if mode == "nearest":
        attributes["nearest_mode"] = str(rng.choice(["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]))
    if mode == "cubic":
        attributes["exclude_outside"] = int(rng.integers(0, 2))
    sizes = [2, x.shape[1], *(int(v) for v in rng.integers(3, 20, 2))]
    # ONNX Runtime aligns corners of the rounded size, the standard those of size times scale.
    if rng.random() < 0.5 or coordinates == "align_corners":
        m.add("Resize", [x, None, None, const(sizes, np.int64)], **attributes)
    else:
        m.add("Resize", [x, None, const([1, 1, *rng.choice([0.5, 0.75, 1.5, 2, 3], 2)], np.float32)], **attributes)


def pad_modes(rng, m):
    m.add("Pad", [image(rng), const([0, 0, *rng.integers(0, 3, 2), 0, 0, *rng.integers(0, 3, 2)], np.int64)],
          mode=str(rng.choice(["reflect", "edge"])))


def gather(rng, m):
    m.add("Gather", [image(rng), const(rng.integers(-3, 3, 4), np.int64)], axis=int(rng.integers(2, 4)))


def non_max_suppression(rng, m):
    corners = rng.random((1, 12, 4), np.float32)
    m.add("NonMaxSuppression", [corners, rng.random((1, 2, 12), np.float32), const([int(rng.integers(1, 8))], np.int64),
                                const(np.float32([0.3])), const(np.float32([0.2]))], types=(TensorProto.INT64,))


def layer_normalization(rng, m):
    x, axis = image(rng), int(rng.integers(-3, 0))
    bias = [const(rng.standard_normal(x.shape[axis:], np.float32))] if rng.random() < 0.7 else []
    m.add("LayerNormalization", [x, const(rng.random(x.shape[axis:], np.float32) + 0.5), *bias], axis=axis, epsilon=1e-3)


def group_normalization(rng, m):
    groups = int(rng.integers(1, 4))
    channels = groups * int(rng.integers(1, 4))
    size = channels if m.opset >= 21 else groups
    m.add("GroupNormalization", [image(rng, channels)] + [const(rng.standard_normal(size, np.float32)) for _ in range(2)],
          num_groups=groups, epsilon=1e-3)


def mean_variance(rng, m):
    m.add("MeanVarianceNormalization", [image(rng)], axes=[[0, 2, 3], [2, 3]][int(rng.integers(0, 2))])


def scatter_nd(rng, m):
    x = image(rng)
    depth = int(rng.integers(1, 4))
    places = rng.permutation(int(np.prod(x.shape[:depth])))[:4]
    indices = np.stack(np.unravel_index(places, x.shape[:depth]), -1)
    indices = np.where(rng.random(indices.shape) < 0.3, indices - np.array(x.shape[:depth]), indices) if m.opset < 16 else indices
    joins = {"reduction": str(rng.choice(["add", "mul", "max", "min"]))} if m.opset >= 18 else {}
    m.add("ScatterND", [x, const(indices, np.int64), rng.standard_normal((len(places), *x.shape[depth:]), np.float32)], **joins)


def scatter_elements(rng, m):
    x = image(rng)
    axis = int(rng.integers(-3, 4))
    axis = 1 if axis == 0 else axis
    shape = [2, *(int(rng.integers(1, d + 1)) for d in x.shape[1:])]
    indices = np.argsort(rng.random([2, *x.shape[1:]]), axis)[tuple(slice(d) for d in shape)]  # no place twice
    joins = {"reduction": str(rng.choice(["add", "mul", "max", "min"]))} if m.opset >= 18 else {}
    m.add("ScatterElements", [x, const(indices, np.int64), rng.standard_normal(shape, np.float32)], axis=axis, **joins)


def gather_elements(rng, m):
    x, axis = image(rng), int(rng.integers(1, 4))
    shape = [int(rng.integers(1, 9)) if i == axis else d for i, d in enumerate(x.shape)]
    m.add("GatherElements", [x, rng.integers(-x.shape[axis], x.shape[axis], shape)], axis=axis)


def gather_nd(rng, m):
    x = image(rng)
    m.add("GatherND", [x, rng.integers(-x.shape[1], x.shape[1], (2, 3, 1))], batch_dims=1)


def remainder(rng, m):
    if rng.random() < 0.5:
        m.add("Mod", [image(rng) * 3, const(np.float32(rng.choice([1.5, -0.7])))], fmod=1)
    else:
        x = rng.integers(-20, 20, (2, 5))
        m.add("Mod", [x, const(rng.choice([-3, 2, 7], 5))], types=(TensorProto.INT64,), fmod=int(rng.integers(0, 2)))


def einsum(rng, m):
    sizes = {letter: int(rng.integers(2, 5)) for letter in "cdhijkw"} | {"n": 2, "b": 2}
    equation = str(rng.choice(["bij,bjk->bik", "nchw,cd->ndhw", "bchw,bkc->bkhw", "dc,nchw->ndhw", "bhid,bhjd->bhij", "nhw,hwc->nc",
                               "bi,bi->b", "bij,j->b", "bijk,bk->bji", "bi,bj->bij", "nchw,nkhw->nck"]))
    a, b = equation.split("->")[0].split(",")
    arrays = [rng.standard_normal([sizes[letter] for letter in term], np.float32) for term in (a, b)]
    m.add("Einsum", [array if term[0] in "bn" else const(array) for term, array in zip((a, b), arrays)], equation=equation)


def cumulative(rng, m):
    m.add("CumSum", [image(rng), const(np.int64(rng.integers(1, 4)))], exclusive=int(rng.integers(0, 2)), reverse=int(rng.integers(0, 2)))


def trilu(rng, m):
    m.add("Trilu", [image(rng), const(np.int64(rng.integers(-3, 4)))], upper=int(rng.integers(0, 2)))


def one_hot(rng, m):
    depth = int(rng.integers(2, 6))
    m.add("OneHot", [rng.integers(-depth, depth + 1, (2, 3)), const(np.int64(depth)), const(np.float32([-1, 2]))],
          axis=int(rng.integers(-1, 2)) or -1)


def infinite(rng, m):
    x = image(rng)
    x[x > 1], x[x < -1] = np.inf, -np.inf
    m.add("IsInf", [x], types=(TensorProto.BOOL,), detect_positive=int(rng.integers(0, 2)), detect_negative=int(rng.integers(0, 2)))


def not_a_number(rng, m):
    x = image(rng)
    x[x > 1] = np.nan
    m.add("IsNaN", [x], types=(TensorProto.BOOL,))


def within_one(op, offset=0.0):
    return lambda rng, m: m.add(op, [np.clip(image(rng), -0.99, 0.99) + np.float32(offset)])


def cast_like(rng, m):
    m.add("CastLike", [image(rng) * 3, const(np.int64(0))], types=(TensorProto.INT64,))


def grid_sample(rng, m):
    x = image(rng)
    grid = rng.uniform(-1.3, 1.3, (2, *rng.integers(2, 6, 2), 2)).astype(np.float32)
    modes = ["linear", "nearest", "cubic"] if m.opset >= 20 else ["bilinear", "nearest", "bicubic"]
    m.add("GridSample", [x, grid], mode=str(rng.choice(modes)), padding_mode=str(rng.choice(["zeros", "border", "reflection"])),
          align_corners=int(rng.integers(0, 2)))


def hardmax(rng, m):
    m.add("Hardmax", [image(rng).round(1)], axis=int(rng.choice([-3, -1, 1, 2])))


CONVERTED = {
    "LayerNormalization": layer_normalization, "GroupNormalization": group_normalization, "MeanVarianceNormalization": mean_variance,
    "ScatterND": scatter_nd, "ScatterElements": scatter_elements, "GatherElements": gather_elements, "GatherND": gather_nd,
    "Mod": remainder, "Einsum": einsum, "CumSum": cumulative, "Trilu": trilu, "OneHot": one_hot, "IsInf": infinite, "IsNaN": not_a_number,
    "CastLike": cast_like, "GridSample": grid_sample, "Hardmax": hardmax, "Softsign": unary("Softsign"),
    "ThresholdedRelu": unary("ThresholdedRelu", alpha=0.7),
    "Sin": unary("Sin"), "Cos": unary("Cos"), "Tan": within_one("Tan"), "Asin": within_one("Asin"), "Acos": within_one("Acos"),
    "Atan": unary("Atan"), "Sinh": unary("Sinh"), "Cosh": unary("Cosh"), "Asinh": unary("Asinh"), "Acosh": within_one("Acosh", 2),
    "Atanh": within_one("Atanh"),
}
OPERATORS = CONVERTED | {
    "Equal": comparison("Equal"), "Greater": comparison("Greater"), "GreaterOrEqual": comparison("GreaterOrEqual"),
    "Less": comparison("Less"), "LessOrEqual": comparison("LessOrEqual"), "And": logic("And"), "Or": logic("Or"), "Xor": logic("Xor"),
    "Where": where, "Min": variadic("Min"), "Max": variadic("Max"), "Sum": variadic("Sum"), "Mean": variadic("Mean"), "Pow": power,
    "PRelu": p_relu, "Elu": unary("Elu", alpha=0.7), "Selu": unary("Selu"), "Celu": unary("Celu", alpha=0.7), "Mish": unary("Mish"),
    "Softplus": unary("Softplus"), "Gelu": unary("Gelu"), "Erf": unary("Erf"), "Abs": unary("Abs"), "Neg": unary("Neg"),
    "Sign": unary("Sign"), "Floor": unary("Floor"), "Ceil": unary("Ceil"), "Round": unary("Round"), "Log": positive("Log"),
    "Reciprocal": positive("Reciprocal"), "ReduceSum": reduction("ReduceSum"), "ReduceMax": reduction("ReduceMax"),
    "ReduceMin": reduction("ReduceMin"), "ReduceProd": reduction("ReduceProd"), "ReduceL1": reduction("ReduceL1"),
    "ReduceL2": reduction("ReduceL2"), "ReduceLogSum": reduction("ReduceLogSum", True), "ReduceLogSumExp": reduction("ReduceLogSumExp"),
    "ReduceSumSquare": reduction("ReduceSumSquare"), "ArgMax": arg("ArgMax"), "ArgMin": arg("ArgMin"), "TopK": top_k,
    "ConvTranspose": transposed, "InstanceNormalization": instance_normalization, "LpPool": lp_pool,
    "GlobalMaxPool": unary("GlobalMaxPool"), "GlobalLpPool": unary("GlobalLpPool", p=3), "Expand": expand, "Tile": tile,
    "DepthToSpace": blocks("DepthToSpace"), "SpaceToDepth": blocks("SpaceToDepth"), "Resize": resize, "PadModes": pad_modes,
    "Gather": gather, "LogSoftmax": softmax("LogSoftmax"), "NonMaxSuppression": non_max_suppression,
    "Conv": convolution, "Gemm": gemm, "MatMul": mat_mul, "BatchNormalization": batch_normalization, "Relu": unary("Relu"), "Clip": clip,
    "LeakyRelu": unary("LeakyRelu", alpha=0.1), "Sigmoid": unary("Sigmoid"), "HardSigmoid": unary("HardSigmoid", alpha=0.3, beta=0.4),
    "HardSwish": unary("HardSwish"), "Tanh": unary("Tanh"), "Exp": unary("Exp"), "Sqrt": positive("Sqrt"), "Add": binary("Add"),
    "Sub": binary("Sub"), "Mul": binary("Mul"), "Div": binary("Div"), "MaxPool": pool("MaxPool"),
    "AveragePool": pool("AveragePool", count_include_pad=1), "GlobalAveragePool": unary("GlobalAveragePool"), "ReduceMean": reduce_mean,
    "LRN": lrn, "LpNormalization": unary("LpNormalization", axis=1, p=2), "Softmax": softmax("Softmax"), "Concat": concat, "Split": split,
    "Flatten": unary("Flatten", axis=2), "Reshape": reshape, "Transpose": transpose, "Squeeze": squeeze, "Slice": slices, "Pad": pad,
    "Identity": unary("Identity"), "Dropout": unary("Dropout"),
}
OPSETS = {"Softmax": (11, 13), "LogSoftmax": (11, 13), "HardSwish": (14,), "Gelu": (20,), "Mish": (18,), "LayerNormalization": (17,),
          "GroupNormalization": (18, 21), "ScatterND": (13, 18), "ScatterElements": (13, 18), "Trilu": (14,), "CastLike": (15,), "GridSample": (16, 20)}
