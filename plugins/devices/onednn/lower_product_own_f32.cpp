// Convolutions in floating point by own kernels (kernels/products_f32.h), for a caller who tolerates their errors: bias, residual, ReLU or
// clip fused.
#include "kernels/products_f32.h"
#include "product.h"

#include <limits>
#include <optional>

namespace octavo::onednn {
namespace {

struct Bounds {
    float low, high;
};

std::optional<Bounds> bounds_of(const Activation& activation) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    switch (activation.kind) {
        case ActivationKind::none:
            return Bounds{-kInfinity, kInfinity};
        case ActivationKind::relu:
            return Bounds{0, kInfinity};
        case ActivationKind::clip:
            return Bounds{activation.alpha, activation.beta};
        default:
            return std::nullopt;
    }
}

class OwnStep : public Step {
public:
    OwnStep(std::unique_ptr<FloatProduct> product, Bounds bounds, std::vector<float> bias, std::int64_t channels)
        : product_(std::move(product)), bounds_(bounds), bias_(std::move(bias)), channels_(channels) {
        scratch_bytes = product_->scratch_bytes();
    }

    void bind(const Addresses& addresses, std::byte* scratch) override {
        scratch_ = reinterpret_cast<float*>(scratch);
        job_ = {addresses.get<float>(reads[0]),  bias_.data(), addresses.get<float>(reads[1]), bounds_.low, bounds_.high,
                addresses.get<float>(writes[0]), channels_};
    }
    void run(const RunContext& context) override { product_->run(context.team, job_, scratch_); }
    std::size_t constant_bytes() const override { return product_->weight_bytes() + bias_.size() * sizeof(float); }

private:
    std::unique_ptr<FloatProduct> product_;
    Bounds bounds_;
    std::vector<float> bias_;
    std::int64_t channels_;
    FloatJob job_;
    float* scratch_ = nullptr;
};

}  // namespace

bool lower_product_own_f32(Builder& builder, const ops::NodeView& node, const ConvShape& shape) {
    const std::optional<Bounds> bounds = bounds_of(node.activation());
    if (builder.tolerance() < kOwnError || !bounds) return false;
    auto product = make_float_product(shape, static_cast<const float*>(builder.constant(node.input_id(1))), builder.threads());
    if (!product) return false;
    const std::string implementation = product->implementation();
    std::vector<float> bias(static_cast<std::size_t>(shape.output_c + kPanel), 0.0F);
    if (node.has_input(2)) std::copy_n(static_cast<const float*>(builder.constant(node.input_id(2))), shape.output_c, bias.begin());
    auto step = std::make_unique<OwnStep>(std::move(product), *bounds, std::move(bias), shape.output_c);
    step->reads = {builder.read(node.input_id(0), Form::real),
                   node.has_input(3) ? builder.read(node.input_id(3), Form::real) : BufferId::none};
    const BufferId to = builder.add_buffer(byte_count(node.output(0)) + 64);
    step->writes = {to};
    builder.add(std::move(step), node, OCTAVO_FP32, implementation);
    builder.finish_from_real(node.output_id(0), to);
    return true;
}

}  // namespace octavo::onednn
