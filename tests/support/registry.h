// Made-up plugins for tests of configs: the defaults by the names that the build gives them, and one other algorithm and device. They
// declare parameters and do nothing.
#pragma once

#include "core/plugins/registry.h"

#include <octavo/abi/algorithm.h>
#include <octavo/parameters.h>

#include <span>

namespace octavo::testing {

inline constexpr octavo_parameter kImages[] = {path("images", nullptr, "folder of the images"), path("list", "null", "file of names")};
inline constexpr octavo_parameter kTop[] = {integers("top", "[1]", 1, 1000, "ranks that count")};
inline constexpr octavo_parameter kPercent[] = {real("percent", "99.999", 50, 100, "share that is kept"),
                                                string("weights", "\"channel\"", "channel|tensor", "one scale a channel or a tensor")};

inline constexpr octavo_algorithm_functions kSetsRanges = {sizeof(octavo_algorithm_functions), nullptr, nullptr, nullptr, 0};
inline constexpr octavo_algorithm_functions kNeedsRanges = {sizeof(octavo_algorithm_functions), nullptr, nullptr, nullptr, 1};

inline octavo_plugin made_up(octavo_kind kind, const char* name, std::span<const octavo_parameter> table, const void* functions = nullptr) {
    return {sizeof(octavo_plugin),
            OCTAVO_ABI_VERSION,
            kind,
            name,
            "1",
            "made up",
            table.data(),
            static_cast<std::int32_t>(table.size()),
            functions};
}

inline const Registry& made_up_registry() {
    static const octavo_plugin plugins[] = {made_up(OCTAVO_DATASET, "imagenet", kImages),
                                            made_up(OCTAVO_ADAPTER, "classes", {}),
                                            made_up(OCTAVO_METRIC, "accuracy", kTop),
                                            made_up(OCTAVO_ALGORITHM, "bias_correction", {}, &kNeedsRanges),
                                            made_up(OCTAVO_ALGORITHM, "percentile", kPercent, &kSetsRanges),
                                            made_up(OCTAVO_ALGORITHM, "widest", {}, &kSetsRanges),
                                            made_up(OCTAVO_DEVICE, "onednn", {}),
                                            made_up(OCTAVO_DEVICE, "slow", {})};
    static const Registry made = [] {
        Registry all;
        for (const octavo_plugin& one : plugins) all.plugins.push_back({&one, "x.so"});
        return all;
    }();
    return made;
}

}  // namespace octavo::testing
