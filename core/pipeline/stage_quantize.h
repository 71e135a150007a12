// Quantize: layout and statistics to a plan, by the config's algorithms in their order.
#pragma once

#include "core/pipeline/noise.h"
#include "core/pipeline/stage_calibrate.h"

namespace octavo {

// Of an algorithm that runs the network: steps done and in all, and by how much the error at the outputs has fallen, in dB.
using AlgorithmProgress = std::function<void(std::int64_t done, std::int64_t total, double gain_db)>;

struct QuantizeRequest {
    const Config& config;
    const Model& model;
    const DeviceHandle& device;
    const Layout& layout;
    const Statistics& statistics;
    AlgorithmProgress progress;  // may be empty
    std::stop_token stop = {};   // asks algorithms that run the network to end with what they have found
};

struct Quantized {
    Plan plan;
    std::vector<ProductNoise> noise;  // of every product that the algorithms saw
    std::vector<JoinedRanges> joined;
};

// Products whose noise is above the config's limit go to floating point.
Result<Quantized> quantize(const QuantizeRequest& request);

// What an operator runs in that is not to be int8: bf16 where the device can.
Precision floating_precision(const DeviceHandle& device, const FlatGraph& graph, NodeId node);

}  // namespace octavo
