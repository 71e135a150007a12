#include "dnnl_product.h"

#include <cstring>

namespace octavo::onednn {

using dnnl::memory;
using tag = memory::format_tag;

dnnl::engine& dnnl_engine() {
    static dnnl::engine made(dnnl::engine::kind::cpu, 0);
    return made;
}

memory constant_memory(const memory::desc& desc, const void* values) {
    memory made(desc, dnnl_engine());
    std::memcpy(made.get_data_handle(), values, desc.get_size());
    return made;
}

memory reordered(memory from, const memory::desc& desc) {
    if (from.get_desc() == desc) return from;
    memory to(desc, dnnl_engine());
    dnnl::stream stream(dnnl_engine());
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
    return to;
}

void append_activation(dnnl::post_ops& post, const Activation& a) {
    using dnnl::algorithm;
    switch (a.kind) {
        case ActivationKind::none:
            return;
        case ActivationKind::relu:
            post.append_eltwise(algorithm::eltwise_relu, 0, 0);
            return;
        case ActivationKind::clip:
            post.append_eltwise(algorithm::eltwise_clip, a.alpha, a.beta);
            return;
        case ActivationKind::leaky_relu:
            post.append_eltwise(algorithm::eltwise_relu, a.alpha, 0);
            return;
        case ActivationKind::hard_sigmoid:
            post.append_eltwise(algorithm::eltwise_hardsigmoid, a.alpha, a.beta);
            return;
        case ActivationKind::hard_swish:
            post.append_eltwise(algorithm::eltwise_hardswish, 1.0F / 6.0F, 0.5F);
            return;
        case ActivationKind::sigmoid:
            post.append_eltwise(algorithm::eltwise_logistic, 0, 0);
            return;
        case ActivationKind::silu:
            post.append_eltwise(algorithm::eltwise_swish, 1, 0);
            return;
        case ActivationKind::gelu:
            post.append_eltwise(algorithm::eltwise_gelu_erf, 0, 0);
            return;
    }
}

ProductDescriptors describe_product(const ConvShape& s, bool gemm, const ProductTypes& types) {
    ProductDescriptors d;
    d.bias = memory::desc({s.output_c}, memory::data_type::f32, tag::a);
    if (gemm) {
        d.source = memory::desc({s.output_w, s.input_c}, types.source, tag::nc);
        d.destination = memory::desc({s.output_w, s.output_c}, types.destination, tag::nc);
        d.weights = memory::desc({s.output_c, s.input_c}, types.weights, tag::any);
        d.plain_weights = memory::desc({s.output_c, s.input_c}, types.weights, tag::oi);
        return d;
    }
    d.source = memory::desc({s.batch, s.input_c, s.input_h, s.input_w}, types.source, tag::nhwc);
    d.destination = memory::desc({s.batch, s.output_c, s.output_h, s.output_w}, types.destination, tag::nhwc);
    const memory::dims plain = {s.output_c, s.input_c / s.groups, s.kernel_h, s.kernel_w};
    const memory::dims grouped = {s.groups, s.output_c / s.groups, s.input_c / s.groups, s.kernel_h, s.kernel_w};
    d.weights = memory::desc(s.groups > 1 ? grouped : plain, types.weights, tag::any);
    d.plain_weights = s.groups > 1 ? memory::desc(grouped, types.weights, tag::goihw) : memory::desc(plain, types.weights, tag::oihw);
    return d;
}

std::int64_t pad_behind(std::int64_t windows, std::int64_t stride, std::int64_t kernel, std::int64_t dilation, std::int64_t size,
                        std::int64_t before) {
    return (windows - 1) * stride + (kernel - 1) * dilation + 1 - size - before;
}

Result<ProductPrimitive> make_product(const ConvShape& s, bool gemm, const ProductDescriptors& d, dnnl::primitive_attr attributes) try {
    constexpr auto kInference = dnnl::prop_kind::forward_inference;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    if (gemm)
        return finished<dnnl::inner_product_forward>(
            dnnl::inner_product_forward::primitive_desc(dnnl_engine(), kInference, d.source, d.weights, d.bias, d.destination, attributes));
    return finished<dnnl::convolution_forward>(dnnl::convolution_forward::primitive_desc(
        dnnl_engine(), kInference, dnnl::algorithm::convolution_direct, d.source, d.weights, d.bias, d.destination,
        {s.stride_h, s.stride_w}, {s.dilation_h - 1, s.dilation_w - 1}, {s.pad_top, s.pad_left},
        {pad_behind(s.output_h, s.stride_h, s.kernel_h, s.dilation_h, s.input_h, s.pad_top),
         pad_behind(s.output_w, s.stride_w, s.kernel_w, s.dilation_w, s.input_w, s.pad_left)},
        attributes));
} catch (const dnnl::error& error) {
    return Error(Code::internal, std::string("oneDNN: ") + error.message);
}

}  // namespace octavo::onednn
