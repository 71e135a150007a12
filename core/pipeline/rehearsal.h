// Rehearsal: adapter and metric see one sample before hours go into a run, so that what they find fault with (an output that is not there,
// scores of another number of classes, annotations of another kind) is said at once. What they say of the sample is thrown away.
#pragma once

#include "core/pipeline/config.h"
#include "core/pipeline/session.h"
#include "core/pipeline/stage_load.h"

namespace octavo {

// With the first validation sample, which the session runs; none where it cannot be read and such are skipped. Error: with its place in the
// config, or of the sample.
Result<void> rehearse(const Config& config, Session& session);

// With what the network makes of zeros, without an image. They belong to no annotation, so of a metric only what it says of the config
// counts (Code::config).
Result<void> rehearse_on_zeros(const Config& config, const Model& model, const DeviceHandle& device);

}  // namespace octavo
