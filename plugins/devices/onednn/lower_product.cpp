// Conv and Gemm in int8: exact integer sums, then one fused epilogue (kernels/epilogue.h), by our own kernels; with AMX by oneDNN where it
// can say the same (lower_product_dnnl.cpp).
#include "kernels/conv_u8.h"
#include "kernels/depthwise_u8.h"
#include "kernels/winograd_u8.h"
#include "product.h"

#include "ops/support.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

// A Relu, or a clip at zero and above the last code, changes no code where the grid begins with zero.
bool is_implied(const Activation& activation, const Epilogue& epilogue, std::size_t channels) {
    const bool clips = activation.kind == ActivationKind::clip && activation.alpha == 0;
    if ((activation.kind != ActivationKind::relu && !clips) || epilogue.destination_count != 1 || !epilogue.destinations[0].u8)
        return false;
    const Destination& to = epilogue.destinations[0];
    const auto reaches = [&](float reciprocal) { return !clips || quantize_u8(activation.beta, reciprocal, 0) == 255; };
    return to.from_zero && std::ranges::all_of(to.reciprocal, to.reciprocal + channels, reaches);
}

// `Conv`: ConvU8, DepthwiseU8 or WinogradU8.
template <class Conv>
class ConvStep : public Step {
public:
    ConvStep(const ConvShape& shape, Int8Product product, std::vector<std::int32_t> zero_point, int threads)
        : product_(std::move(product)),
          conv_(shape, product_.weights.data(), std::move(zero_point), threads),
          stride_(shape.input_c),
          channels_(static_cast<std::size_t>(shape.output_c)) {
        product_.weights = std::vector<std::int8_t>();  // `= {}` would keep its memory
        scratch_bytes = conv_.scratch_bytes();
        reads = {product_.source, product_.residual.buffer};
        for (const Target& target : product_.targets) writes.push_back(target.buffer);
    }

    void bind(const Addresses& addresses, std::byte* scratch) override {
        conv_.set_scratch(scratch);
        source_ = addresses.get<std::uint8_t>(product_.source);
        epilogue_.scale = product_.scale.data();
        epilogue_.bias = product_.bias.data();
        epilogue_.activation = product_.activation;
        if (product_.residual.buffer != BufferId::none) {
            const Operand residual = bind_source(product_.residual, addresses, 0, 0);
            epilogue_.residual_u8 = residual.u8;
            epilogue_.residual_f32 = residual.f32;
            epilogue_.residual_scale = residual.scale;
            epilogue_.residual_zero_point = residual.zero_point;
            epilogue_.residual_stride = static_cast<std::int64_t>(channels_);
            if (product_.inner) {
                epilogue_.inner_scale = product_.inner->scale[0];
                epilogue_.inner_reciprocal = product_.inner->reciprocal[0];
                epilogue_.inner_zero_point = product_.inner->integer_zero_point[0];
            }
        }
        epilogue_.destination_count = static_cast<int>(product_.targets.size());
        for (std::size_t i = 0; i < product_.targets.size(); ++i) epilogue_.destinations[i] = bind_target(product_.targets[i], addresses);
        if (is_implied(product_.activation, epilogue_, channels_)) epilogue_.activation = {};
    }
    void run(const RunContext& context) override { conv_.run(context.team, source_, stride_, epilogue_); }
    std::string kernel() const { return conv_.form() + std::string(conv_kernels().name); }
    std::size_t constant_bytes() const override {
        return conv_.weight_bytes() + (product_.scale.size() + product_.bias.size()) * sizeof(float);
    }

private:
    Int8Product product_;
    Conv conv_;
    std::int64_t stride_;
    std::size_t channels_;
    Epilogue epilogue_;
    const std::uint8_t* source_ = nullptr;
};

template <class Conv>
void add_conv(Builder& builder, const ops::NodeView& node, const ConvShape& shape, Int8Product product,
              std::vector<std::int32_t> zero_point) {
    auto step = std::make_unique<ConvStep<Conv>>(shape, std::move(product), std::move(zero_point), builder.threads());
    const std::string kernel = step->kernel();
    builder.add(std::move(step), node, OCTAVO_INT8, kernel);
}

}  // namespace

std::int64_t output_channels(const ops::NodeView& node) {
    return node.input(1).shape[node.op() == "Gemm" && node.integer("transB", 0) == 0 ? 1 : 0];
}

Result<void> check_product(const ops::NodeView& node) {
    const bool gemm = node.op() == "Gemm";
    if (!gemm && node.input(0).rank != 4) return ops::refusal(node, "only 2-D convolutions have a kernel");
    if (!node.input(1).data) return ops::refusal(node, "its weight is computed while the model runs");
    if (gemm && (node.integer("transA", 0) != 0 || node.real("alpha", 1) != 1.0F || node.real("beta", 1) != 1.0F))
        return ops::refusal(node, "transA, alpha and beta have no kernel");
    if (!node.has_input(2)) return {};
    const octavo_tensor_info& bias = node.input(2);
    const std::int64_t channels = output_channels(node);
    const bool by_channel = bias.rank > 0 && bias.shape[bias.rank - 1] == channels &&
                            ops::element_count({bias.shape, static_cast<std::size_t>(bias.rank)}) == channels;
    if (!bias.data || !by_channel) return ops::refusal(node, "its bias is not one constant an output channel");
    return {};
}

Result<ConvShape> conv_shape(const ops::NodeView& node) {
    ConvShape s;
    const octavo_tensor_info &in = node.input(0), &out = node.output(0);
    if (node.op() == "Gemm") {
        const Layout rows = layout_of_rows(in);
        s.input_w = s.output_w = rows.images;
        s.input_c = rows.channels;
        s.output_c = out.shape[out.rank - 1];
        return s;
    }
    s.batch = in.shape[0];
    s.input_c = in.shape[1];
    s.output_c = out.shape[1];
    OCTAVO_TRY(const ops::Window w, ops::window_of(node));
    s.groups = node.integer("group", 1);
    s.input_h = w.input_h, s.input_w = w.input_w, s.output_h = w.output_h, s.output_w = w.output_w;
    s.kernel_h = w.kernel_h, s.kernel_w = w.kernel_w, s.stride_h = w.stride_h, s.stride_w = w.stride_w;
    s.dilation_h = w.dilation_h, s.dilation_w = w.dilation_w, s.pad_top = w.pad_top, s.pad_left = w.pad_left;
    return s;
}

std::vector<float> output_major_weights(const Builder& builder, const ops::NodeView& node) {
    const octavo_tensor_info& weight = node.input(1);
    const auto count = static_cast<std::size_t>(ops::element_count({weight.shape, static_cast<std::size_t>(weight.rank)}));
    const auto* values = static_cast<const float*>(builder.constant(node.input_id(1)));
    std::vector<float> made(values, values + count);
    if (node.op() != "Gemm" || node.integer("transB", 0) != 0) return made;
    const auto rows = static_cast<std::size_t>(weight.shape[0]), columns = static_cast<std::size_t>(weight.shape[1]);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c) made[c * rows + r] = values[r * columns + c];
    return made;
}

Int8Product int8_product(Builder& builder, std::int32_t index, const ConvShape& shape) {
    const ops::NodeView node = builder.view(index);
    Int8Product p;
    const std::int32_t in = node.input_id(0);
    const bool gemm = node.op() == "Gemm", depthwise_form = ops::is_depthwise(node) && builder.has(in, Form::depthwise);
    const Form form = depthwise_form ? Form::depthwise : Form::whole;
    const Source source = gemm ? builder.source_in_rows(in) : Source{builder.read(in, form), builder.parameters(in, form)};
    p.source = source.buffer;
    p.source_parameters = source.parameters;
    const octavo_quantization& weight_scale = builder.plan()->weights[node.input_id(1)];
    const std::vector<float> real = output_major_weights(builder, node);
    const auto channels = static_cast<std::size_t>(shape.output_c);
    const std::size_t each = real.size() / channels;
    p.weights.resize(real.size());
    p.scale.assign(channels + 32, 0.0F);
    p.bias.assign(channels + 32, 0.0F);
    for (std::size_t c = 0; c < channels; ++c) {
        const float scale = weight_scale.scale[weight_scale.channels > 1 ? c : 0];
        for (std::size_t k = 0; k < each; ++k) p.weights[c * each + k] = quantize_weight(real[c * each + k], scale);
        const std::size_t source_channel = depthwise_form ? c * static_cast<std::size_t>(shape.input_c) / channels : 0;
        p.scale[c] = p.source_parameters->scale[source_channel] * scale;
    }
    if (node.has_input(2)) std::copy_n(static_cast<const float*>(builder.constant(node.input_id(2))), channels, p.bias.begin());
    if (node.has_input(3)) {
        const std::int32_t residual = node.input_id(3);
        const bool codes = builder.has(residual, Form::whole);
        p.residual = gemm ? builder.source_in_rows(residual)
                          : Source{builder.read(residual, codes ? Form::whole : Form::real),
                                   codes ? builder.parameters(residual, Form::whole) : nullptr};
        p.inner = builder.inner_parameters(index);
    }
    p.activation = node.activation();
    p.targets = gemm ? std::vector{builder.target_in_rows(node.output_id(0))} : builder.targets(node.output_id(0));
    p.layout = gemm ? layout_of_rows(node.output(0)) : layout_of(node.output(0));
    return p;
}

// A zero point a channel, for each of its copies.
std::vector<std::int32_t> repeated(const std::vector<std::int32_t>& values, std::int64_t times) {
    if (values.size() == 1) return values;
    std::vector<std::int32_t> made;
    for (const std::int32_t value : values) made.insert(made.end(), static_cast<std::size_t>(times), value);
    return made;
}

Result<void> lower_product_int8(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    OCTAVO_CHECK_OK(check_product(node));
    OCTAVO_TRY(ConvShape shape, conv_shape(node));
    Int8Product product = int8_product(builder, index, shape);
    if (builder.by_dnnl() && lower_product_by_dnnl(builder, node, shape, product)) return {};
    const CodeParameters& source = *product.source_parameters;
    const auto first = source.integer_zero_point.begin();
    std::vector<std::int32_t> zero_point(first, first + (source.per_channel ? shape.input_c : 1));
    const std::int64_t times = make_depthwise(shape);
    product.source = spread_channels(builder, node, OCTAVO_INT8, product.source, times);
    zero_point = repeated(zero_point, times);
    if (DepthwiseU8::serves(shape))
        add_conv<DepthwiseU8>(builder, node, shape, std::move(product), std::move(zero_point));
    else if (WinogradU8::serves(shape, product.weights.data(), zero_point))
        add_conv<WinogradU8>(builder, node, shape, std::move(product), std::move(zero_point));
    else
        add_conv<ConvU8>(builder, node, shape, std::move(product), std::move(zero_point));
    return {};
}

}  // namespace octavo::onednn
