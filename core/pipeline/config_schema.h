// The JSON Schema (draft 2020-12) of a config, for editors: what the tables of config_keys.h and of every plugin in the registry declare.
// What it refuses, reading refuses too (but null, which reading takes for an absent key); reading also knows what no schema can say, such
// as files that are not there.
#pragma once

#include "core/plugins/registry.h"

#include <string>

namespace octavo {

std::string config_schema(const Registry& registry);

}  // namespace octavo
