// LayerNormalization of the last axes in fp32, by rows.
#include "as_it_lies.h"
#include "kernels/functions.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

class LayersStep : public Step {
public:
    std::int64_t rows = 0;
    std::vector<float> scale, bias;
    float epsilon = 0;

    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<float>(reads[0]);
        to_ = addresses.get<float>(writes[0]);
    }
    void run(const RunContext& context) override {
        const auto size = static_cast<std::int64_t>(scale.size());
        const Normal normal = {scale.data(), bias.data(), static_cast<double>(epsilon)};
        share_pieces(context.team, rows, size, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t row = first; row < last; ++row)
                function_kernels().normalize_layer(from_ + row * size, to_ + row * size, size, normal);
        });
    }
    std::size_t constant_bytes() const override { return (scale.size() + bias.size()) * sizeof(float); }

private:
    const float* from_ = nullptr;
    float* to_ = nullptr;
};

}  // namespace

bool lower_layers(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "LayerNormalization" || node.input(0).data || node.output_count() != 1) return false;
    const ops::Shape shape = node.input_shape(0);
    const auto axis = ops::resolve_axis(node, node.integer("axis", -1), shape.size());
    if (!axis) return false;
    const std::int64_t size = ops::extent(shape, static_cast<std::size_t>(*axis), shape.size());
    auto step = std::make_unique<LayersStep>();
    step->rows = ops::element_count(shape) / size;
    step->epsilon = node.real("epsilon", 1e-5F);
    step->bias.assign(static_cast<std::size_t>(size), 0.0F);
    for (const auto& [input, to] : {std::pair{std::size_t{1}, &step->scale}, std::pair{std::size_t{2}, &step->bias}}) {
        if (!node.has_input(input)) continue;
        if (!node.input(input).data || ops::element_count(node.input_shape(input)) != size) return false;
        const auto* values = static_cast<const float*>(builder.constant(node.input_id(input)));
        to->assign(values, values + size);
    }
    step->reads = {builder.read_rows(node.input_id(0))};
    add_as(builder, std::move(step), node, OCTAVO_FP32, "values", true);
    return true;
}

}  // namespace octavo::onednn
