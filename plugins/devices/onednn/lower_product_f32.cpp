// Conv and Gemm in floating point by oneDNN: channels-last, bias, residual and activation fused, weights reordered once. At bf16 values
// stay f32 outside the product, whose factors may be rounded to bf16.
#include "dnnl_product.h"

#include <cstring>
#include <unordered_map>

namespace octavo::onednn {
namespace {

using dnnl::memory;

bool append_activation(dnnl::post_ops& post, const Activation& a) {
    using dnnl::algorithm;
    switch (a.kind) {
        case ActivationKind::none:
            return true;
        case ActivationKind::relu:
            post.append_eltwise(algorithm::eltwise_relu, 0, 0);
            return true;
        case ActivationKind::clip:
            post.append_eltwise(algorithm::eltwise_clip, a.alpha, a.beta);
            return true;
        case ActivationKind::leaky_relu:
            post.append_eltwise(algorithm::eltwise_relu, a.alpha, 0);
            return true;
        case ActivationKind::hard_sigmoid:
            post.append_eltwise(algorithm::eltwise_hardsigmoid, a.alpha, a.beta);
            return true;
        case ActivationKind::hard_swish:
            post.append_eltwise(algorithm::eltwise_hardswish, 1.0F / 6.0F, 0.5F);
            return true;
        case ActivationKind::sigmoid:
            post.append_eltwise(algorithm::eltwise_logistic, 0, 0);
            return true;
        case ActivationKind::silu:
            post.append_eltwise(algorithm::eltwise_swish, 1, 0);
            return true;
    }
    return false;
}

class ProductStep : public Step {
public:
    dnnl::primitive primitive;
    memory source, destination, weights, bias, residual, scratchpad;
    bool has_residual = false;

    void bind(const Addresses& addresses, std::byte* scratch) override {
        source.set_data_handle(addresses.get<float>(reads[0]));
        destination.set_data_handle(addresses.get<float>(writes[0]));
        arguments_ = {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, destination}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_BIAS, bias}};
        if (has_residual) {
            residual.set_data_handle(addresses.get<float>(reads[1]));
            arguments_.insert({DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, residual});
        }
        scratchpad.set_data_handle(scratch);
        arguments_.insert({DNNL_ARG_SCRATCHPAD, scratchpad});
    }
    void run(const RunContext&) override { primitive.execute(stream_, arguments_); }
    bool is_dnnl() const override { return true; }
    std::size_t constant_bytes() const override { return weights.get_desc().get_size() + bias.get_desc().get_size(); }

private:
    dnnl::stream stream_{dnnl_engine()};
    std::unordered_map<int, memory> arguments_;
};

}  // namespace

void add_float_product(Builder& builder, std::int32_t index, octavo_precision precision, const ProductDescriptors& d,
                       const ProductPrimitive& made, const float* weights) {
    const ops::NodeView node = builder.view(index);
    auto step = std::make_unique<ProductStep>();
    step->primitive = made.primitive;
    step->source = memory(d.source, dnnl_engine(), nullptr);
    step->destination = memory(d.destination, dnnl_engine(), nullptr);
    step->scratchpad = memory(made.scratchpad, dnnl_engine(), nullptr);
    step->scratch_bytes = made.scratchpad.get_size();
    step->weights = reordered(constant_memory(d.plain_weights, weights), made.weights);
    std::vector<float> bias(d.bias.get_size() / sizeof(float), 0.0F);
    if (node.has_input(2)) std::memcpy(bias.data(), builder.constant(node.input_id(2)), d.bias.get_size());
    step->bias = constant_memory(d.bias, bias.data());
    step->reads = {builder.read(node.input_id(0), Form::real)};
    if (node.has_input(3)) {
        step->has_residual = true;
        step->residual = memory(d.destination, dnnl_engine(), nullptr);
        step->reads.push_back(builder.read(node.input_id(3), Form::real));
    }
    const BufferId to = builder.add_buffer(d.destination.get_size() + 64);
    step->writes = {to};
    builder.add(std::move(step), node, precision, made.implementation);
    builder.finish_from_real(node.output_id(0), to);
}

Result<void> lower_product_f32(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const bool gemm = node.op() == "Gemm";
    OCTAVO_TRY(const ConvShape shape, conv_shape(node));
    const octavo_precision precision = builder.precision(index);
    if (!gemm && precision == OCTAVO_FP32 && lower_product_own_f32(builder, node, shape)) return {};
    constexpr auto kFloat = memory::data_type::f32;
    const ProductDescriptors d = describe_product(shape, gemm, {kFloat, kFloat, kFloat});
    dnnl::post_ops post;
    if (node.has_input(3)) post.append_binary(dnnl::algorithm::binary_add, d.destination);
    append_activation(post, node.activation());
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(post);
    if (precision == OCTAVO_BF16) attributes.set_fpmath_mode(dnnl::fpmath_mode::bf16);
    const auto created = make_product(shape, gemm, d, attributes);
    if (!created) {
        lower_by_table(builder, index);
        return {};
    }
    add_float_product(builder, index, precision, d, *created, output_major_weights(builder, node).data());
    return {};
}

}  // namespace octavo::onednn
