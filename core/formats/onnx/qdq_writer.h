// The QDQ writer's state: the model so far, and by which name each tensor is read. qdq.cpp has tensors and plain nodes, qdq_products.cpp
// convolutions and matrix products.
#pragma once

#include "core/formats/onnx/model_builder.h"
#include "core/formats/onnx/qdq.h"
#include "core/formats/onnx/qdq_forms.h"
#include "core/formats/onnx/qdq_fronts.h"
#include "core/formats/onnx/qdq_weights.h"

#include "core/formats/onnx/operators.h"

namespace octavo::onnx {

// A bias code may be off by half of input scale * weight scale. Where that is more than this share of the output's step, as behind a
// tensor that calibration saw as zero, the bias stays real. That costs a convolution its fusion, so that one that is to be fused may be a
// whole step off.
inline constexpr float kCoarseBiasFused = 1.0F;
inline constexpr float kCoarseBias = 0.125F;

class QdqWriter {
public:
    QdqWriter(const Graph& graph, const Plan& plan);
    Result<QdqModel> run();

private:
    using Pads = std::vector<std::int64_t>;  // as ONNX: begins, then ends, of the spatial dimensions; empty: none

    // From what a node computes to its output: residual, activation, each by the name of its result.
    struct Tail {
        Activation activation;      // see activation_left
        std::optional<Grid> front;  // the grid that the sum is put on, so that ONNX Runtime has integer operators for the activation
        std::string core;           // the operator's own result
        std::string sum;            // with the residual
        std::string value;          // with the activation
    };

    // ---- tensors
    std::string value_name(TensorId id);
    // The tensor as every node reads it that is no depthwise convolution; "" for none.
    std::string read(TensorId id);
    // The tensor on the grid of its ChannelForm, for depthwise convolutions.
    std::string read_channels(TensorId id, const Pads& pads);
    std::string read_constant(TensorId id);
    std::string real_from_channels(TensorId id, const std::string& wish);
    // Pairs that stand right behind a tensor's value.
    void settle(TensorId id);
    std::string quantized(const std::string& base, const std::string& from, const Grid& grid, const std::string& to);
    struct Quantizer {
        std::string codes, scale, zero_point;
    };
    Quantizer quantize(const std::string& base, const std::string& from, const Grid& grid);
    void dequantize(const std::string& base, const Quantizer& by, const std::string& to);
    // What `quantized` gave, for a product in floating point to read.
    std::string read_for_float(const Node& node, const std::string& dequantized);
    std::string by_channel(TensorId id, const char* what, std::vector<float> values);
    std::span<const float> constant_values(TensorId id) const;

    // ---- nodes
    Result<void> write_node(const Node& node);
    void write_plain(const Node& node);
    void write_average_of_inside(const Node& node, const std::string& x, const std::string& y);
    // What the grid behind does not imply.
    Activation activation_left(const Node& node) const;
    Tail plan_tail(const Node& node);
    void write_tail(const Node& node, const Tail& tail);
    void write_on_grids(const Node& node, const Tail& tail);
    std::string hard_gate(const Node& node, const std::string& x, const std::string& sum);

    // As a convolution; false where it is none of integers, and nothing is written.
    bool write_scale_shift(const Node& node);

    // ---- products
    bool is_product(const Node& node) const;
    Result<void> write_product(const Node& node);
    bool is_pixel_classifier(const Node& node) const;
    Result<void> write_pixel_classifier(const Node& node);
    Result<void> check_product(const Node& node) const;
    ProductTerms terms_of(const Node& node) const;
    std::vector<float> bias_of(const Node& node, std::size_t channels) const;
    bool folds_gate(const Node& node) const;
    static void fold_gate(const Activation& gate, std::size_t channels, ProductTerms& terms);
    void add_float_product(const Node& node, const ProductTerms& terms, Names& inputs);
    // The product on the weights' grid, for kernels on real numbers.
    void add_rounded_product(const Node& node, QuantizedProduct product, Names& inputs);
    // `shape` is the weight's as the operator is written. Gives the bias that must be added behind the operator, where codes would be off
    // by more than `coarse` steps of the output.
    std::vector<float> add_quantized_product(const Node& node, const ProductTerms& terms, QuantizedProduct product, const Shape& shape,
                                             float coarse, Names& inputs);
    std::vector<float> output_steps(const Node& node, std::size_t channels) const;
    std::string read_product_input(const Node& node, Node& written);
    Pads explicit_pads(const Node& node) const;
    // Why ONNX Runtime will not fuse an int8 convolution; "" if it will.
    std::string reason_unfused(const Node& node, const Tail& tail, const QuantizedProduct& product) const;
    // Why a grid does not stand right behind a convolution and what of its activation is left.
    std::string reason_not_on_grid(const Node& node, const Activation& activation) const;
    void write_bias_behind(const Node& node, std::vector<float> bias, const std::string& from, const std::string& to);

    const Graph& graph_;
    const Plan& plan_;
    Forms forms_;
    std::vector<std::optional<Grid>> fronts_;  // see front_grids
    ModelBuilder model_;
    std::vector<FloatOperator> in_float_;
    std::vector<octavo_tensor_info> infos_;
    struct Codes {
        std::string name;
        Grid grid;
        std::string for_float;  // see read_for_float; empty: not asked for yet
    };
    std::map<std::string, Codes> codes_;                              // by the name of what they are dequantized to
    std::map<TensorId, std::string> values_;                          // see value_name
    std::map<TensorId, std::string> reads_;                           // see read
    std::map<std::pair<TensorId, Pads>, std::string> channel_reads_;  // see read_channels
};

}  // namespace octavo::onnx
