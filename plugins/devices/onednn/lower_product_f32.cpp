// Conv and Gemm in floating point by oneDNN: channels-last, bias, residual and activation fused, weights reordered once. At bf16 values
// stay f32 outside the product, whose factors are rounded to bf16.
#include "dnnl_product.h"

#include <cstring>
#include <unordered_map>

namespace octavo::onednn {
namespace {

using dnnl::memory;

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
    bool is_alone() const override { return true; }
    std::size_t constant_bytes() const override { return weights.get_desc().get_size() + bias.get_desc().get_size(); }

private:
    dnnl::stream stream_{dnnl_engine()};
    std::unordered_map<int, memory> arguments_;
};

// To bf16, channels-last as it is.
class RoundingStep : public Step {
public:
    RoundingStep(const memory::desc& from, const memory::desc& to)
        : source_(from, dnnl_engine(), nullptr), destination_(to, dnnl_engine(), nullptr), reorder_(source_, destination_) {}

    void bind(const Addresses& addresses, std::byte*) override {
        source_.set_data_handle(addresses.get<float>(reads[0]));
        destination_.set_data_handle(addresses.get<std::byte>(writes[0]));
    }
    void run(const RunContext&) override { reorder_.execute(stream_, source_, destination_); }
    bool is_alone() const override { return true; }

private:
    dnnl::stream stream_{dnnl_engine()};
    memory source_, destination_;
    dnnl::reorder reorder_;
};

// The node's first input as real numbers of the descriptor's type.
BufferId source_for(Builder& builder, std::int32_t index, const memory::desc& desc, std::int64_t times) {
    const ops::NodeView node = builder.view(index);
    const BufferId read = node.op() == "Gemm" ? builder.read_rows(node.input_id(0)) : builder.read_real(node, 0);
    const BufferId real = spread_channels(builder, node, OCTAVO_FP32, read, times);
    if (desc.get_data_type() == memory::data_type::f32) return real;
    const memory::desc from(desc.get_dims(), memory::data_type::f32, desc.get_strides());
    auto step = std::make_unique<RoundingStep>(from, desc);
    step->reads = {real};
    step->writes = {builder.add_buffer(desc.get_size() + 64)};
    const BufferId rounded = step->writes[0];
    builder.add(std::move(step), node, OCTAVO_BF16, "reorder");
    return rounded;
}

}  // namespace

void add_float_product(Builder& builder, std::int32_t index, octavo_precision precision, const ProductDescriptors& d,
                       const ProductPrimitive& made, const float* weights, std::int64_t times) {
    const ops::NodeView node = builder.view(index);
    const bool gemm = node.op() == "Gemm";
    auto step = std::make_unique<ProductStep>();
    step->primitive = made.primitive;
    step->source = memory(d.source, dnnl_engine(), nullptr);
    step->destination = memory(d.destination, dnnl_engine(), nullptr);
    step->scratchpad = memory(made.scratchpad, dnnl_engine(), nullptr);
    step->scratch_bytes = made.scratchpad.get_size();
    const memory::desc plain(d.plain_weights.get_dims(), memory::data_type::f32, d.plain_weights.get_strides());
    step->weights = reordered(constant_memory(plain, weights), made.weights);
    std::vector<float> bias(d.bias.get_size() / sizeof(float), 0.0F);
    if (node.has_input(2)) std::memcpy(bias.data(), builder.constant(node.input_id(2)), d.bias.get_size());
    step->bias = constant_memory(d.bias, bias.data());
    step->reads = {source_for(builder, index, d.source, times)};
    if (node.has_input(3)) {
        step->has_residual = true;
        step->residual = memory(d.destination, dnnl_engine(), nullptr);
        step->reads.push_back(gemm ? builder.read_rows(node.input_id(3)) : builder.read(node.input_id(3), Form::real));
    }
    const BufferId to = builder.add_buffer(d.destination.get_size() + 64);
    step->writes = {to};
    builder.add(std::move(step), node, precision, made.implementation);
    gemm ? builder.finish_from_rows(node.output_id(0), to) : builder.finish_from_real(node.output_id(0), to);
}

Result<void> lower_product_f32(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const bool gemm = node.op() == "Gemm";
    OCTAVO_TRY(ConvShape shape, conv_shape(node));
    const octavo_precision precision = builder.precision(index);
    if (!gemm && precision == OCTAVO_FP32 && lower_product_own_f32(builder, node, shape)) return {};
    const std::int64_t times = make_depthwise(shape);
    constexpr auto kFloat = memory::data_type::f32;
    const auto factors = precision == OCTAVO_BF16 && has_bf16() ? memory::data_type::bf16 : kFloat;
    const ProductDescriptors d = describe_product(shape, gemm, {factors, factors, kFloat});
    dnnl::post_ops post;
    if (node.has_input(3)) post.append_binary(dnnl::algorithm::binary_add, d.destination);
    append_activation(post, node.activation());
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(post);
    const auto created = make_product(shape, gemm, d, attributes);
    if (!created) {
        lower_by_table(builder, index);
        return {};
    }
    add_float_product(builder, index, precision, d, *created, output_major_weights(builder, node).data(), times);
    return {};
}

}  // namespace octavo::onednn
