// Check: what a config and a model say of each other, before any data is read.
#pragma once

#include "core/pipeline/config.h"
#include "core/pipeline/stage_load.h"

namespace octavo {

// The preprocessing must give what the model's input takes, as far as that does not depend on the picture. Error: findings of the config.
Result<void> check_model(const Config& config, const Model& model);

}  // namespace octavo
