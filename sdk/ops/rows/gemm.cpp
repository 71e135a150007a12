// Gemm: alpha * A * B + beta * C with A and B transposed on request, C (input 2) broadcast, and a residual (input 3, of the output's
// shape). Beyond ONNX, where nothing is transposed or scaled A may have more dimensions than two: all but the last count rows. Sums
// run in fp32 in the order of the inner dimension.
#include <vector>

#include "ops/columns.h"
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"alpha", OCTAVO_ATTRIBUTE_FLOAT, "1"},
                                        {"beta", OCTAVO_ATTRIBUTE_FLOAT, "1"},
                                        {"transA", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"transB", OCTAVO_ATTRIBUTE_INT, "0"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    Shape a = node.input_shape(0);
    Shape b = node.input_shape(1);
    const bool a_transposed = node.integer("transA", 0) != 0;
    const bool is_plain = !a_transposed && node.integer("transB", 0) == 0 && node.real("alpha", 1) == 1.0F && node.real("beta", 1) == 1.0F;
    if (a.size() < 2 || (a.size() > 2 && !is_plain) || b.size() != 2)
        return refusal(node, "inputs are " + shape_text(a) + " and " + shape_text(b) + ", expected two matrices");
    if (a_transposed) std::swap(a[0], a[1]);
    if (node.integer("transB", 0) != 0) std::swap(b[0], b[1]);
    if (a.back() != b[0]) return refusal(node, "matrices " + shape_text(a) + " and " + shape_text(b) + " do not multiply");
    Shape output = a;
    output.back() = b[1];
    if (node.has_input(2)) {
        OCTAVO_TRY(const Shape sum, broadcast(node, output, node.input_shape(2)));
        if (sum != output)
            return refusal(node, "addend " + shape_text(node.input_shape(2)) + " does not broadcast to " + shape_text(output));
    }
    if (node.has_input(3) && node.input_shape(3) != output)
        return refusal(node, "residual is " + shape_text(node.input_shape(3)) + ", expected " + shape_text(output));
    return one_output(OCTAVO_F32, output);
}

std::vector<float> transposed(std::span<const float> from, std::int64_t rows, std::int64_t columns) {
    std::vector<float> to(from.size());
    copy_strided(std::as_bytes(from).data(), {1, columns}, {columns, rows}, sizeof(float), std::as_writable_bytes(std::span(to)).data());
    return to;
}

// y = A * B, row by row: each row of B is scaled and added.
void multiply(const octavo_tensor& a, const octavo_tensor& b, bool a_transposed, bool b_transposed, std::span<float> y) {
    const std::int64_t k = a.shape[a_transposed ? 0 : a.rank - 1];
    const std::int64_t n = b.shape[b_transposed ? 0 : 1];
    const std::int64_t m = n == 0 ? 0 : static_cast<std::int64_t>(y.size()) / n;
    std::vector<float> b_copy;
    if (b_transposed) b_copy = transposed(values<const float>(b), n, k);
    const float* from_a = static_cast<const float*>(a.data);
    const float* from_b = b_transposed ? b_copy.data() : static_cast<const float*>(b.data);
    std::ranges::fill(y, 0.0F);
    for (std::int64_t row = 0; row < m; ++row)
        for (std::int64_t i = 0; i < k; ++i)
            add_column(y.data() + row * n, from_b + i * n, from_a[a_transposed ? i * m + row : row * k + i], n);
}

void add_scaled(const octavo_tensor& c, float beta, const Shape& shape, std::span<float> y) {
    const Shape strides = broadcast_strides(shape_of(c), shape);
    const float* from = static_cast<const float*>(c.data);
    std::size_t next = 0;
    for_each_run<1>(shape, {strides}, [&](const std::array<std::int64_t, 1>& offset, std::int64_t length) {
        for (std::int64_t i = 0; i < length; ++i) y[next++] += beta * from[offset[0] + i * strides.back()];
    });
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const std::span<float> y = values<float>(outputs[0]);
    multiply(inputs[0], inputs[1], node.integer("transA", 0) != 0, node.integer("transB", 0) != 0, y);
    const float alpha = node.real("alpha", 1);
    for (float& value : y) value *= alpha;
    if (is_given(inputs, 2)) add_scaled(inputs[2], node.real("beta", 1), shape_of(outputs[0]), y);
    if (is_given(inputs, 3))
        for (std::size_t i = 0; i < y.size(); ++i) y[i] += values<const float>(inputs[3])[i];
    return {};
}

}  // namespace

extern const Row gemm_row;
const Row gemm_row = {"Gemm", 2, 4, Role::product, kAttributes, infer_types, compute};

}  // namespace octavo::ops
