// docs/config.md and docs/errors.md, written from the tables that reading goes by. A test holds the files against these texts.
#pragma once

#include "core/plugins/registry.h"

#include <string>

namespace octavo {

// Keys of the config, then every plugin of the registry with its parameters.
std::string config_reference(const Registry& registry);

// The codes of findings, and the exit codes.
std::string error_reference();

}  // namespace octavo
