// TensorFlow Lite's operators as operators of ours: what computes values. import_rows_spatial.cpp has those of images,
// import_rows_shape.cpp what moves values.
#include "core/formats/tflite/import_rows.h"

#include <algorithm>
#include <array>

namespace octavo::tflite {
namespace {

// Operators that differ in name alone, if at all, computed value by value.
struct Same {
    std::string_view type;
    const char* op;
};
constexpr std::array kSame = std::to_array<Same>({
    {"ABS", "Abs"},
    {"ADD_N", "Sum"},
    {"CEIL", "Ceil"},
    {"COS", "Cos"},
    {"EQUAL", "Equal"},
    {"EXP", "Exp"},
    {"FLOOR", "Floor"},
    {"FLOOR_MOD", "Mod"},
    {"GREATER", "Greater"},
    {"GREATER_EQUAL", "GreaterOrEqual"},
    {"HARD_SWISH", "HardSwish"},
    {"LESS", "Less"},
    {"LESS_EQUAL", "LessOrEqual"},
    {"LOG", "Log"},
    {"LOGICAL_AND", "And"},
    {"LOGICAL_NOT", "Not"},
    {"LOGICAL_OR", "Or"},
    {"LOGISTIC", "Sigmoid"},
    {"MAXIMUM", "Max"},
    {"MINIMUM", "Min"},
    {"NEG", "Neg"},
    {"POW", "Pow"},
    {"PRELU", "PRelu"},
    {"RELU", "Relu"},
    {"ROUND", "Round"},
    {"SELECT_V2", "Where"},
    {"SIGN", "Sign"},
    {"SIN", "Sin"},
    {"SQRT", "Sqrt"},
    {"TANH", "Tanh"},
});

const Same* same_of(std::string_view type) {
    const auto row = std::find_if(kSame.begin(), kSame.end(), [&](const Same& same) { return same.type == type; });
    return row == kSame.end() ? nullptr : &*row;
}

Result<void> read_same(Importer& in) {
    const Order order = in.common_order();
    in.finish(same_of(in.op().type)->op, in.operands(order), order);
    return {};
}

// ADD, SUB, MUL, DIV: with a fused activation.
Result<void> read_arithmetic(Importer& in) {
    constexpr std::pair<std::string_view, const char*> kOps[] = {{"ADD", "Add"}, {"SUB", "Sub"}, {"MUL", "Mul"}, {"DIV", "Div"}};
    const auto row = std::find_if(std::begin(kOps), std::end(kOps), [&](const auto& known) { return known.first == in.op().type; });
    const Order order = in.common_order();
    return in.activate(row->second, in.operands(order), order, in.small(0));
}

Result<void> read_clip(Importer& in) {
    struct Ends {
        std::string_view type;
        float low, high;
    };
    constexpr Ends kEnds[] = {{"RELU6", 0, 6}, {"RELU_N1_TO_1", -1, 1}, {"RELU_0_TO_1", 0, 1}};
    const auto ends = std::find_if(std::begin(kEnds), std::end(kEnds), [&](const Ends& known) { return known.type == in.op().type; });
    const TensorId x = in.as_held(0), low = in.constant("min", ends->low), high = in.constant("max", ends->high);
    in.finish("Clip", {x, low, high}, in.order(0));
    return {};
}

Result<void> read_leaky(Importer& in) {
    in.finish("LeakyRelu", {in.as_held(0)}, in.order(0), {{"alpha", in.real(0)}});
    return {};
}

Result<void> read_elu(Importer& in) {
    in.finish("Elu", {in.as_held(0)}, in.order(0), {{"alpha", 1.0F}});
    return {};
}

Result<void> read_gelu(Importer& in) {
    in.finish("Gelu", {in.as_held(0)}, in.order(0), {{"approximate", std::string(in.flag(0) ? "tanh" : "none")}});
    return {};
}

Result<void> read_not_equal(Importer& in) {
    const Order order = in.common_order();
    in.finish("Not", {in.between("equal", "Equal", in.operands(order))}, order);
    return {};
}

Result<void> read_inverse_root(Importer& in) {
    in.finish("Reciprocal", {in.between("root", "Sqrt", {in.as_held(0)})}, in.order(0));
    return {};
}

Result<void> read_square(Importer& in) {
    const TensorId x = in.as_held(0);
    in.finish("Mul", {x, x}, in.order(0));
    return {};
}

Result<void> read_squared_difference(Importer& in) {
    const Order order = in.common_order();
    const TensorId difference = in.between("difference", "Sub", in.operands(order));
    in.finish("Mul", {difference, difference}, order);
    return {};
}

// ---- between types

// What is computed in codes is real here: QUANTIZE puts its input on a grid, DEQUANTIZE takes it as it is.
Result<void> read_quantize(Importer& in) {
    if (in.is_constant(0) && in.shape(0) == in.output().shape)
        in.keep_constant(0);
    else
        in.keep({in.as_held(0), in.order(0)});
    return {};
}

Result<void> read_cast(Importer& in) {
    constexpr std::pair<octavo_type, std::int64_t> kNumbers[] = {// of ONNX
                                                                 {OCTAVO_F32, 1},
                                                                 {OCTAVO_U8, 2},
                                                                 {OCTAVO_S8, 3},
                                                                 {OCTAVO_S64, 7},
                                                                 {OCTAVO_BOOLEAN, 9}};
    const auto to =
        std::find_if(std::begin(kNumbers), std::end(kNumbers), [&](const auto& known) { return known.first == graph_type(in.output()); });
    in.finish("Cast", {in.as_held(0)}, in.order(0), {{"to", to->second}});
    return {};
}

// ---- products

// x of any rank is taken as rows of as many values as the weight [O,I] takes.
Result<void> read_fully_connected(Importer& in) {
    if (in.rank(1) != 2 || in.shape(1)[1] < 1) return in.refusal("its weight has not 2 dimensions");
    if (in.small(1) != 0) return in.refusal("weights of format " + std::to_string(in.small(1)) + ", expected 0");
    const std::int64_t taken = in.shape(1)[1], count = element_count(in.shape(0)), outputs = in.shape(1)[0];
    if (count % taken != 0) return in.refusal(std::to_string(count) + " values, the weight takes " + std::to_string(taken));
    const Shape rows = {count / taken, taken};
    Ids ids = {in.shape(0) == rows ? in.in_file_order(0) : in.turned(reshaped(in, 0, rows, "rows"), file_order(2)), in.in_file_order(1)};
    if (in.has_input(2)) ids.push_back(in.in_file_order(2));
    if (in.output().shape.size() == 2)
        return in.activate("Gemm", std::move(ids), file_order(2), in.small(0), {{"transB", std::int64_t{1}}});
    if (in.small(0) != 0)
        return in.refusal("a fused activation on an output of " + std::to_string(in.output().shape.size()) + " dimensions");
    Numbers target = in.output().shape;
    if (!target.empty()) target.back() = outputs;
    const TensorId product = in.between("product", "Gemm", std::move(ids), {{"transB", std::int64_t{1}}});
    in.finish("Reshape", {product, in.constant("shape", target)}, file_order(target.size()));
    return {};
}

Result<void> read_batch_product(Importer& in) {
    const auto side = [&](std::size_t input, std::size_t field, const char* what) {
        const TensorId x = in.in_file_order(input);
        Numbers perm;
        for (std::size_t axis = 0; axis < in.rank(input); ++axis) perm.push_back(static_cast<std::int64_t>(axis));
        if (!in.flag(field) || perm.size() < 2) return x;
        std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
        return in.between(what, "Transpose", {x}, {{"perm", perm}});
    };
    const TensorId a = side(0, 0, "a"), b = side(1, 1, "b");
    in.finish("MatMul", {a, b}, file_order(in.output().shape.size()));
    return {};
}

// ---- along axes

Result<void> read_softmax(Importer& in) {
    OCTAVO_TRY(const std::int64_t last, in.place(in.order(0), -1));
    const bool logarithm = in.op().type == "LOG_SOFTMAX";
    const float beta = logarithm ? 1 : in.real(0);
    TensorId x = in.as_held(0);
    if (beta != 1) x = in.between("scaled", "Mul", {x, in.constant("beta", beta)});
    in.finish(logarithm ? "LogSoftmax" : "Softmax", {x}, in.order(0), {{"axis", last}, {"opset", std::int64_t{13}}});
    return {};
}

Result<void> read_reduction(Importer& in) {
    constexpr std::pair<std::string_view, const char*> kOps[] = {{"MEAN", "ReduceMean"},
                                                                 {"SUM", "ReduceSum"},
                                                                 {"REDUCE_MAX", "ReduceMax"},
                                                                 {"REDUCE_MIN", "ReduceMin"},
                                                                 {"REDUCE_PROD", "ReduceProd"}};
    const auto row = std::find_if(std::begin(kOps), std::end(kOps), [&](const auto& known) { return known.first == in.op().type; });
    OCTAVO_TRY(const Numbers axes, in.integers(1));
    OCTAVO_TRY(const Numbers places, in.places(in.order(0), axes));
    const bool keeps = in.flag(0);
    in.finish(row->second, {in.as_held(0)}, keeps ? in.order(0) : without(in.order(0), places),
              {{"axes", places}, {"keepdims", std::int64_t{keeps}}});
    return {};
}

Result<void> read_cumulative(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.integer(1));
    OCTAVO_TRY(const std::int64_t place, in.place(in.order(0), axis));
    in.finish("CumSum", {in.as_held(0), in.constant("axis", Numbers{place})}, in.order(0),
              {{"exclusive", std::int64_t{in.flag(0)}}, {"reverse", std::int64_t{in.flag(1)}}});
    return {};
}

// x / max(its norm along the last dimension, 1e-6)
Result<void> read_normalization(Importer& in) {
    OCTAVO_TRY(const Numbers last, in.places(in.order(0), {-1}));
    const TensorId x = in.as_held(0), square = in.between("square", "Mul", {x, x});
    const TensorId sum = in.between("sum", "ReduceSum", {square}, {{"axes", last}, {"keepdims", std::int64_t{1}}});
    const TensorId norm = in.between("norm", "Sqrt", {sum});
    return in.activate("Div", {x, in.between("guard", "Max", {norm, in.constant("eps", 1e-6F)})}, in.order(0), in.small(0));
}

constexpr Row kRows[] = {
    {"ADD", read_arithmetic, 2, false, true},
    {"ARG_MAX", read_arg},
    {"ARG_MIN", read_arg},
    {"AVERAGE_POOL_2D", read_pool, 1, true},
    {"BATCH_MATMUL", read_batch_product, 2},
    {"BATCH_TO_SPACE_ND", read_batch_to_space, 1, true},
    {"BROADCAST_TO", read_broadcast, 2},
    {"CAST", read_cast},
    {"CONCATENATION", read_concat},
    {"CONV_2D", read_convolution, 2, true, true},
    {"CUMSUM", read_cumulative},
    {"DEPTHWISE_CONV_2D", read_convolution, 2, true, true},
    {"DEPTH_TO_SPACE", read_blocks, 1, true},
    {"DEQUANTIZE", read_quantize},
    {"DIV", read_arithmetic, 2},
    {"ELU", read_elu},
    {"EXPAND_DIMS", read_expand_dims},
    {"FULLY_CONNECTED", read_fully_connected, 2, false, true},
    {"GATHER", read_gather, 2},
    {"GATHER_ND", read_gather_nd, 2},
    {"GELU", read_gelu},
    {"L2_NORMALIZATION", read_normalization},
    {"LEAKY_RELU", read_leaky},
    {"LOCAL_RESPONSE_NORMALIZATION", read_response_normalization, 1, true},
    {"LOG_SOFTMAX", read_softmax},
    {"MAX_POOL_2D", read_pool, 1, true},
    {"MEAN", read_reduction},
    {"MIRROR_PAD", read_pad},
    {"MUL", read_arithmetic, 2},
    {"NOT_EQUAL", read_not_equal},
    {"PACK", read_pack},
    {"PAD", read_pad},
    {"PADV2", read_pad},
    {"QUANTIZE", read_quantize},
    {"REDUCE_MAX", read_reduction},
    {"REDUCE_MIN", read_reduction},
    {"REDUCE_PROD", read_reduction},
    {"RELU6", read_clip},
    {"RELU_0_TO_1", read_clip},
    {"RELU_N1_TO_1", read_clip},
    {"RESHAPE", read_reshape},
    {"RESIZE_BILINEAR", read_resize, 1, true},
    {"RESIZE_NEAREST_NEIGHBOR", read_resize, 1, true},
    {"RSQRT", read_inverse_root},
    {"SCATTER_ND", read_scatter_nd, 3},
    {"SHAPE", read_shape},
    {"SLICE", read_slice},
    {"SOFTMAX", read_softmax},
    {"SPACE_TO_BATCH_ND", read_space_to_batch, 1, true},
    {"SPACE_TO_DEPTH", read_blocks, 1, true},
    {"SPLIT", read_split, 2},
    {"SPLIT_V", read_split},
    {"SQUARE", read_square},
    {"SQUARED_DIFFERENCE", read_squared_difference},
    {"SQUEEZE", read_squeeze},
    {"STRIDED_SLICE", read_strided_slice},
    {"SUB", read_arithmetic, 2},
    {"SUM", read_reduction},
    {"TILE", read_tile, 2},
    {"TOPK_V2", read_top_k, 2},
    {"TRANSPOSE", read_transpose},
    {"TRANSPOSE_CONV", read_transposed_convolution, 3, true, true},
    {"UNPACK", read_unpack},
};

}  // namespace

const Row* row_of(std::string_view type) {
    static constexpr Row kSameRow = {"", read_same};
    if (same_of(type)) return &kSameRow;
    const Row* row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.type == type; });
    return row == std::end(kRows) ? nullptr : row;
}

}  // namespace octavo::tflite
