// What the table in import_rows.cpp points to that stands in import_rows_shape.cpp and import_rows_detection.cpp, and what rows share.
#pragma once

#include "core/formats/openvino/import.h"

namespace octavo::openvino {

ReadRow read_broadcast, read_concat, read_blocks, read_gather, read_gather_nd, read_interpolate, read_pad, read_range, read_reshape,
    read_shape, read_slice, read_split, read_axes, read_strided_slice, read_top_k, read_transpose, read_suppression, read_gather_elements,
    read_scatter_nd, read_scatter_elements, read_one_hot;

// Of object detectors.
ReadRow read_prior_boxes, read_detection_output, read_region, read_reorganization;

// The same in all versions.
ReadRow read_clamp, read_elu;

// A StridedSlice whose masks of begin and end say `counts` where a value counts.
Result<void> read_slice_by_masks(Importer& in, std::int64_t counts);

// OpenVINO's names for rounding differ from ONNX's. `pads` counts where `auto_pad` says nothing.
Result<void> set_pads(const Importer& in, Attributes& attributes, const std::vector<std::int64_t>& pads);

// Attributes of DetectionOutput, and of PriorBox or PriorBoxClustered, as our operators have them.
Result<Attributes> detection_attributes(const Importer& in);
Result<Attributes> prior_attributes(const Importer& in, bool clustered);

}  // namespace octavo::openvino
