// The classifier of the quickstart, calibrated and judged in a test.
#pragma once

#include "core/pipeline/stage_evaluate.h"
#include "core/pipeline/stage_quantize.h"
#include "tests/support/built.h"

namespace octavo::testing {

inline Config quickstart_config(const Overrides& overrides) {
    return required(read_config(quickstart("classify.json"), built_registry(), overrides));
}

inline Quantized quantized(const Config& config, const Model& model) {
    const DeviceHandle device = required(DeviceHandle::create(*config.device.plugin, config.device.values));
    const Layout layout = required(lay_out(model, device));
    const Statistics statistics = required(collect_statistics({config, model, device, layout, {}}));
    return required(quantize({config, model, device, layout, statistics, {}}));
}

struct Outcome {
    Plan plan;
    AccuracyResult accuracy;
};

inline Outcome calibrated(const Config& config, const Model& model) {
    const DeviceHandle device = required(DeviceHandle::create(*config.device.plugin, config.device.values));
    Plan plan = quantized(config, model).plan;
    AccuracyResult accuracy = required(evaluate({config, model, device, {nullptr, &plan}, {}}));
    return {std::move(plan), std::move(accuracy)};
}

}  // namespace octavo::testing
