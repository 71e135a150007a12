// Check: what a config, its plugins, the model and the data sets say of each other before an image is read.
#pragma once

#include "core/pipeline/config.h"
#include "core/pipeline/search_images.h"
#include "core/pipeline/stage_layout.h"
#include "core/pipeline/stage_load.h"

namespace octavo {

// What a run starts from.
struct Ready {
    Model model;
    DeviceHandle device;
    Layout layout;
    std::int64_t calibration_images = 0;
    SearchImages search_images;
};

// Makes each plugin with its parameters, opens the data sets, loads the model, and holds preprocessing, ignored operators and the output
// folder against all that. Error: everything that was found, a line each with its place; the code is that of the first.
Result<Ready> make_ready(const Config& config);

// The batch size must be one that the model has, and the preprocessing must give what the model's input takes, as far as that does not
// depend on the picture. Error: findings of the config.
Result<void> check_model(const Config& config, const Model& model);

}  // namespace octavo
