// What the calibration tool of 2018 and 2019 has left in an IR: <statistics> with the least and the greatest value of each channel of each
// layer, and quantization_level="I8" on the layers that it found fit for int8.
#pragma once

#include "core/formats/grids/seen_ranges.h"

#include <octavo/result.h>

#include <string_view>

namespace octavo {

// Empty where the file says nothing of it. Error: Code::model with the layer.
Result<SeenRanges> read_ir_statistics(const std::string& path);
// The same from memory.
Result<SeenRanges> parse_ir_statistics(std::string_view xml);

}  // namespace octavo
