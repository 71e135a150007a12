// Variants: the fp32 model on a few labelled images under the usual ways of preprocessing, ranked by accuracy. Every image is decoded once;
// only the numbers that enter the network change. For `octavo init`.
#pragma once

#include "core/pipeline/find_data.h"
#include "core/pipeline/stage_load.h"
#include "core/pipeline/stage_samples.h"

#include <boost/json.hpp>

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace octavo {

// (pixel - mean) * scale, channels in RGB order.
struct Numbers {
    const char* title;
    std::array<double, 3> mean, scale;
};
// Those that leave pixels as they are come last: alone where the input takes bytes.
std::span<const Numbers> usual_numbers(const InputShape& shape);

// How a picture comes to the size of the input.
struct Framing {
    const char* title;
    boost::json::array (*steps)(const InputShape& shape);
};
std::span<const Framing> usual_framings();

struct Variant {
    const Framing* framing = nullptr;
    const Numbers* numbers = nullptr;
    ChannelOrder order = ChannelOrder::rgb;
    std::int64_t label_offset = 0;
};
// The variant as "preprocess" of a config.
boost::json::array steps_of(const Variant& variant, const InputShape& shape);

struct TriedVariant {
    Variant variant;
    double figure = 0;  // the metric's principal one, larger is better
    double loss = 0;    // mean cross-entropy
};

struct VariantsRequest {
    const Model& model;
    const DeviceHandle& device;
    const DatasetHandle& dataset;
    const LoadedPlugin& adapter;
    const LoadedPlugin& metric;
    std::vector<std::int64_t> label_offsets;  // to try
    std::int64_t images = 0;                  // at most; spread evenly over the data set
    std::function<void(std::int64_t runs)> progress;
    std::stop_token stop;  // ends it with Code::interrupted
};

struct VariantsResult {
    std::vector<TriedVariant> ranking;  // best first
    std::int64_t images = 0;
    std::string figure_name, unit;
};

// How often the model is run.
std::int64_t variant_runs(std::int64_t images, const InputShape& shape);

// All numbers in both orders under the first framing, then the best few of them under the others. Variants that so few images cannot tell
// apart from the best one (a standard error) are ranked by their loss, and those of the same loss by how usual they are. The data set's
// samples are images with a class each.
Result<VariantsResult> try_variants(const VariantsRequest& request);

}  // namespace octavo
