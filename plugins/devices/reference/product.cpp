// See product.h.
#include "product.h"

#include <ops/columns.h>
#include <ops/support.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace octavo::reference {

namespace {

using ops::NodeView;
using ops::Shape;

Error config_error(const NodeView& node, const std::string& text) {
    return {Code::config, "plan, " + node.title() + ": " + text};
}

// The weight as [output channels][products], whatever the operator calls rows and columns.
std::vector<float> weight_rows(const NodeView& node, std::int64_t channels, std::int64_t products) {
    const auto* from = static_cast<const float*>(node.input(1).data);
    std::vector<float> rows(from, from + channels * products);
    const bool by_columns = node.op() == "MatMul" || (node.op() == "Gemm" && node.integer("transB", 0) == 0);
    if (!by_columns) return rows;
    for (std::int64_t c = 0; c < channels; ++c)
        for (std::int64_t k = 0; k < products; ++k) rows[static_cast<std::size_t>(c * products + k)] = from[k * channels + c];
    return rows;
}

Result<void> set_weight(const NodeView& node, const octavo_quantization& given, Product& product) {
    const std::int64_t channels = node.output(0).shape[node.op() == "Conv" ? 1 : node.output(0).rank - 1];
    const Shape weight = node.input_shape(1);
    product.products = ops::element_count(weight) / channels;
    if (given.channels != 1 && given.channels != channels)
        return config_error(node, std::to_string(given.channels) + " weight scales, expected 1 or " + std::to_string(channels));
    const std::vector<float> rows = weight_rows(node, channels, product.products);
    const std::int64_t outputs_an_input = node.op() == "Conv" ? weight[0] / node.integer("group", 1) : 1;
    for (std::int64_t c = 0; c < channels; ++c) {
        const float scale = given.scale[given.channels == 1 ? 0 : c];
        if (!(scale > 0.0F) || !std::isfinite(scale))
            return config_error(node, "weight scale " + std::to_string(scale) + " is not positive");
        for (std::int64_t k = 0; k < product.products; ++k)
            product.weight.push_back(quantize_weight(rows[static_cast<std::size_t>(c * product.products + k)], scale));
        // Only a depthwise convolution reads several scales; its group is its input channel.
        product.factor.push_back(product.input.scale_of(static_cast<std::size_t>(c / outputs_an_input)) * scale);
    }
    return {};
}

void set_bias(const NodeView& node, Product& product) {
    product.bias.assign(product.factor.size(), 0.0F);
    if (node.op() == "MatMul" || !node.has_input(2)) return;
    const auto* bias = static_cast<const float*>(node.input(2).data);
    const bool one = ops::element_count(node.input_shape(2)) == 1;
    for (std::size_t c = 0; c < product.bias.size(); ++c) product.bias[c] = bias[one ? 0 : c];
}

float on_grid(const Grid& grid, float value) {
    const std::uint8_t code = quantize_u8(value, 1.0F / grid.scale[0], static_cast<float>(grid.zero_point[0]));
    return dequantize_u8(code, grid.scale[0], grid.zero_point[0]);
}

// The float32 part, value by value; `channel_run` consecutive values belong to one channel.
void finish(const Product& product, std::span<const std::int32_t> sums, std::int64_t channel_run, std::span<const float> residual,
            std::span<float> output) {
    for (std::size_t i = 0; i < output.size(); ++i) {
        const std::size_t c = i / static_cast<std::size_t>(channel_run) % product.factor.size();
        float value = static_cast<float>(sums[i]) * product.factor[c];
        value = value + product.bias[c];
        if (!residual.empty()) {
            if (product.inner) value = on_grid(*product.inner, value);
            value = value + residual[i];
        }
        output[i] = value;
    }
}

// Sums of one group of one image: `x` is [channels in][height][width], `weight` [channels out][products], `sums` [channels out][positions].
void convolve(const ops::Window& w, const std::int16_t* x, const std::int8_t* weight, std::int64_t products, std::int64_t channels_out,
              std::int32_t* sums) {
    const std::int64_t positions = w.output_h * w.output_w;
    std::int16_t column[ops::kStretch];
    for (std::int64_t begin = 0; begin < positions; begin += ops::kStretch) {
        const std::int64_t end = std::min(begin + ops::kStretch, positions);
        for (std::int64_t k = 0; k < products; ++k) {
            const std::int64_t kx = k % w.kernel_w;
            const std::int64_t ky = k / w.kernel_w % w.kernel_h;
            const std::int64_t ic = k / (w.kernel_w * w.kernel_h);
            // Outside of the image lies the real number 0, whatever the zero point.
            ops::tap_column(w, x + ic * w.input_h * w.input_w, ky, kx, begin, end, std::int16_t{0}, column);
            for (std::int64_t oc = 0; oc < channels_out; ++oc)
                ops::add_column(sums + oc * positions + begin, column, std::int16_t{weight[oc * products + k]}, end - begin);
        }
    }
}

// A pair of products as the instruction adds it: on codes, whose zero point is taken off the sum afterwards.
std::int32_t saturated_pair(std::int32_t a, std::int32_t weight_a, std::int32_t b, std::int32_t weight_b, std::int32_t zero_point) {
    const std::int32_t sum = (a + zero_point) * weight_a + (b + zero_point) * weight_b;
    return std::clamp<std::int32_t>(sum, INT16_MIN, INT16_MAX) - zero_point * (weight_a + weight_b);
}

// The same as convolve, in pairs.
void convolve_saturating(const ops::Window& w, const std::int16_t* x, std::int32_t zero_point, const std::int8_t* weight,
                         std::int64_t products, std::int64_t channels_out, std::int32_t* sums) {
    const std::int64_t positions = w.output_h * w.output_w, plane = w.input_h * w.input_w, taps = w.kernel_h * w.kernel_w;
    std::int16_t column[2][ops::kStretch];
    for (std::int64_t begin = 0; begin < positions; begin += ops::kStretch) {
        const std::int64_t end = std::min(begin + ops::kStretch, positions);
        for (std::int64_t k = 0; k < products; ++k) {
            const std::int64_t tap = k % taps, ic = k / taps;
            if (ic % 2 == 1) continue;
            const bool is_pair = k + taps < products;
            for (std::int64_t i = 0; i < (is_pair ? 2 : 1); ++i)
                ops::tap_column(w, x + (ic + i) * plane, tap / w.kernel_w, tap % w.kernel_w, begin, end, std::int16_t{0}, column[i]);
            for (std::int64_t oc = 0; oc < channels_out; ++oc) {
                const std::int8_t* of = weight + oc * products + k;
                for (std::int64_t p = 0; p < end - begin; ++p)
                    sums[oc * positions + begin + p] +=
                        saturated_pair(column[0][p], of[0], is_pair ? column[1][p] : 0, is_pair ? of[taps] : 0, zero_point);
            }
        }
    }
}

Result<void> run_convolution(const NodeView& node, const Product& product, std::span<const std::int16_t> x, std::span<const float> residual,
                             std::span<float> output) {
    OCTAVO_TRY(const ops::Window window, ops::window_of(node));
    const std::int64_t groups = node.integer("group", 1);
    const std::int64_t positions = window.output_h * window.output_w;
    const std::int64_t in = node.input(0).shape[1] / groups * window.input_h * window.input_w;
    const std::int64_t channels_out = product.output_channels() / groups;
    std::vector<std::int32_t> sums(output.size());
    for (std::int64_t n = 0; n < node.input(0).shape[0]; ++n)
        for (std::int64_t g = 0; g < groups; ++g) {
            const std::int16_t* from = x.data() + (n * groups + g) * in;
            const std::int8_t* weight = product.weight.data() + g * channels_out * product.products;
            std::int32_t* to = sums.data() + (n * groups + g) * channels_out * positions;
            if (product.sums == Sums::exact)
                convolve(window, from, weight, product.products, channels_out, to);
            else
                convolve_saturating(window, from, product.input.zero_point[0], weight, product.products, channels_out, to);
        }
    finish(product, sums, positions, residual, output);
    return {};
}

std::int32_t exact_sum(const std::int16_t* row, const std::int8_t* weight, std::int64_t products) {
    std::int32_t sum = 0;
    for (std::int64_t k = 0; k < products; ++k) sum += std::int32_t{row[k]} * std::int32_t{weight[k]};
    return sum;
}

std::int32_t saturated_sum(const std::int16_t* row, const std::int8_t* weight, std::int64_t products, std::int32_t zero_point) {
    std::int32_t sum = 0;
    for (std::int64_t k = 0; k < products; k += 2) {
        const bool is_pair = k + 1 < products;
        sum += saturated_pair(row[k], weight[k], is_pair ? row[k + 1] : 0, is_pair ? weight[k + 1] : 0, zero_point);
    }
    return sum;
}

void run_matrix(const Product& product, std::span<const std::int16_t> x, std::span<const float> residual, std::span<float> output) {
    std::vector<std::int32_t> sums(output.size());
    const std::int64_t channels = product.output_channels();
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const std::int16_t* row = x.data() + static_cast<std::int64_t>(i) / channels * product.products;
        const std::int8_t* weight = product.weight.data() + static_cast<std::int64_t>(i) % channels * product.products;
        sums[i] = product.sums == Sums::exact ? exact_sum(row, weight, product.products)
                                              : saturated_sum(row, weight, product.products, product.input.zero_point[0]);
    }
    finish(product, sums, 1, residual, output);
}

}  // namespace

Result<Product> make_product(const NodeView& node, const TensorGrids& input, const octavo_quantization& weight_scale,
                             const octavo_quantization& inner, Sums sums) {
    if (input.empty()) return config_error(node, std::string("input '") + node.input(0).name + "' has no parameters");
    if (weight_scale.channels == 0) return config_error(node, std::string("weight '") + node.input(1).name + "' has no scales");
    Product product;
    product.sums = ops::is_depthwise(node) ? Sums::exact : sums;  // one input channel has no pair
    product.reads_depthwise = !input.whole || (ops::is_depthwise(node) && input.depthwise);
    product.input = product.reads_depthwise ? *input.depthwise : *input.whole;
    if (product.input.channels() > 1 && !ops::is_depthwise(node))
        return config_error(node, std::string("input '") + node.input(0).name + "' has parameters for each channel, but it mixes channels");
    if (inner.channels == 1) product.inner = Grid{{inner.scale[0]}, {inner.zero_point[0]}};
    OCTAVO_CHECK_OK(set_weight(node, weight_scale, product));
    set_bias(node, product);
    return product;
}

Result<void> run_product(const NodeView& node, const Product& product, std::span<const std::uint8_t> codes, std::span<const float> residual,
                         std::span<float> output) {
    const std::vector<std::int16_t> x = centred(product.input, ChannelLayout(node.input(0)), codes);
    if (node.op() == "Conv") return run_convolution(node, product, x, residual, output);
    run_matrix(product, x, residual, output);
    return {};
}

}  // namespace octavo::reference
