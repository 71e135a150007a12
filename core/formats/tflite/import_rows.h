// What the table in import_rows.cpp points to that stands in import_rows_spatial.cpp and import_rows_shape.cpp.
#pragma once

#include "core/formats/tflite/import.h"

namespace octavo::tflite {

// Of images.
ReadRow read_convolution, read_transposed_convolution, read_pool, read_resize, read_blocks, read_response_normalization,
    read_space_to_batch, read_batch_to_space;

// Of what moves, selects or counts values.
ReadRow read_reshape, read_squeeze, read_expand_dims, read_transpose, read_concat, read_pack, read_unpack, read_split, read_slice,
    read_strided_slice, read_pad, read_gather, read_tile, read_broadcast, read_shape, read_arg, read_top_k, read_gather_nd, read_scatter_nd;

// Input `input` with the file's dimensions `to` instead of its own, as few values moved as that takes.
Held reshaped(Importer& in, std::size_t input, const Shape& to, const char* what);

}  // namespace octavo::tflite
