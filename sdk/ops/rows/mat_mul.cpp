// MatMul: numpy's matrix product. Leading dimensions broadcast; a vector on the left is a row, on the right a column, and that dimension
// is taken away again. Sums run in fp32 in the order of the inner dimension.
#include "ops/columns.h"
#include "ops/support.h"

namespace octavo::ops {

namespace {

struct Product {
    Shape a, b;   // as matrices: rank 2 or more
    Shape batch;  // leading dimensions of the product
    bool a_is_row = false, b_is_column = false;

    std::int64_t m() const { return a[a.size() - 2]; }
    std::int64_t k() const { return a.back(); }
    std::int64_t n() const { return b.back(); }
};

Result<Product> product_of(const NodeView& node) {
    Product product{node.input_shape(0), node.input_shape(1), {}};
    if (product.a.empty() || product.b.empty()) return refusal(node, "an input is a scalar");
    product.a_is_row = product.a.size() == 1;
    product.b_is_column = product.b.size() == 1;
    if (product.a_is_row) product.a.insert(product.a.begin(), 1);
    if (product.b_is_column) product.b.push_back(1);
    if (product.k() != product.b[product.b.size() - 2])
        return refusal(node,
                       "matrices " + shape_text(node.input_shape(0)) + " and " + shape_text(node.input_shape(1)) + " do not multiply");
    OCTAVO_TRY(product.batch, broadcast(node, {product.a.begin(), product.a.end() - 2}, {product.b.begin(), product.b.end() - 2}));
    return product;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    OCTAVO_TRY(const Product product, product_of(node));
    Shape shape = product.batch;
    if (!product.a_is_row) shape.push_back(product.m());
    if (!product.b_is_column) shape.push_back(product.n());
    return one_output(OCTAVO_F32, shape);
}

// Strides of the leading dimensions, counted in matrices.
Shape batch_strides(const Shape& matrices, const Shape& batch) {
    return broadcast_strides({matrices.begin(), matrices.end() - 2}, batch);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Product product, product_of(node));
    const std::int64_t m = product.m();
    const std::int64_t k = product.k();
    const std::int64_t n = product.n();
    std::ranges::fill(values<float>(outputs[0]), 0.0F);
    const float* all_a = static_cast<const float*>(inputs[0].data);
    const float* all_b = static_cast<const float*>(inputs[1].data);
    float* y = static_cast<float*>(outputs[0].data);
    Shape batch = product.batch;
    batch.push_back(1);  // so that a run is one matrix
    Shape a_strides = batch_strides(product.a, product.batch);
    Shape b_strides = batch_strides(product.b, product.batch);
    a_strides.push_back(0);
    b_strides.push_back(0);
    for_each_run<2>(batch, {a_strides, b_strides}, [&](const std::array<std::int64_t, 2>& offset, std::int64_t) {
        const float* a = all_a + offset[0] * m * k;
        const float* b = all_b + offset[1] * k * n;
        for (std::int64_t row = 0; row < m; ++row, y += n)
            for (std::int64_t i = 0; i < k; ++i) add_column(y, b + i * n, a[row * k + i], n);
    });
    return {};
}

}  // namespace

extern const Row mat_mul_row;
const Row mat_mul_row = {"MatMul", 2, 2, Role::product, {}, infer_types, compute};

}  // namespace octavo::ops
