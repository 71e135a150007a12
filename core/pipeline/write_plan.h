// The plan that ranges, scales and biases as they stand amount to, written down as parameters of tensors.
#pragma once

#include "core/pipeline/calibration_view.h"
#include "core/pipeline/stage_quantize.h"

namespace octavo {

// `graph` is the executed one with its shapes. Error: Code::config where a point has no range or a product no scales yet.
Result<Plan> write_plan(const QuantizeRequest& request, const Graph& graph, const CalibrationView& view);

}  // namespace octavo
