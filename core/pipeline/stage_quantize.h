// Quantize: layout and statistics to a plan, by the config's algorithms in their order.
#pragma once

#include "core/pipeline/stage_calibrate.h"

namespace octavo {

struct QuantizeRequest {
    const Config& config;
    const Model& model;
    const DeviceHandle& device;
    const Layout& layout;
    const Statistics& statistics;
};

Result<Plan> quantize(const QuantizeRequest& request);

}  // namespace octavo
