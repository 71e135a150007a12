// Rehearsal: adapter and metric see one sample before hours go into a run, so that what they find fault with (an output that is not there,
// scores of another number of classes, annotations of another kind) is said at once. What they say of the sample is thrown away.
#pragma once

#include "core/pipeline/config.h"
#include "core/pipeline/session.h"
#include "core/pipeline/stage_load.h"

namespace octavo {

// With outputs of a session that has run; `geometry` is that of the first sample. The annotation is that of the first validation sample
// where that can be read, else no metric is asked. Error: with its place in the config.
Result<void> rehearse(const Config& config, const Session& session, const octavo_geometry& geometry);

// The same with what the network makes of zeros, without an image.
Result<void> rehearse_on_zeros(const Config& config, const Model& model, const DeviceHandle& device);

}  // namespace octavo
