// Options that say how the application will feed a converted model: --input-shape, --mean, --scale, --reverse-channels.
#pragma once

#include "core/cli/options.h"
#include "core/passes/feed_input.h"

namespace octavo::cli {

struct FeedingOptions {
    InputShapes shapes;
    Feeding feeding;

    bool empty() const { return shapes.empty() && feeding.empty(); }
};

void add_feeding(Syntax& syntax);
// Error, Code::config: what is no list of numbers, two values for one input.
Result<FeedingOptions> feeding_of(const Parsed& parsed);

}  // namespace octavo::cli
