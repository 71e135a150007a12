// Conv and Gemm in fp32 by oneDNN: channels-last, bias, residual and activation fused, weights reordered once.
#include "product.h"

#include <dnnl.hpp>

#include <cstring>
#include <unordered_map>

namespace octavo::onednn {
namespace {

using dnnl::memory;
using tag = memory::format_tag;
using type = memory::data_type;

dnnl::engine& engine() {
    static dnnl::engine made(dnnl::engine::kind::cpu, 0);
    return made;
}

bool append_activation(dnnl::post_ops& post, const Activation& a) {
    using dnnl::algorithm;
    switch (a.kind) {
        case ActivationKind::none: return true;
        case ActivationKind::relu: post.append_eltwise(algorithm::eltwise_relu, 0, 0); return true;
        case ActivationKind::clip: post.append_eltwise(algorithm::eltwise_clip, a.alpha, a.beta); return true;
        case ActivationKind::leaky_relu: post.append_eltwise(algorithm::eltwise_relu, a.alpha, 0); return true;
        case ActivationKind::hard_sigmoid: post.append_eltwise(algorithm::eltwise_hardsigmoid, a.alpha, a.beta); return true;
        case ActivationKind::hard_swish: post.append_eltwise(algorithm::eltwise_hardswish, 1.0F / 6.0F, 0.5F); return true;
        case ActivationKind::sigmoid: post.append_eltwise(algorithm::eltwise_logistic, 0, 0); return true;
        case ActivationKind::silu: post.append_eltwise(algorithm::eltwise_swish, 1, 0); return true;
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
    std::size_t constant_bytes() const override { return weights.get_desc().get_size() + bias.get_desc().get_size(); }

private:
    dnnl::stream stream_{engine()};
    std::unordered_map<int, memory> arguments_;
};

memory constant_memory(const memory::desc& desc, const void* values) {
    memory made(desc, engine());
    std::memcpy(made.get_data_handle(), values, desc.get_size());
    return made;
}

memory reordered(memory from, const memory::desc& desc) {
    if (from.get_desc() == desc) return from;
    memory to(desc, engine());
    dnnl::stream stream(engine());
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
    return to;
}

struct Descriptors {
    memory::desc source, destination, weights, plain_weights, bias;
};

Descriptors describe(const ConvShape& s, bool gemm) {
    Descriptors d;
    d.bias = memory::desc({s.output_c}, type::f32, tag::a);
    if (gemm) {
        d.source = memory::desc({s.batch, s.input_c}, type::f32, tag::nc);
        d.destination = memory::desc({s.batch, s.output_c}, type::f32, tag::nc);
        d.weights = memory::desc({s.output_c, s.input_c}, type::f32, tag::any);
        d.plain_weights = memory::desc({s.output_c, s.input_c}, type::f32, tag::oi);
        return d;
    }
    d.source = memory::desc({s.batch, s.input_c, s.input_h, s.input_w}, type::f32, tag::nhwc);
    d.destination = memory::desc({s.batch, s.output_c, s.output_h, s.output_w}, type::f32, tag::nhwc);
    const memory::dims plain = {s.output_c, s.input_c / s.groups, s.kernel_h, s.kernel_w};
    const memory::dims grouped = {s.groups, s.output_c / s.groups, s.input_c / s.groups, s.kernel_h, s.kernel_w};
    d.weights = memory::desc(s.groups > 1 ? grouped : plain, type::f32, tag::any);
    d.plain_weights = s.groups > 1 ? memory::desc(grouped, type::f32, tag::goihw) : memory::desc(plain, type::f32, tag::oihw);
    return d;
}

struct Made {
    dnnl::primitive primitive;
    memory::desc weights, scratchpad;
    std::string implementation;
};

Made make_primitive(const ConvShape& s, bool gemm, const Descriptors& d, const dnnl::primitive_attr& attributes) {
    if (gemm) {
        const dnnl::inner_product_forward::primitive_desc pd(engine(), dnnl::prop_kind::forward_inference, d.source, d.weights, d.bias,
                                                             d.destination, attributes);
        return {dnnl::inner_product_forward(pd), pd.weights_desc(), pd.scratchpad_desc(), pd.impl_info_str()};
    }
    const auto after = [](std::int64_t out, std::int64_t stride, std::int64_t kernel, std::int64_t dilation, std::int64_t in, std::int64_t before) {
        return (out - 1) * stride + (kernel - 1) * dilation + 1 - in - before;
    };
    const dnnl::convolution_forward::primitive_desc pd(
        engine(), dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, d.source, d.weights, d.bias, d.destination,
        {s.stride_h, s.stride_w}, {s.dilation_h - 1, s.dilation_w - 1}, {s.pad_top, s.pad_left},
        {after(s.output_h, s.stride_h, s.kernel_h, s.dilation_h, s.input_h, s.pad_top),
         after(s.output_w, s.stride_w, s.kernel_w, s.dilation_w, s.input_w, s.pad_left)},
        attributes);
    return {dnnl::convolution_forward(pd), pd.weights_desc(), pd.scratchpad_desc(), pd.impl_info_str()};
}

}  // namespace

Result<void> lower_product_f32(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const bool gemm = node.op() == "Gemm";
    const auto shape = conv_shape(node);
    const bool plain_gemm = !gemm || (node.integer("transA", 0) == 0 && node.real("alpha", 1) == 1.0F && node.real("beta", 1) == 1.0F);
    if (!shape || !plain_gemm) {
        lower_by_table(builder, index);
        return {};
    }
    const Descriptors d = describe(*shape, gemm);
    dnnl::post_ops post;
    if (node.has_input(3)) post.append_binary(dnnl::algorithm::binary_add, d.destination);
    append_activation(post, node.activation());
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(post);
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const Made made = make_primitive(*shape, gemm, d, attributes);

    auto step = std::make_unique<ProductStep>();
    step->primitive = made.primitive;
    step->source = memory(d.source, engine(), nullptr);
    step->destination = memory(d.destination, engine(), nullptr);
    step->scratchpad = memory(made.scratchpad, engine(), nullptr);
    step->scratch_bytes = made.scratchpad.get_size();
    step->weights = reordered(constant_memory(d.plain_weights, output_major_weights(builder, node).data()), made.weights);
    std::vector<float> bias(static_cast<std::size_t>(shape->output_c), 0.0F);
    if (node.has_input(2)) std::memcpy(bias.data(), builder.constant(node.input_id(2)), bias.size() * sizeof(float));
    step->bias = constant_memory(d.bias, bias.data());
    step->reads = {builder.read(node.input_id(0), Form::real)};
    if (node.has_input(3)) {
        step->has_residual = true;
        step->residual = memory(d.destination, engine(), nullptr);
        step->reads.push_back(builder.read(node.input_id(3), Form::real));
    }
    const BufferId to = builder.add_buffer(d.destination.get_size() + 64);
    step->writes = {to};
    builder.add(std::move(step), node, OCTAVO_FP32, made.implementation);
    builder.finish_from_real(node.output_id(0), to);
    return {};
}

}  // namespace octavo::onednn
