// ConvTranspose in fp32 by oneDNN's deconvolution: channels-last, weights reordered once. Where oneDNN has reference code only, or weight
// or bias are computed while the model runs, the operator table does it.
#include "dnnl_product.h"

#include <unordered_map>

namespace octavo::onednn {
namespace {

using dnnl::memory;

class TransposedStep : public Step {
public:
    dnnl::primitive primitive;
    memory source, destination, weights, bias, scratchpad;

    void bind(const Addresses& addresses, std::byte* scratch) override {
        source.set_data_handle(addresses.get<float>(reads[0]));
        destination.set_data_handle(addresses.get<float>(writes[0]));
        scratchpad.set_data_handle(scratch);
        arguments_ = {{DNNL_ARG_SRC, source},
                      {DNNL_ARG_DST, destination},
                      {DNNL_ARG_WEIGHTS, weights},
                      {DNNL_ARG_BIAS, bias},
                      {DNNL_ARG_SCRATCHPAD, scratchpad}};
    }
    void run(const RunContext&) override { primitive.execute(stream_, arguments_); }
    std::size_t constant_bytes() const override { return weights.get_desc().get_size() + bias.get_desc().get_size(); }

private:
    dnnl::stream stream_{dnnl_engine()};
    std::unordered_map<int, memory> arguments_;
};

// ONNX has [group][input channel][output channel][row][column], oneDNN wants output before input channel: the same memory, other strides.
memory::desc onnx_weights(std::int64_t groups, std::int64_t in, std::int64_t out, const ops::Window& w) {
    const std::int64_t kernel = w.kernel_h * w.kernel_w;
    if (groups == 1) return {{out, in, w.kernel_h, w.kernel_w}, memory::data_type::f32, memory::dims{kernel, out * kernel, w.kernel_w, 1}};
    return {{groups, out, in, w.kernel_h, w.kernel_w},
            memory::data_type::f32,
            memory::dims{in * out * kernel, kernel, out * kernel, w.kernel_w, 1}};
}

// What is cut off behind the output; negative where the output goes on in zeros.
std::int64_t pad_behind(std::int64_t in, std::int64_t stride, std::int64_t kernel, std::int64_t dilation, std::int64_t out,
                        std::int64_t before) {
    return (in - 1) * stride + (kernel - 1) * dilation + 1 - out - before;
}

}  // namespace

bool lower_transposed(Builder& builder, std::int32_t index) try {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "ConvTranspose" || node.input(0).rank != 4 || !node.input(1).data) return false;
    if (node.has_input(2) && !node.input(2).data) return false;
    const auto window = ops::transposed_window_of(node);
    if (!window) return false;
    const ops::Window& w = *window;
    using tag = memory::format_tag;
    constexpr auto kFloat = memory::data_type::f32;
    const octavo_tensor_info &in = node.input(0), &weight = node.input(1), &out = node.output(0);
    const std::int64_t groups = node.integer("group", 1);
    const memory::desc source({in.shape[0], in.shape[1], w.input_h, w.input_w}, kFloat, tag::nhwc);
    const memory::desc destination({out.shape[0], out.shape[1], w.output_h, w.output_w}, kFloat, tag::nhwc);
    const memory::desc plain = onnx_weights(groups, weight.shape[0] / groups, weight.shape[1], w);
    const memory::desc any(plain.get_dims(), kFloat, tag::any);
    const memory::desc bias_desc({out.shape[1]}, kFloat, tag::a);
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const dnnl::deconvolution_forward::primitive_desc pd(
        dnnl_engine(), dnnl::prop_kind::forward_inference, dnnl::algorithm::deconvolution_direct, source, any, bias_desc, destination,
        {w.stride_h, w.stride_w}, {w.dilation_h - 1, w.dilation_w - 1}, {w.pad_top, w.pad_left},
        {pad_behind(w.input_h, w.stride_h, w.kernel_h, w.dilation_h, w.output_h, w.pad_top),
         pad_behind(w.input_w, w.stride_w, w.kernel_w, w.dilation_w, w.output_w, w.pad_left)},
        attributes);
    const std::string implementation = pd.impl_info_str();
    if (implementation.find("ref") != std::string::npos) return false;

    auto step = std::make_unique<TransposedStep>();
    step->primitive = dnnl::deconvolution_forward(pd);
    step->source = memory(source, dnnl_engine(), nullptr);
    step->destination = memory(destination, dnnl_engine(), nullptr);
    step->scratchpad = memory(pd.scratchpad_desc(), dnnl_engine(), nullptr);
    step->scratch_bytes = pd.scratchpad_desc().get_size();
    step->weights = reordered(constant_memory(plain, builder.constant(node.input_id(1))), pd.weights_desc());
    std::vector<float> bias(static_cast<std::size_t>(out.shape[1]), 0.0F);
    if (node.has_input(2)) std::copy_n(static_cast<const float*>(builder.constant(node.input_id(2))), bias.size(), bias.begin());
    step->bias = constant_memory(bias_desc, bias.data());
    step->reads = {builder.read(node.input_id(0), Form::real)};
    const BufferId to = builder.add_buffer(destination.get_size() + 64);
    step->writes = {to};
    builder.add(std::move(step), node, OCTAVO_FP32, implementation);
    builder.finish_from_real(node.output_id(0), to);
    return true;
} catch (const dnnl::error&) {
    return false;  // a geometry that oneDNN does not take
}

}  // namespace octavo::onednn
