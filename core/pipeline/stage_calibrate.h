// Calibrate: one fp32 pass over the calibration images on the graph before residuals are fused, with a tap at every tensor whose statistics
// the layout asks for. Constant size whatever the number of images; the same images in any order give the same statistics.
#pragma once

#include "core/pipeline/config.h"
#include "core/pipeline/stage_layout.h"
#include "core/pipeline/stage_samples.h"
#include "core/statistics/collector.h"

#include <functional>
#include <map>
#include <string>

namespace octavo {

struct Statistics {
    Collector collector{{}};
    std::map<std::string, std::size_t> entries;  // tensor name to the collector's index
    std::int64_t images = 0;
    std::vector<std::pair<std::string, std::int64_t>> samples;  // names and numbers of those images
    std::vector<ImageNote> unreadable;
};

struct CalibrateRequest {
    const Config& config;
    const Model& model;
    const DeviceHandle& device;
    const Layout& layout;
    std::function<void(std::int64_t images)> progress;  // may be empty
    std::stop_token stop = {};
    std::function<Result<void>(Session&)> rehearse = {};  // may run the session, behind the first batch; may be empty
};

Result<Statistics> collect_statistics(const CalibrateRequest& request);

// Images of the calibration slice.
Result<std::int64_t> calibration_size(const Config& config);

}  // namespace octavo
