// bias_correction: rounding weights shifts the mean of each output channel; the bias takes that shift back. In closed form and without
// running the network (Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", with the input's mean
// measured): bias[k] += sum over the weights of k of (W - Wq) * mean[input channel]. Comes after an algorithm that sets weight scales.
#include <octavo/ranges.h>

namespace octavo {
namespace {

struct Shape {
    std::size_t outputs, outputs_a_group, inputs_a_group, kernel;
};

Result<Shape> shape_of(const octavo_product& product, const std::string& name) {
    const auto wrong = [&](const char* what) { return Error(Code::internal, "operator '" + name + "': " + what); };
    if (product.groups < 1 || product.output_channels < 1 || product.output_channels % product.groups != 0 || product.input_channels < 1 ||
        product.input_channels % product.groups != 0) {
        return wrong("its channels do not divide into its groups");
    }
    const std::int64_t inputs = product.input_channels / product.groups;
    const std::int64_t each = product.weight_size / product.output_channels;
    if (product.weight_size % product.output_channels != 0 || each % inputs != 0) return wrong("its weight does not fit its channels");
    return Shape{static_cast<std::size_t>(product.output_channels), static_cast<std::size_t>(product.output_channels / product.groups),
                 static_cast<std::size_t>(inputs), static_cast<std::size_t>(each / inputs)};
}

// What output channel k lost on average.
double lost_mean(const octavo_product& product, const Shape& shape, std::size_t k) {
    const float* weight = product.weights + k * shape.inputs_a_group * shape.kernel;
    const double* const mean = product.input_mean + k / shape.outputs_a_group * shape.inputs_a_group;
    const float scale = product.weight_scale[k];
    double lost = 0;
    for (std::size_t c = 0; c < shape.inputs_a_group; ++c) {
        double difference = 0;
        for (std::size_t position = 0; position < shape.kernel; ++position, ++weight) {
            difference += static_cast<double>(*weight) - static_cast<double>(quantize_weight(*weight, scale)) * static_cast<double>(scale);
        }
        lost += difference * mean[c];
    }
    return lost;
}

Result<std::vector<float>> corrected(const octavo_product& product, const std::string& name) {
    if (!product.weight_scale) {
        return Error(Code::config, "operator '" + name +
                                       "': bias_correction found no weight scales; list an algorithm that sets ranges "
                                       "(minmax, percentile, entropy) before it");
    }
    if (!product.input_mean || !product.biases) return Error(Code::internal, "operator '" + name + "': no input means were collected");
    OCTAVO_TRY(const Shape shape, shape_of(product, name));
    std::vector<float> biases;
    for (std::size_t k = 0; k < shape.outputs; ++k) {
        biases.push_back(static_cast<float>(static_cast<double>(product.biases[k]) + lost_mean(product, shape, k)));
    }
    return biases;
}

class BiasCorrection final : public Algorithm {
public:
    static Result<std::unique_ptr<BiasCorrection>> create(const Values&) { return std::make_unique<BiasCorrection>(); }

    Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) override {
        for (std::size_t i = 0; i < static_cast<std::size_t>(calibration.product_count); ++i) {
            const octavo_product& product = calibration.products[i];
            OCTAVO_TRY(const std::vector<float> biases, corrected(product, operator_name(calibration, product)));
            editor.set_bias(i, biases);
        }
        return {};
    }
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::BiasCorrection>("bias_correction", "1.0.0",
                                                        "biases that take back the mean error of rounded weights", {}))
