// bias_correction: rounding shifts the mean of each output channel; the bias takes that shift back. The closed form needs no run of the
// network (Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", with the input's mean measured):
// bias[k] += sum over the weights of k of (W - Wq) * mean[input channel]. The empirical form (their appendix) runs it. Both come after
// algorithms that set ranges and weight scales.
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

constexpr octavo_parameter kParameters[] = {
    string("form", "\"closed\"", "closed|empirical",
           "closed: from the means of each input, without a run; empirical: by running the network, operator after operator on already "
           "corrected inputs"),
    integer("images", "64", 1, 100000, "calibration images that the empirical form runs")};

// What the closed form cannot see is seen here too (rounded and clipped activations); where ranges clip rare large values, their error is
// most of the mean and all the others are moved by it.
Result<void> correct_by_running(const octavo_calibration& calibration, const PlanEditor& editor, std::int64_t images) {
    OCTAVO_TRY(const TrialView trial, TrialView::open(calibration, images, 1));
    const std::int64_t total = calibration.product_count;
    for (std::size_t i = 0; i < static_cast<std::size_t>(total) && !trial.should_stop(); ++i) {
        const octavo_product& product = calibration.products[i];
        trial.move_to(product.node);
        OCTAVO_TRY(const std::vector<double> shift, trial.product_shift(i, product.output_channels));
        std::vector<float> biases(product.biases, product.biases + product.output_channels);
        for (std::size_t k = 0; k < biases.size(); ++k) biases[k] += static_cast<float>(shift[k]);
        editor.set_bias(i, biases);
        trial.progress(static_cast<std::int64_t>(i) + 1, total, 0);
    }
    return {};
}

class BiasCorrection final : public Algorithm {
public:
    static constexpr bool kNeedsRanges = true;
    static Result<std::unique_ptr<BiasCorrection>> create(const Values& values) {
        return std::make_unique<BiasCorrection>(values.text("form") == "empirical", values.integer("images"));
    }
    BiasCorrection(bool runs, std::int64_t images) : runs_(runs), images_(images) {}

    Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) override {
        if (runs_) return correct_by_running(calibration, editor, images_);
        for (std::size_t i = 0; i < static_cast<std::size_t>(calibration.product_count); ++i) {
            const octavo_product& product = calibration.products[i];
            OCTAVO_TRY(const std::vector<float> biases, corrected(product, operator_name(calibration, product)));
            editor.set_bias(i, biases);
        }
        return {};
    }

private:
    bool runs_;
    std::int64_t images_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::BiasCorrection>("bias_correction", "1.1.0",
                                                        "biases that take back the mean error of rounded weights", octavo::kParameters))
