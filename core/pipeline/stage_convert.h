// Convert: a model file to a cleaned one: constants and batch norms folded, identities and dead ends gone; ONNX in standard operators or
// OpenVINO IR, by the output's name, in float32 or as a plan quantizes it. Float32 is read back and run beside what was written, and beside
// the original with as few passes as can be.
#pragma once

#include "core/base/files.h"
#include "core/pipeline/fed_model.h"
#include "core/plugins/handles.h"

#include <cstddef>
#include <string>
#include <vector>

namespace octavo {

struct ConvertRequest : FeedRequest {
    std::string output;         // .onnx, or .xml with a .bin beside it
    bool half_weights = false;  // of an IR: weights that are not int8 are rounded to float16 and stored as that
};

struct Converted {
    std::vector<FileContent> files;
    std::size_t nodes_before = 0, nodes_after = 0;
    double difference = 0;      // largest at any output, as a share of the original output's range
    bool is_quantized = false;  // what was written is a quantized model, or a plan: neither of the above is of it
    std::size_t nodes_int8 = 0, nodes_planned = 0;
};

// Error: Code::model where the model cannot be read; Code::internal where outputs differ by more than 1e-5 of their range from those of
// what was written, or by more than 1e-3 from the original's.
Result<Converted> convert(const ConvertRequest& request, const DeviceHandle& device);

}  // namespace octavo
