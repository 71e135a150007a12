// The table. Keys that say how to train or which kernels to use are known and not read.
#include "core/formats/caffe/rows.h"

#include <algorithm>
#include <limits>

namespace octavo::caffe {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
constexpr std::string_view kConvolutionKeys =
    "num_output bias_term pad pad_h pad_w kernel_size kernel_h kernel_w stride stride_h stride_w dilation group axis weight_filler "
    "bias_filler engine force_nd_im2col cudnn_convolution_algo_seeker";

const Row kRows[] = {
    {"AbsVal", "", "", 1, 1, 1, read_activation},
    {"Axpy", "", "", 3, 3, 1, read_axpy},
    {"BatchNorm", "batch_norm_param", "use_global_stats moving_average_fraction eps engine scale_filler bias_filler", 1, 1, 1,
     read_batch_norm},
    {"Bias", "bias_param", "axis num_axes filler", 1, 2, 1, read_scale},
    {"BNLL", "", "", 1, 1, 1, read_activation},
    {"Clip", "clip_param", "min max", 1, 1, 1, read_clip},
    {"Concat", "concat_param", "axis concat_dim", 1, kAny, 1, read_concat},
    {"Convolution", "convolution_param", kConvolutionKeys, 1, 1, 1, read_convolution},
    {"ConvolutionDepthwise", "convolution_param", kConvolutionKeys, 1, 1, 1, read_convolution},
    {"Crop", "crop_param", "axis offset", 2, 2, 1, read_crop},
    {"Deconvolution", "convolution_param", kConvolutionKeys, 1, 1, 1, read_convolution},
    {"DepthwiseConvolution", "convolution_param", kConvolutionKeys, 1, 1, 1, read_convolution},
    {"DetectionOutput", "detection_output_param",
     "num_classes share_location background_label_id nms_param save_output_param code_type variance_encoded_in_target keep_top_k "
     "confidence_threshold visualize visualize_threshold save_file",
     3, 3, 1, read_detection_output},
    {"Dropout", "dropout_param", "dropout_ratio", 1, 1, 1, read_identity},
    {"Eltwise", "eltwise_param", "operation coeff stable_prod_grad", 1, kAny, 1, read_eltwise},
    {"ELU", "elu_param", "alpha", 1, 1, 1, read_elu},
    {"Exp", "exp_param", "base scale shift", 1, 1, 1, read_exp},
    {"Flatten", "flatten_param", "axis end_axis", 1, 1, 1, read_flatten},
    {"InnerProduct", "inner_product_param", "num_output bias_term axis transpose weight_filler bias_filler", 1, 1, 1, read_inner_product},
    {"Interp", "interp_param", "height width zoom_factor shrink_factor pad_beg pad_end", 1, 1, 1, read_interp},
    {"Log", "log_param", "base scale shift", 1, 1, 1, read_log},
    {"LRN", "lrn_param", "local_size alpha beta norm_region k engine", 1, 1, 1, read_lrn},
    {"MVN", "mvn_param", "normalize_variance across_channels eps", 1, 1, 1, read_mvn},
    {"Normalize", "norm_param", "across_spatial channel_shared eps scale_filler", 1, 1, 1, read_normalize},
    {"Permute", "permute_param", "order", 1, 1, 1, read_permute},
    {"Pooling", "pooling_param",
     "pool pad pad_h pad_w kernel_size kernel_h kernel_w stride stride_h stride_w global_pooling round_mode ceil_mode engine", 1, 1, 1,
     read_pooling},
    {"Power", "power_param", "power scale shift", 1, 1, 1, read_power},
    {"PReLU", "prelu_param", "channel_shared filler", 1, 1, 1, read_prelu},
    {"PriorBox", "prior_box_param", "min_size max_size aspect_ratio flip clip variance img_size img_h img_w step step_h step_w offset", 2,
     2, 1, read_prior_box},
    {"ReLU", "relu_param", "negative_slope engine", 1, 1, 1, read_relu},
    {"ReLU6", "relu_param", "engine", 1, 1, 1, read_clip},
    {"Reshape", "reshape_param", "shape axis num_axes", 1, 1, 1, read_reshape},
    {"Scale", "scale_param", "axis num_axes bias_term filler bias_filler", 1, 2, 1, read_scale},
    {"ShuffleChannel", "shuffle_channel_param", "group", 1, 1, 1, read_shuffle},
    {"Sigmoid", "sigmoid_param", "engine", 1, 1, 1, read_activation},
    {"Slice", "slice_param", "axis slice_dim slice_point", 1, 1, kAny, read_slice},
    {"Softmax", "softmax_param", "axis engine", 1, 1, 1, read_softmax},
    {"Split", "", "", 1, 1, kAny, read_split},
    {"TanH", "tanh_param", "engine", 1, 1, 1, read_activation},
    {"Tile", "tile_param", "axis tiles", 1, 1, 1, read_tile},
    {"Upsample", "upsample_param", "scale", 1, 1, 1, read_upsample},
};

}  // namespace

const Row* row_of(std::string_view type) {
    const Row* row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& known) { return is_type(type, known.type); });
    return row == std::end(kRows) ? nullptr : row;
}

}  // namespace octavo::caffe
