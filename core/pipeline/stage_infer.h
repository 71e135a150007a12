// Infer: one run of a model on arrays, one an input, of any types. Where the model leaves shapes open the arrays say them, and inputs that
// decide shapes become constants.
#pragma once

#include "core/pipeline/npy.h"
#include "core/pipeline/session.h"
#include "core/pipeline/stage_load.h"

#include <map>
#include <string>
#include <vector>

namespace octavo {

using Arrays = std::map<std::string, Array>;

InputValues input_values(const Arrays& arrays);

// The batch size that the arrays were made for: dimension 0 of the first input, where the model leaves that free.
std::int64_t batch_size(const Arrays& arrays, const Graph& graph);

// The bytes of the arrays in the order of the ports. Error: Code::config for a missing array, Code::data for one of another type or shape.
Result<std::vector<std::vector<std::byte>>> input_bytes(const Arrays& arrays, const std::vector<Port>& ports);

// The outputs of the last run.
Arrays output_arrays(const Session& session);

// The whole of it, in fp32.
Result<Arrays> infer(const DeviceHandle& device, const std::string& model, const Arrays& inputs, const CompileOptions& options);

}  // namespace octavo
