// Config: one run as its JSON file describes it, checked against the plugins that are there, with defaults filled in and paths resolved
// against the config's folder. Reading a config opens no data and no model, but sees that they are there; everything that is wrong is
// reported in one error (Code::config).
#pragma once

#include "core/image/preprocess.h"
#include "core/pipeline/config_source.h"
#include "core/pipeline/formats.h"
#include "core/plugins/parameters.h"
#include "core/plugins/registry.h"

#include <octavo/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace octavo {

struct PluginUse {
    const LoadedPlugin* plugin = nullptr;
    ParameterValues values;
};

// Some samples of the data set, whose parameters may be changed for the purpose (another list).
struct Slice {
    ParameterValues dataset;
    std::int64_t skip = 0;
    std::int64_t limit = 0;  // 0: all
    bool is_rest = false;    // what calibration leaves, where the config has no validation
    std::string title;       // "calibration", "validation 2": how messages call it
};

enum class Objective { int8, latency };

// How much may be lost: points of the metric's principal figure, percent of its fp32 value, or, without labels, the least ratio of the
// outputs to their error. Where it is missed, operators go back to floating point.
struct Target {
    enum class Unit { points, percent, snr_db };
    Unit unit = Unit::points;
    double limit = 0;
    std::int64_t search_images = 500;  // most validation images that it is judged on; the others are held back
    int most_evaluations = 100;        // of changed plans on all search images
    double min_int8_share = 0;         // of the multiply-adds that must stay in int8; one operator always does
};

// Operators that stay in floating point: by name, by pattern of the whole name (ECMAScript), by type ("Conv").
struct Ignore {
    std::vector<std::string> names, patterns, operators;
};

struct Config {
    std::string file;
    std::string model;
    const LoadedPlugin* dataset = nullptr;
    Slice calibration;
    std::vector<Slice> validation;
    Preprocess preprocess;
    std::optional<PluginUse> adapter, metric;
    std::vector<PluginUse> algorithms;  // in the order of application
    PluginUse device;
    Objective objective = Objective::int8;
    ModelForm export_as = ModelForm::onnx;
    double max_noise = 0;  // percent
    std::optional<Target> target;
    Ignore ignore;
    std::int64_t batch = 1;
    int threads = 0;               // 0: all
    bool skip_unreadable = false;  // an image that cannot be decoded is counted and left out instead of ending the run
    std::string output;            // folder
    std::string json;              // all of the above as the text of a config that means the same anywhere
    ConfigSource source;           // for later findings
};

// What the command line changes; absent: as the config says. Paths are absolute or relative to the working folder.
struct Overrides {
    std::optional<std::string> model, output, algorithm, device, objective, export_as;
    std::optional<std::int64_t> limit;  // most images of calibration and of each validation slice
    std::optional<std::int64_t> batch, threads;
};

Result<Config> read_config(const std::string& path, const Registry& registry, const Overrides& overrides = {});

// The same for JSON text; `file` is for messages, `folder` is what relative paths start from.
Result<Config> parse_config(const std::string& text, const std::string& file, const std::string& folder, const Registry& registry,
                            const Overrides& overrides = {});

// The device of this name, or the default one, with its default parameters, where there is no config. Errors name no place.
Result<PluginUse> default_device(const Registry& registry, const std::optional<std::string>& name);

}  // namespace octavo
