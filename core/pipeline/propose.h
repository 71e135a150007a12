// Propose: a first config for a model and a folder of images, with comments that say why each line is as it is. What can be seen is looked
// at (shapes, kind of data set), what cannot is tried on labelled images; where there are no labels nothing is claimed, and the proposal
// says what to check.
#pragma once

#include "core/pipeline/run.h"
#include "core/pipeline/variants.h"

#include <optional>
#include <string>
#include <vector>

namespace octavo {

struct ProposeRequest {
    const Registry& registry;
    std::string model;
    std::string images;               // folder
    std::optional<std::string> list;  // lines "name class"; without it one is looked for
    std::string config_file;          // that will be written: paths become relative to its folder
    std::int64_t trial_images = 64;
    const RunEvents& events;
};

struct Proposal {
    std::string config;               // JSON with comments
    std::vector<std::string> seen;    // sentences on model and data
    VariantsResult trial;             // without ranking where there are no labels
    std::vector<std::string> checks;  // what the user is asked to look at
};

Result<Proposal> propose(const ProposeRequest& request);

}  // namespace octavo
