// Which node the reference device runs at which precision.
#pragma once

#include <ops/op.h>

namespace octavo::reference {

// Nothing, or the reason why not.
Result<void> can_run(const ops::NodeView& node, octavo_precision precision);

}  // namespace octavo::reference
