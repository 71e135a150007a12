// See qdq_weights.h. With x the real input, the exported operator reads x' where x = in_ratio * x' - excess, and must give
// out_factor * (sum of w * x + bias) = sum of (w * out_factor * in_ratio) * x' + out_factor * (bias - excess * sum of w).
#include "core/formats/onnx/qdq_weights.h"

#include <octavo/numbers.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>

namespace octavo::onnx {
namespace {

// Leaves as much room again for the sum of products that the bias is added to in 32 bit.
constexpr double kMostBias = 0x1p30;
// Products of scales below this are near the end of float32, where runtimes may flush them to zero.
constexpr double kLeastScale = 1e-30;

class Channels {
public:
    explicit Channels(const ProductTerms& terms) : terms_(terms), count_(terms.scale.size()), length_(terms.weight.size() / count_) {}

    std::size_t length() const { return length_; }
    std::size_t position(std::size_t channel, std::size_t k) const {
        return terms_.channels_last ? k * count_ + channel : channel * length_ + k;
    }

private:
    const ProductTerms& terms_;
    std::size_t count_;
    std::size_t length_;
};

struct ChannelCodes {
    std::int64_t sum = 0;
    bool all_zero = true;
};

ChannelCodes quantize_channel(const ProductTerms& terms, const Channels& channels, std::size_t c, float scale,
                              std::vector<std::int8_t>& codes) {
    ChannelCodes found;
    for (std::size_t k = 0; k < channels.length(); ++k) {
        const std::size_t at = channels.position(c, k);
        codes[at] = quantize_weight(terms.weight[at], scale);
        found.sum += codes[at];
        found.all_zero = found.all_zero && codes[at] == 0;
    }
    return found;
}

double at_or(const std::vector<float>& values, std::size_t i, double fallback) {
    return values.empty() ? fallback : static_cast<double>(values[i]);
}

// Where all weights are zero, their scale is free: the one that gives the bias 24 bits.
float scale_for_bias_alone(double bias, double input_scale, float scale) {
    return bias == 0 ? scale : static_cast<float>(std::clamp(std::abs(bias) / input_scale * 0x1p-24, 1e-30, 1e30));
}

// One channel; the weight scale grows until the bias fits and the product of scales is a normal number.
void append_channel(const ProductTerms& terms, const Channels& channels, std::size_t c, QuantizedProduct& out) {
    const double out_factor = at_or(terms.out_factor, c, 1);
    const float ratio = static_cast<float>(out_factor) * static_cast<float>(at_or(terms.in_ratio, c, 1));
    float own = terms.scale[c];
    for (int attempt = 0;; ++attempt) {
        const ChannelCodes codes = quantize_channel(terms, channels, c, own, out.weight);
        const double sum = static_cast<double>(codes.sum) * static_cast<double>(own);
        const double real = (at_or(terms.bias, c, 0) - at_or(terms.excess, c, 0) * sum) * out_factor;
        float scale = own * ratio;
        if (codes.all_zero) scale = scale_for_bias_alone(real, static_cast<double>(terms.input_scale), scale);
        const float product = terms.input_scale * scale;
        const double exact = real / std::max(static_cast<double>(product), 1e-300);
        const double code = std::isfinite(exact) ? exact : 0.0;  // a damaged model's bias must not be our undefined behaviour
        const double growth = std::max(std::abs(code) / kMostBias, kLeastScale / std::max(static_cast<double>(product), 1e-300));
        if (growth > 1.0 && attempt < 8) {
            own = static_cast<float>(std::min(static_cast<double>(own) * growth * 1.001, 1e30));
            continue;
        }
        const double rounded = std::nearbyint(std::clamp(code, -kMostBias, kMostBias));
        const double error = std::abs(rounded * static_cast<double>(product) - real);
        out.scale.push_back(scale);
        out.bias_scale.push_back(product);
        out.bias.push_back(static_cast<std::int32_t>(rounded));
        out.real_bias.push_back(static_cast<float>(real));
        if (!terms.out_step.empty()) {
            out.worst_bias_error = std::max(out.worst_bias_error, static_cast<float>(error / (at_or(terms.out_step, c, 1) * out_factor)));
        }
        return;
    }
}

}  // namespace

QuantizedProduct quantize_product(const ProductTerms& terms) {
    QuantizedProduct out;
    out.weight.resize(terms.weight.size());
    const Channels channels(terms);
    for (std::size_t c = 0; c < terms.scale.size(); ++c) append_channel(terms, channels, c, out);
    return out;
}

FloatProduct float_product(const ProductTerms& terms) {
    FloatProduct out{{terms.weight.begin(), terms.weight.end()}, {}};
    const Channels channels(terms);
    for (std::size_t c = 0; c < terms.scale.size(); ++c) {
        const float out_factor = terms.out_factor.empty() ? 1.0F : terms.out_factor[c];
        const float in_ratio = terms.in_ratio.empty() ? 1.0F : terms.in_ratio[c];
        double sum = 0;
        for (std::size_t k = 0; k < channels.length(); ++k) {
            float& weight = out.weight[channels.position(c, k)];
            sum += static_cast<double>(weight);
            weight = weight * out_factor * in_ratio;
        }
        const double excess = terms.excess.empty() ? 0.0 : static_cast<double>(terms.excess[c]);
        const double bias = terms.bias.empty() ? 0.0 : static_cast<double>(terms.bias[c]);
        out.bias.push_back(static_cast<float>((bias - excess * sum) * static_cast<double>(out_factor)));
    }
    return out;
}

}  // namespace octavo::onnx
