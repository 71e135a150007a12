// ConvTranspose in fp32 by oneDNN's deconvolution: channels-last, weights reordered once. Where oneDNN has reference code only, or weight
// or bias are computed while the model runs, the operator table does it.
#include "dnnl_product.h"

namespace octavo::onednn {
namespace {

using dnnl::memory;

// ONNX has [group][input channel][output channel][row][column], oneDNN wants output before input channel: the same memory, other strides.
memory::desc onnx_weights(std::int64_t groups, std::int64_t in, std::int64_t out, const ops::Window& w) {
    const std::int64_t kernel = w.kernel_h * w.kernel_w;
    if (groups == 1) return {{out, in, w.kernel_h, w.kernel_w}, memory::data_type::f32, memory::dims{kernel, out * kernel, w.kernel_w, 1}};
    return {{groups, out, in, w.kernel_h, w.kernel_w},
            memory::data_type::f32,
            memory::dims{in * out * kernel, kernel, out * kernel, w.kernel_w, 1}};
}

ProductDescriptors describe(const ops::NodeView& node, const ops::Window& w) {
    using tag = memory::format_tag;
    constexpr auto kFloat = memory::data_type::f32;
    const octavo_tensor_info &in = node.input(0), &weight = node.input(1), &out = node.output(0);
    const std::int64_t groups = node.integer("group", 1);
    ProductDescriptors d;
    d.source = memory::desc({in.shape[0], in.shape[1], w.input_h, w.input_w}, kFloat, tag::nhwc);
    d.destination = memory::desc({out.shape[0], out.shape[1], w.output_h, w.output_w}, kFloat, tag::nhwc);
    d.plain_weights = onnx_weights(groups, weight.shape[0] / groups, weight.shape[1], w);
    d.weights = memory::desc(d.plain_weights.get_dims(), kFloat, tag::any);
    d.bias = memory::desc({out.shape[1]}, kFloat, tag::a);
    return d;
}

Result<ProductPrimitive> make_transposed(const ProductDescriptors& d, const ops::Window& w) try {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    // Here the windows lie on the output, one for each place of the input; padding that is negative goes on in zeros.
    return finished<dnnl::deconvolution_forward>(dnnl::deconvolution_forward::primitive_desc(
        dnnl_engine(), dnnl::prop_kind::forward_inference, dnnl::algorithm::deconvolution_direct, d.source, d.weights, d.bias,
        d.destination, {w.stride_h, w.stride_w}, {w.dilation_h - 1, w.dilation_w - 1}, {w.pad_top, w.pad_left},
        {pad_behind(w.input_h, w.stride_h, w.kernel_h, w.dilation_h, w.output_h, w.pad_top),
         pad_behind(w.input_w, w.stride_w, w.kernel_w, w.dilation_w, w.output_w, w.pad_left)},
        attributes));
} catch (const dnnl::error& error) {
    return Error(Code::internal, std::string("oneDNN: ") + error.message);  // a geometry that it does not take
}

}  // namespace

bool lower_transposed(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "ConvTranspose" || node.input(0).rank != 4 || !node.input(1).data) return false;
    if (node.has_input(2) && !node.input(2).data) return false;
    const auto window = ops::transposed_window_of(node);
    if (!window) return false;
    const ProductDescriptors descriptors = describe(node, *window);
    const auto made = make_transposed(descriptors, *window);
    if (!made) return false;
    const auto* weights = static_cast<const float*>(builder.constant(node.input_id(1)));
    add_float_product(builder, index, OCTAVO_FP32, descriptors, *made, weights);
    return true;
}

}  // namespace octavo::onednn
