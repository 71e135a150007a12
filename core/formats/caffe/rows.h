// The table of layers that are read, and what it points to in other files.
#pragma once

#include "core/formats/caffe/import.h"

namespace octavo::caffe {

using ReadRow = Result<void>(Importer& in);

struct Row {
    std::string_view type;
    std::string_view parameters;  // the message that holds the layer's own fields
    std::string_view keys;        // all of them that are known, words; another one might change what the layer computes
    std::size_t least_bottoms, most_bottoms, most_tops;
    ReadRow* read;
};

// nullptr: nothing reads such a layer.
const Row* row_of(std::string_view type);

ReadRow read_convolution, read_pooling, read_inner_product, read_batch_norm, read_scale, read_lrn, read_normalize, read_mvn, read_softmax;
ReadRow read_activation, read_relu, read_prelu, read_elu, read_clip, read_power, read_exp, read_log, read_identity, read_eltwise, read_axpy;
ReadRow read_concat, read_slice, read_split, read_permute, read_flatten, read_reshape, read_crop, read_upsample, read_interp, read_shuffle,
    read_tile;
ReadRow read_prior_box, read_detection_output;

}  // namespace octavo::caffe
