// Conv and Gemm in int8 by oneDNN, for CPUs whose kernels sum u8 x s8 exactly. What oneDNN computes with the very steps of docs/numbers.md
// is left to it: sum, scale, bias, ReLU or clip, one u8 destination with zero point 0. Everything else (residuals, other activations, two
// destinations, scales by channel) it writes as real numbers, and a pointwise step does the rest.
#include "dnnl_product.h"

#include <cstring>
#include <unordered_map>

namespace octavo::onednn {
namespace {

using dnnl::memory;

class Int8PrimitiveStep : public Step {
public:
    dnnl::primitive primitive;
    memory source, destination, weights, bias, scale, source_zero_point, destination_scale, scratchpad;

    void bind(const Addresses& addresses, std::byte* scratch) override {
        source.set_data_handle(addresses.get<std::byte>(reads[0]));
        destination.set_data_handle(addresses.get<std::byte>(writes[0]));
        scratchpad.set_data_handle(scratch);
        arguments_ = {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, destination},       {DNNL_ARG_WEIGHTS, weights},
                      {DNNL_ARG_BIAS, bias},  {DNNL_ARG_SCRATCHPAD, scratchpad}, {DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, scale}};
        if (source_zero_point) arguments_.insert({DNNL_ARG_ATTR_ZERO_POINTS | DNNL_ARG_SRC, source_zero_point});
        if (destination_scale) arguments_.insert({DNNL_ARG_ATTR_SCALES | DNNL_ARG_DST, destination_scale});
    }
    void run(const RunContext&) override { primitive.execute(stream_, arguments_); }
    bool is_alone() const override { return true; }
    std::size_t constant_bytes() const override { return weights.get_desc().get_size() + 2 * bias.get_desc().get_size(); }

private:
    dnnl::stream stream_{dnnl_engine()};
    std::unordered_map<int, memory> arguments_;
};

bool fits_in_one(const Int8Product& p, std::int64_t channels) {
    const ActivationKind kind = p.activation.kind;
    const bool activation = kind == ActivationKind::none || kind == ActivationKind::relu || kind == ActivationKind::clip;
    if (!activation || p.residual.buffer != BufferId::none || p.targets.size() != 1) return false;
    if (p.targets[0].stride != channels) return false;
    const auto& to = p.targets[0].parameters;
    return !to || (!to->per_channel && to->integer_zero_point[0] == 0);
}

// Whether channels of the source have zero points of their own, which no primitive takes.
bool has_mixed_zero_points(const CodeParameters& source, std::int64_t channels) {
    for (std::int64_t c = 1; source.per_channel && c < channels; ++c)
        if (source.integer_zero_point[static_cast<std::size_t>(c)] != source.integer_zero_point[0]) return true;
    return false;
}

std::unique_ptr<PointwiseStep> pointwise(const Layout& layout, Source a, std::vector<Target> targets) {
    auto step = std::make_unique<PointwiseStep>();
    step->a = std::move(a);
    step->targets = std::move(targets);
    step->layout = layout;
    return step;
}

void add_rest(Builder& builder, const ops::NodeView& node, const Int8Product& product, BufferId real) {
    Source sum = {real, nullptr};
    if (product.inner) {
        const BufferId codes = builder.add_buffer(static_cast<std::size_t>(product.layout.count()) + 64);
        auto step = pointwise(product.layout, sum, {{codes, product.inner, product.layout.channels}});
        step->declare();
        builder.add(std::move(step), node, OCTAVO_INT8, "values");
        sum = {codes, product.inner};
    }
    auto step = pointwise(product.layout, sum, product.targets);
    if (product.residual.buffer != BufferId::none) {
        step->kind = Pointwise::add;
        step->b = product.residual;
    }
    step->activation = product.activation;
    step->declare();
    builder.add(std::move(step), node, OCTAVO_INT8, "values");
}

}  // namespace

bool lower_product_by_dnnl(Builder& builder, const ops::NodeView& node, const ConvShape& shape, const Int8Product& product) {
    const CodeParameters& from = *product.source_parameters;
    if (has_mixed_zero_points(from, shape.input_c)) return false;
    // oneDNN 3.2 counts the border wrongly where a source zero point meets a dilated window (seen on AVX2, jit_uni_int8).
    if (from.integer_zero_point[0] != 0 && (shape.dilation_h > 1 || shape.dilation_w > 1)) return false;
    // And it corrects wrongly for one where a depthwise kernel has as many elements as its weights are blocked by (seen: 8, on AVX2).
    const std::int64_t elements = shape.kernel_h * shape.kernel_w;
    if (from.integer_zero_point[0] != 0 && shape.depthwise() && (elements == 8 || elements == 16)) return false;
    const bool gemm = node.op() == "Gemm", whole = fits_in_one(product, shape.output_c), codes = whole && product.targets[0].parameters;
    const ProductDescriptors d = describe_product(
        shape, gemm, {memory::data_type::u8, memory::data_type::s8, codes ? memory::data_type::u8 : memory::data_type::f32});
    dnnl::primitive_attr attributes;
    attributes.set_scales_mask(DNNL_ARG_WEIGHTS, shape.groups > 1 ? 3 : 1);
    if (from.integer_zero_point[0] != 0) attributes.set_zero_points_mask(DNNL_ARG_SRC, 0);
    if (codes) attributes.set_scales_mask(DNNL_ARG_DST, 0);
    dnnl::post_ops post;
    if (whole && product.activation.kind == ActivationKind::relu) post.append_eltwise(dnnl::algorithm::eltwise_relu, 0, 0);
    if (whole && product.activation.kind == ActivationKind::clip)
        post.append_eltwise(dnnl::algorithm::eltwise_clip, product.activation.alpha, product.activation.beta);
    attributes.set_post_ops(post);
    const auto made = make_product(shape, gemm, d, attributes);
    if (!made) return false;

    const auto vector = [](const void* values, memory::data_type type, std::int64_t count) {
        return constant_memory(memory::desc({count}, type, memory::format_tag::a), values);
    };
    auto step = std::make_unique<Int8PrimitiveStep>();
    step->primitive = made->primitive;
    step->source = memory(d.source, dnnl_engine(), nullptr);
    step->destination = memory(d.destination, dnnl_engine(), nullptr);
    step->scratchpad = memory(made->scratchpad, dnnl_engine(), nullptr);
    step->scratch_bytes = made->scratchpad.get_size();
    step->weights = reordered(constant_memory(d.plain_weights, product.weights.data()), made->weights);
    step->bias = vector(product.bias.data(), memory::data_type::f32, shape.output_c);
    step->scale = vector(product.scale.data(), memory::data_type::f32, shape.output_c);
    if (from.integer_zero_point[0] != 0) step->source_zero_point = vector(from.integer_zero_point.data(), memory::data_type::s32, 1);
    if (codes) step->destination_scale = vector(product.targets[0].parameters->scale.data(), memory::data_type::f32, 1);
    const BufferId to = whole ? product.targets[0].buffer : builder.add_buffer(d.destination.get_size() + 64);
    step->reads = {product.source};
    step->writes = {to};
    builder.add(std::move(step), node, OCTAVO_INT8, made->implementation);
    if (!whole) add_rest(builder, node, product, to);
    return true;
}

}  // namespace octavo::onednn
