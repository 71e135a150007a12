// MatMul in fp32 by oneDNN: with a constant matrix all rows at once, the matrix reordered once; of two computed tensors matrix by matrix,
// with numpy's broadcasting in front of them.
#include "dnnl_product.h"

#include <unordered_map>

namespace octavo::onednn {
namespace {

using dnnl::memory;

struct Matrices {
    memory::desc a, b, y;
};

// Row by row: dense strides.
memory::desc dense(const memory::dims& shape) {
    memory::dims strides(shape.size(), 1);
    for (std::size_t i = shape.size() - 1; i-- > 0;) strides[i] = strides[i + 1] * shape[i + 1];
    return {shape, memory::data_type::f32, strides};
}

memory::dims shape_of(const octavo_tensor_info& info) {
    return {info.shape, info.shape + info.rank};
}

// A vector on the left is a row, on the right a column.
std::optional<Matrices> matrices_of(const ops::NodeView& node) {
    memory::dims a = shape_of(node.input(0)), b = shape_of(node.input(1));
    if (a.size() == 1) a.insert(a.begin(), 1);
    if (b.size() == 1) b.push_back(1);
    const std::int64_t m = a[a.size() - 2], k = a.back(), n = b.back();
    const auto count = [](const memory::dims& shape) { return ops::element_count(shape); };
    if (count(b) == k * n) {
        const std::int64_t rows = count(a) / k;
        return Matrices{dense({rows, k}), dense({k, n}), dense({rows, n})};
    }
    const std::size_t rank = std::max(a.size(), b.size());
    if (rank > DNNL_MAX_NDIMS) return std::nullopt;
    a.insert(a.begin(), rank - a.size(), 1);
    b.insert(b.begin(), rank - b.size(), 1);
    if (std::equal(a.begin(), a.end() - 2, b.begin())) {  // nothing to broadcast
        const std::int64_t batch = count(a) / (m * k);
        return Matrices{dense({batch, m, k}), dense({batch, k, n}), dense({batch, m, n})};
    }
    memory::dims y = a;
    for (std::size_t i = 0; i + 2 < rank; ++i) y[i] = std::max(a[i], b[i]);
    y.back() = n;
    return Matrices{dense(a), dense(b), dense(y)};
}

Result<ProductPrimitive> make_matmul(const Matrices& matrices, bool any_order, const Activation& activation) try {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    dnnl::post_ops post;
    append_activation(post, activation);
    attributes.set_post_ops(post);
    const memory::desc any(matrices.b.get_dims(), memory::data_type::f32, memory::format_tag::any);
    return finished<dnnl::matmul>(
        dnnl::matmul::primitive_desc(dnnl_engine(), matrices.a, any_order ? any : matrices.b, matrices.y, attributes));
} catch (const dnnl::error& error) {
    return Error(Code::internal, std::string("oneDNN: ") + error.message);
}

class MatMulStep : public Step {
public:
    dnnl::primitive primitive;
    memory a, b, y, scratchpad;
    std::size_t constant = 0;  // bytes

    void bind(const Addresses& addresses, std::byte* scratch) override {
        std::size_t next = 0;
        for (memory* each : {&a, &b})
            if (!each->get_data_handle()) each->set_data_handle(addresses.get<float>(reads[next++]));
        y.set_data_handle(addresses.get<float>(writes[0]));
        scratchpad.set_data_handle(scratch);
        arguments_ = {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, y}, {DNNL_ARG_SCRATCHPAD, scratchpad}};
    }
    void run(const RunContext&) override { primitive.execute(stream_, arguments_); }
    bool is_alone() const override { return true; }
    std::size_t constant_bytes() const override { return constant; }

private:
    dnnl::stream stream_{dnnl_engine()};
    std::unordered_map<int, memory> arguments_;
};

}  // namespace

bool lower_matmul(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "MatMul") return false;
    const std::optional<Matrices> matrices = matrices_of(node);
    if (!matrices) return false;
    const bool constant_b = node.input(1).data;
    const auto made = make_matmul(*matrices, constant_b, node.activation());
    if (!made) return false;
    auto step = std::make_unique<MatMulStep>();
    step->primitive = made->primitive;
    step->scratchpad = memory(made->scratchpad, dnnl_engine(), nullptr);
    step->scratch_bytes = made->scratchpad.get_size();
    step->a = memory(matrices->a, dnnl_engine(), nullptr);
    step->b = memory(matrices->b, dnnl_engine(), nullptr);
    step->y = memory(matrices->y, dnnl_engine(), nullptr);
    if (constant_b) step->b = reordered(constant_memory(matrices->b, builder.constant(node.input_id(1))), made->weights);
    if (node.input(0).data) step->a = constant_memory(matrices->a, builder.constant(node.input_id(0)));
    for (const memory* each : {&step->a, &step->b})
        if (each->get_data_handle()) step->constant += each->get_desc().get_size();
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
        if (!node.input(i).data) step->reads.push_back(builder.read_rows(node.input_id(i)));
    const BufferId to = builder.add_buffer(matrices->y.get_size() + 64);
    step->writes = {to};
    builder.add(std::move(step), node, OCTAVO_FP32, made->implementation);
    builder.finish_from_rows(node.output_id(0), to);
    return true;
}

}  // namespace octavo::onednn
