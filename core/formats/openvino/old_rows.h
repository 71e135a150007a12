// IR of versions 2 to 7 (2018 and 2019): layers under other names than in the opsets, with weights of their own and attributes where
// newer layers have inputs.
#pragma once

#include "core/formats/openvino/import.h"

namespace octavo::openvino {

// Gives the file's inputs, constants and outputs the newer form: Parameter, Const, and a Result behind every output that nobody reads.
void say_borders(Net& net, pugi::xml_node layers);

// As row_of, for old files, which write types in any case.
ReadRow* old_row_of(const std::string& type);

// Of old_rows_shape.cpp.
ReadRow read_old_concat, read_old_split, read_old_crop, read_old_reshape, read_old_flatten, read_old_permute, read_old_tile,
    read_old_gather, read_old_strided_slice, read_old_resample, read_old_interp, read_old_arg_max, read_old_priors,
    read_old_detection_output;

}  // namespace octavo::openvino
