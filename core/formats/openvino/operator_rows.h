// What the table in operators.cpp points to, by family. Each takes the layer type of its row.
#pragma once

#include "core/formats/openvino/operators.h"

namespace octavo::openvino {

using WriteRow = Result<Values>(Job& job, const LayerType& layer);

// operators_spatial.cpp: windows over an image.
WriteRow write_convolution, write_transposed_convolution, write_max_pool, write_average_pool, write_resize, write_blocks;

// operators_shape.cpp: what moves or selects values.
WriteRow write_reshape, write_flatten, write_transpose, write_axes, write_concat, write_slice, write_split, write_pad, write_gather,
    write_gather_nd, write_tile, write_expand, write_constant_of_shape, write_shape, write_size, write_range, write_top_k,
    write_arg_extreme, write_suppression, write_gather_elements, write_scatter_nd, write_scatter_elements, write_trilu, write_one_hot,
    write_hardmax;

// operators_values.cpp: what computes values.
WriteRow write_remainder, write_is_infinite, write_thresholded, write_cumulative, write_einsum, write_grid_sample;

// operators_normalization.cpp: by mean and variance.
WriteRow write_layer_normalization, write_group_normalization, write_mean_variance;

// operators_reductions.cpp: what becomes of the values along some axes.
WriteRow write_reduction, write_global, write_global_lp, write_normalization, write_lrn;

// operators_detection.cpp: what only OpenVINO has.
WriteRow write_fake_quantize, write_clustered_priors, write_priors, write_detection_output;

// A layer between, with the type of the node's output 0.
inline Value between(Job& job, const LayerType& layer, const char* what, const Values& inputs, const Data& data = {}) {
    return job.ir.add(layer, job.part(what), data, inputs, job.output());
}

}  // namespace octavo::openvino
