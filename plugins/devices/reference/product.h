// int8 Conv, Gemm and MatMul: exact sums of integers, then float32 in the order that numbers.h's contract fixes:
//     float(sum) * (scale_in * scale_weight[c]) + bias[c] + residual
// Activation and quantization of the result are the interpreter's.
#pragma once

#include <ops/op.h>

#include <vector>

#include "grid.h"

namespace octavo::reference {

// How products are summed: exactly, or as 8-bit kernels do on CPUs without VNNI (pmaddubsw): those of input channels 2i and 2i + 1 in 16
// bits, which saturate, before they are added to the others.
enum class Sums { exact, saturating };

struct Product {
    Sums sums = Sums::exact;
    Grid input;
    bool reads_depthwise = false;     // the codes of grid `depthwise`, not those of `whole`
    std::vector<std::int8_t> weight;  // [output channels][products of one sum]
    std::vector<float> factor;        // [output channels]
    std::vector<float> bias;          // [output channels]; 0 where there is none
    std::int64_t products = 0;        // of one sum
    std::optional<Grid> inner;        // of the sum that a residual is added to

    std::int64_t output_channels() const { return static_cast<std::int64_t>(factor.size()); }
};

// Errors (Code::config): the plan lacks parameters of the input or scales of the weight.
Result<Product> make_product(const ops::NodeView& node, const TensorGrids& input, const octavo_quantization& weight_scale,
                             const octavo_quantization& inner, Sums sums);

// `codes` are those of input 0; `residual` is empty where there is none.
Result<void> run_product(const ops::NodeView& node, const Product& product, std::span<const std::uint8_t> codes,
                         std::span<const float> residual, std::span<float> output);

}  // namespace octavo::reference
