// Convert: a model file to the bytes of a cleaned one: constants and batch norms folded, identities and dead ends gone, everything in
// float32 and standard ONNX operators. The bytes are read back and run beside what was written, and beside the original with as few passes
// as can be.
#pragma once

#include "core/plugins/handles.h"

#include <cstddef>
#include <string>

namespace octavo {

struct Converted {
    std::string bytes;
    std::size_t nodes_before = 0, nodes_after = 0;
    double difference = 0;  // largest at any output, as a share of the original output's range
};

// Error: Code::model where the model cannot be read; Code::internal where outputs differ by more than 1e-5 of their range from those of
// what was written, or by more than 1e-3 from the original's.
Result<Converted> convert(const std::string& path, const DeviceHandle& device);

}  // namespace octavo
