// Operators of images: they take NHWC in the file and NCHW here.
#include "core/formats/tflite/import_rows.h"

namespace octavo::tflite {
namespace {

Result<void> expect_rank_4(const Importer& in, std::size_t input) {
    if (in.has_input(input) && in.rank(input) == 4) return {};
    return in.refusal("input " + std::to_string(input) + " has " + std::to_string(in.has_input(input) ? in.rank(input) : 0) +
                      " dimensions, expected 4");
}

// SAME puts the odd pixel at the end.
Result<std::string> padding_of(const Importer& in) {
    const std::int64_t padding = in.small(0);
    if (padding != 0 && padding != 1) return in.refusal("padding " + std::to_string(padding) + ", expected 0 (same) or 1 (valid)");
    return std::string(padding == 0 ? "SAME_UPPER" : "VALID");
}

Numbers strides_of(const Importer& in) {
    return {in.number(2), in.number(1)};
}

Result<void> finish_product(Importer& in, const char* op, Ids inputs, std::size_t bias, std::int64_t activation, Attributes attributes) {
    if (in.has_input(bias)) inputs.push_back(in.in_file_order(bias));
    return in.activate(op, std::move(inputs), kImage, activation, std::move(attributes));
}

}  // namespace

// Weights are OHWI; of a depthwise convolution [1,H,W,O], where each input channel makes O / I that follow each other.
Result<void> read_convolution(Importer& in) {
    for (const std::size_t input : {0U, 1U}) OCTAVO_CHECK_OK(expect_rank_4(in, input));
    const bool depthwise = in.op().type == "DEPTHWISE_CONV_2D";
    const std::size_t behind = depthwise ? 1 : 0;  // a field more before the activation
    const std::int64_t channels = in.shape(0)[3], taken = in.shape(1)[3];
    if (channels < 1 || taken < 1) return in.refusal("it has no channels");
    OCTAVO_TRY(const std::string padding, padding_of(in));
    Attributes attributes = {{"strides", strides_of(in)},
                             {"dilations", Numbers{in.number(5 + behind, 1), in.number(4 + behind, 1)}},
                             {"group", depthwise ? channels : channels / taken},
                             {"auto_pad", padding}};
    if (const auto dilated = in.dilations.find(in.op().outputs[0]); dilated != in.dilations.end()) {
        if (padding != "VALID" || strides_of(in) != Numbers{1, 1})
            return in.refusal("strides or padding between SPACE_TO_BATCH_ND and back");
        attributes["dilations"] = dilated->second.block;
        attributes["pads"] = dilated->second.pads;
        attributes.erase("auto_pad");
    }
    const TensorId x = in.in_order(0, kImage), weight = in.in_order(1, depthwise ? Order{3, 0, 1, 2} : kImage);
    return finish_product(in, "Conv", {x, weight}, 2, in.small(3 + behind), std::move(attributes));
}

// Inputs: the output's shape, weights OHWI, x, a bias if there is one. What the full result has more than the output is cut off, half of
// it in front; what it has less is zeros behind.
Result<void> read_transposed_convolution(Importer& in) {
    for (const std::size_t input : {1U, 2U}) OCTAVO_CHECK_OK(expect_rank_4(in, input));
    if (in.output().shape.size() != 4) return in.refusal("its output has not 4 dimensions");
    OCTAVO_CHECK_OK(padding_of(in));
    const Numbers strides = strides_of(in);
    Numbers pads(4), added(2);
    for (std::size_t i = 0; i < 2; ++i) {
        const std::int64_t full = (in.shape(2)[1 + i] - 1) * strides[i] + in.shape(1)[1 + i], more = full - in.output().shape[1 + i];
        pads[i] = more > 0 ? more / 2 : 0;
        pads[2 + i] = more > 0 ? more - more / 2 : 0;
        added[i] = more < 0 ? -more : 0;
    }
    const TensorId x = in.in_order(2, kImage), weight = in.in_order(1, {3, 0, 1, 2});
    return finish_product(in, "ConvTranspose", {x, weight}, 3, in.small(3),
                          {{"strides", strides}, {"pads", pads}, {"output_padding", added}});
}

// Padding counts neither in means nor in maxima.
Result<void> read_pool(Importer& in) {
    OCTAVO_CHECK_OK(expect_rank_4(in, 0));
    OCTAVO_TRY(const std::string padding, padding_of(in));
    return in.activate(in.op().type == "MAX_POOL_2D" ? "MaxPool" : "AveragePool", {in.in_order(0, kImage)}, kImage, in.small(5),
                       {{"kernel_shape", Numbers{in.number(4), in.number(3)}}, {"strides", strides_of(in)}, {"auto_pad", padding}});
}

// Without options: sampled where the pixel's corner falls. The nearest one is that to the left or, with aligned corners, the closest.
Result<void> read_resize(Importer& in) {
    OCTAVO_CHECK_OK(expect_rank_4(in, 0));
    OCTAVO_TRY(const Numbers size, in.integers(1));
    const bool linear = in.op().type == "RESIZE_BILINEAR";
    const std::size_t first = linear ? 2 : 0;  // field
    const bool corners = in.flag(first), centres = in.flag(first + 1);
    const char* coordinates = corners ? "align_corners" : !centres ? "asymmetric" : linear ? "half_pixel" : "tf_half_pixel_for_nn";
    const TensorId x = in.in_order(0, kImage);
    in.finish("Resize", {x, TensorId::none, TensorId::none, in.constant("size", size)}, kImage,
              {{"mode", std::string(linear ? "linear" : "nearest")},
               {"coordinate_transformation_mode", std::string(coordinates)},
               {"nearest_mode", std::string(corners ? "round_prefer_ceil" : "floor")},
               {"axes", Numbers{2, 3}}});
    return {};
}

Result<void> read_blocks(Importer& in) {
    OCTAVO_CHECK_OK(expect_rank_4(in, 0));
    in.finish(in.op().type == "SPACE_TO_DEPTH" ? "SpaceToDepth" : "DepthToSpace", {in.in_order(0, kImage)}, kImage,
              {{"blocksize", in.number(0)}, {"mode", std::string("DCR")}});
    return {};
}

// The file's alpha is of each channel's square, ours of their mean.
Result<void> read_response_normalization(Importer& in) {
    OCTAVO_CHECK_OK(expect_rank_4(in, 0));
    const std::int64_t size = 2 * in.number(0) + 1;
    in.finish("LRN", {in.in_order(0, kImage)}, kImage,
              {{"size", size}, {"bias", in.real(1)}, {"alpha", in.real(2) * static_cast<float>(size)}, {"beta", in.real(3)}});
    return {};
}

// Inputs: x, block, what is padded or cropped [[top, bottom], [left, right]].
Result<void> read_space_to_batch(Importer& in) {
    OCTAVO_CHECK_OK(expect_rank_4(in, 0));
    OCTAVO_TRY(const Numbers block, in.integers(1));
    OCTAVO_TRY(const Numbers pads, in.integers(2));
    const Operator* product = in.only_reader(in.op());
    const bool is_product =
        product && product->inputs[0] == in.op().outputs[0] && (product->type == "CONV_2D" || product->type == "DEPTHWISE_CONV_2D");
    const Operator* back = is_product ? in.only_reader(*product) : nullptr;
    if (!back || back->type != "BATCH_TO_SPACE_ND" || back->inputs.size() != 3)
        return in.refusal("expected a convolution and BATCH_TO_SPACE_ND behind it and nothing else");
    OCTAVO_TRY(const Numbers block_back, in.integers_of(back->inputs[1]));
    OCTAVO_TRY(const Numbers crops, in.integers_of(back->inputs[2]));
    if (block.size() != 2 || pads.size() != 4 || crops.size() != 4 || block_back != block)
        return in.refusal("its block and borders do not fit those of BATCH_TO_SPACE_ND");
    Importer::Dilation dilation{block, {pads[0] - crops[0], pads[2] - crops[2], pads[1] - crops[1], pads[3] - crops[3]}};
    for (const std::int64_t pad : dilation.pads)
        if (pad < 0) return in.refusal("BATCH_TO_SPACE_ND crops more than it pads");
    in.dilations[product->outputs[0]] = std::move(dilation);
    in.keep({in.in_order(0, kImage), kImage});
    return {};
}

Result<void> read_batch_to_space(Importer& in) {
    OCTAVO_CHECK_OK(expect_rank_4(in, 0));
    if (!in.dilations.contains(in.op().inputs[0])) return in.refusal("expected a convolution and SPACE_TO_BATCH_ND before it");
    in.keep({in.in_order(0, kImage), kImage});
    return {};
}

}  // namespace octavo::tflite
