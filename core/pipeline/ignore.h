// What the config's `ignore` means for a graph: operators that stay in floating point whatever they cost.
#pragma once

#include "core/pipeline/config.h"
#include "core/plan/rules.h"

namespace octavo {

// Names and patterns are held against each operator's name and those of the operators that were fused into it; operator types against
// what the graph has behind the passes (`octavo inspect` prints it). Error: Code::config with a finding for each entry that matches none.
Result<IsIgnored> resolve_ignore(const Config& config, const Graph& graph);

}  // namespace octavo
