// What the table in import_rows.cpp points to that stands in import_rows_shape.cpp.
#pragma once

#include "core/formats/openvino/import.h"

namespace octavo::openvino {

ReadRow read_broadcast, read_concat, read_blocks, read_gather, read_gather_nd, read_interpolate, read_pad, read_range, read_reshape,
    read_shape, read_slice, read_split, read_axes, read_strided_slice, read_top_k, read_transpose, read_suppression;

// Of object detectors.
ReadRow read_prior_boxes, read_detection_output;

}  // namespace octavo::openvino
