// The verbs of the command line, one file each. A verb gets the arguments behind its name; what it returns as error becomes the message on
// stderr and the exit code.
#pragma once

#include <octavo/result.h>

#include <span>
#include <string>

namespace octavo::cli {

using Arguments = std::span<const std::string>;

struct Verb {
    const char* name;
    const char* summary;
    Result<void> (*run)(Arguments arguments);
};

std::span<const Verb> verbs();

Result<void> init(Arguments arguments);
Result<void> calibrate(Arguments arguments);
Result<void> check(Arguments arguments);
Result<void> convert(Arguments arguments);
Result<void> errors(Arguments arguments);
Result<void> evaluate(Arguments arguments);
Result<void> benchmark(Arguments arguments);
Result<void> infer(Arguments arguments);
Result<void> inspect(Arguments arguments);
Result<void> operators(Arguments arguments);
Result<void> plugins(Arguments arguments);
Result<void> schema(Arguments arguments);
Result<void> verify(Arguments arguments);

}  // namespace octavo::cli
