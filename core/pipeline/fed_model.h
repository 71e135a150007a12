// A model as `convert` is asked to write it: as its file has it, or with other input shapes and with what feeds it made part of it; and the
// plan of the model in the file, carried over.
#pragma once

#include "core/passes/feed_input.h"
#include "core/pipeline/stage_load.h"

#include <optional>
#include <string>
#include <vector>

namespace octavo {

struct FeedRequest {
    std::string model;
    std::optional<std::string> plan = {};  // for the model in the file; "none": none, whatever the file says
    InputShapes shapes = {};
    Feeding feeding = {};
};

struct FedModel {
    Graph original;          // with the shapes that were asked for, but nothing else in front, and with as few passes as can be
    bool says_free = false;  // of the batch: the file does, or the shapes that were asked for
    Model model;
    std::optional<Plan> plan;      // the given one, else what the file says
    std::vector<InputFeed> feeds;  // [input] of what `model` does and `original` does not
};

// Errors: those of reading; Code::config where an option does not fit the model, naming the first operator that other shapes do not suit;
// Code::config where the plan cannot be carried over.
Result<FedModel> load_fed_model(const FeedRequest& request);

}  // namespace octavo
