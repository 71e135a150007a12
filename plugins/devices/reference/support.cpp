// See support.h. fp32 needs a row of the operator table; int8 what the numbers contract asks of the operator's role.
#include "support.h"

#include <ops/support.h>

#include <limits>

namespace octavo::reference {

namespace {

using ops::NodeView;
using ops::refusal;
using ops::Shape;

// Of products that add up to one value: each is at most 255 * 127, and the sum must stay in 32 bits.
constexpr std::int64_t kLargestSum = std::numeric_limits<std::int32_t>::max() / (255 * 127);

Result<void> constant_input(const NodeView& node, std::size_t i, const char* what) {
    if (node.input(i).data) return {};
    return refusal(node, std::string(what) + " '" + node.input(i).name + "' is computed while the model runs, so it has no int8 form");
}

Result<void> can_sum(const NodeView& node, std::int64_t products) {
    if (products <= kLargestSum) return {};
    return refusal(node, "sums of " + std::to_string(products) + " products may leave 32 bits, so it has no int8 form");
}

Result<void> can_convolve(const NodeView& node) {
    OCTAVO_CHECK_OK(constant_input(node, 1, "weight"));
    if (node.has_input(2)) OCTAVO_CHECK_OK(constant_input(node, 2, "bias"));
    const Shape weight = node.input_shape(1);
    return can_sum(node, ops::extent(weight, 1, weight.size()));
}

Result<void> can_multiply_gemm(const NodeView& node) {
    OCTAVO_CHECK_OK(constant_input(node, 1, "weight"));
    if (node.integer("transA", 0) != 0) return refusal(node, "transA has no int8 form");
    if (node.real("alpha", 1) != 1.0F || node.real("beta", 1) != 1.0F)
        return refusal(node, "alpha and beta other than 1 have no int8 form");
    const bool transposed = node.integer("transB", 0) != 0;
    const Shape weight = node.input_shape(1);
    if (node.has_input(2)) {
        OCTAVO_CHECK_OK(constant_input(node, 2, "bias"));
        const Shape bias = node.input_shape(2);
        const std::int64_t channels = weight[transposed ? 0 : 1];
        const std::int64_t count = ops::element_count(bias);
        if (count != 1 && (count != channels || bias.back() != channels))
            return refusal(node, "bias " + ops::shape_text(bias) + " is not one value an output channel, so it has no int8 form");
    }
    return can_sum(node, weight[transposed ? 1 : 0]);
}

Result<void> can_multiply(const NodeView& node) {
    OCTAVO_CHECK_OK(constant_input(node, 1, "weight"));
    const Shape weight = node.input_shape(1);
    if (weight.size() != 2) return refusal(node, "weight " + ops::shape_text(weight) + " is no matrix, so it has no int8 form");
    return can_sum(node, weight[0]);
}

struct ProductRow {
    std::string_view op;
    Result<void> (*check)(const NodeView& node);
};
constexpr ProductRow kProducts[] = {{"Conv", can_convolve}, {"Gemm", can_multiply_gemm}, {"MatMul", can_multiply}};

Result<void> can_average(const NodeView& node) {
    if (node.op() != "ReduceMean") return {};
    OCTAVO_TRY(const std::vector<std::int64_t> axes, ops::reduced_axes(node));
    const auto rank = static_cast<std::int64_t>(node.input_shape(0).size());
    if (rank < 3 || static_cast<std::int64_t>(axes.size()) != rank - 2 || axes.front() != 2)
        return refusal(node, "a mean over other axes than height and width has no int8 form");
    return {};
}

Result<void> can_run_int8(const NodeView& node, const ops::Row& row) {
    for (std::size_t i = 0; i < node.output_count(); ++i)
        if (node.has_output(i) && node.output(i).type != OCTAVO_F32)
            return refusal(node, std::string("its output is ") + type_name(node.output(i).type) + ", so it has no int8 form");
    if (row.role == ops::Role::floating) return refusal(node, std::string(row.name) + " has no int8 form");
    if (row.role == ops::Role::average) return can_average(node);
    if (row.role != ops::Role::product) return {};
    for (const ProductRow& product : kProducts)
        if (product.op == node.op()) return product.check(node);
    return refusal(node, std::string(row.name) + " has no int8 form here");
}

}  // namespace

Result<void> can_run(const NodeView& node, octavo_precision precision) {
    OCTAVO_CHECK_OK(ops::infer(node));
    if (precision == OCTAVO_FP32) return {};
    if (precision == OCTAVO_INT8) return can_run_int8(node, *ops::find(node.op()));
    return refusal(node, "the reference device has no bf16");
}

}  // namespace octavo::reference
