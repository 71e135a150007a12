// What lowering knows of a Conv or Gemm before it picks a kernel.
#pragma once

#include "kernels/conv_u8.h"
#include "steps.h"

namespace octavo::onednn {

struct Int8Product {
    BufferId source = BufferId::none;
    std::shared_ptr<const CodeParameters> source_parameters;
    std::vector<std::int8_t> weights;  // [output_c][...]
    std::vector<float> scale, bias;    // [output_c], padded for vectors
    Source residual;
    std::shared_ptr<const CodeParameters> inner;  // of the sum before the residual; null: it stays real
    Activation activation;
    std::vector<Target> targets;
    Layout layout;  // of what it writes
};

// Of the weight, whatever Gemm's transB says.
std::int64_t output_channels(const ops::NodeView& node);
// Nothing, or why no kernel computes this Conv or Gemm: all of them take two dimensions, a constant weight, no bias or a constant one of
// one value an output channel, and a Gemm without factors.
Result<void> check_product(const ops::NodeView& node);
// The rows of a Gemm are pixels of one image.
Result<ConvShape> conv_shape(const ops::NodeView& node);
// The weight as the plan has it with the output channel first, whatever Gemm's transB says.
std::vector<float> output_major_weights(const Builder& builder, const ops::NodeView& node);

// By oneDNN, exact from VNNI on; false where it cannot say the same as our kernels.
bool lower_product_by_dnnl(Builder& builder, const ops::NodeView& node, const ConvShape& shape, const Int8Product& product);

// In floating point by own kernels; false where they do not serve, or nobody tolerates their errors.
bool lower_product_own_f32(Builder& builder, const ops::NodeView& node, const ConvShape& shape);

// A shape of groups of one channel with several outputs as the depthwise one that reads each channel so many times, side by side: how many
// times, 1 for all others (spread.cpp).
std::int64_t make_depthwise(ConvShape& shape);
// The node's picture in that form: codes for int8, else real numbers.
BufferId spread_channels(Builder& builder, const ops::NodeView& node, octavo_precision precision, BufferId from, std::int64_t times);

}  // namespace octavo::onednn
