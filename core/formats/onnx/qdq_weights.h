// Weights and bias of an int8 product as the QDQ writer stores them: s8 codes with one scale an output channel, s32 bias codes at the scale
// input scale * weight scale.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace octavo::onnx {

struct ProductTerms {
    std::span<const float> weight;
    bool channels_last = false;  // [..., output channels] instead of [output channels, ...]
    std::vector<float> scale{};  // [output channel] the plan's weight scale
    float input_scale = 1;
    std::vector<float> bias{};        // [output channel], or empty
    std::vector<float> out_factor{};  // [output channel] what the output is multiplied with, or empty
    std::vector<float> in_ratio{};    // [output channel] what the input must be multiplied with to be real, or empty
    std::vector<float> excess{};      // [output channel] what then must be taken away from the input, or empty
    std::vector<float> out_step{};    // [output channel] scale of the grid that the output is put on, in reals, or empty
};

struct QuantizedProduct {
    std::vector<std::int8_t> weight;
    std::vector<float> scale;
    std::vector<std::int32_t> bias;
    std::vector<float> bias_scale;
    std::vector<float> real_bias;  // [output channel] what the codes of the bias stand for
    float worst_bias_error = 0;    // of the codes, in steps of the output
};

QuantizedProduct quantize_product(const ProductTerms& terms);

// The same product in float32, where the plan leaves it there: factors and excess in weight and bias.
struct FloatProduct {
    std::vector<float> weight;
    std::vector<float> bias;
};
FloatProduct float_product(const ProductTerms& terms);

}  // namespace octavo::onnx
