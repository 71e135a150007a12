// octavo: dispatches to a verb and turns its error into message and exit code.
#include "core/base/text.h"
#include "core/cli/verbs.h"

#include <cstdio>
#include <exception>
#include <iostream>
#include <vector>

namespace octavo::cli {

std::span<const Verb> verbs() {
    static constexpr Verb kVerbs[] = {
        {"init", "write a first config for a model and a folder of images", &init},
        {"calibrate", "quantize the model of a config and report what it costs and gains", &calibrate},
        {"check", "say what is wrong with a config, and print it with all defaults; reads no image", &check},
        {"evaluate", "measure the accuracy of a config's model, with or without a plan", &evaluate},
        {"benchmark", "measure latency and memory of a model, with or without a plan", &benchmark},
        {"verify", "compare a run's exported model in ONNX Runtime and OpenVINO with our integer kernels", &verify},
        {"convert", "write a model anew, cleaned: constants and batch norms folded, nothing dead left", &convert},
        {"infer", "run a model on arrays or an image and write its outputs", &infer},
        {"errors", "explain the codes of messages", &errors},
        {"operators", "list the operators that are supported", &operators},
        {"inspect", "print a model's operators: shapes, precisions, weights, multiply-adds", &inspect},
        {"plugins", "list, describe and check plugins", &plugins},
        {"schema", "print the JSON Schema of configs, for editors", &schema},
    };
    return kVerbs;
}

namespace {

std::string help_text() {
    std::string text =
        "usage: octavo VERB [arguments]\n\n"
        "Turns a trained fp32 CNN into an int8 one, and tells what that costs in accuracy and gains in speed.\n\n";
    for (const Verb& verb : verbs()) {
        std::string name = verb.name;
        name.resize(12, ' ');
        text += "  " + name + verb.summary + "\n";
    }
    return text +
           "\n  octavo VERB --help tells more; octavo --version prints the version.\n"
           "\nexit codes: 0 done, 1 internal error, 2 config or command line wrong (also: a file that they name is not there, an\n"
           "output cannot be made), 3 model unsupported or damaged, 4 data missing or damaged (also: a disk is full), 5 accuracy\n"
           "target not met (outputs are written), 130 interrupted\n";
}

void print_lines(const std::string& message) {
    for (const std::string& line : split(message, '\n')) std::fprintf(stderr, "octavo: error: %s\n", line.c_str());
}

Result<void> dispatch(Arguments arguments) {
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
        std::fputs(help_text().c_str(), stdout);
        return {};
    }
    if (arguments[0] == "--version") {
        std::puts("octavo " OCTAVO_VERSION);
        return {};
    }
    std::vector<std::string> names;
    for (const Verb& verb : verbs()) {
        if (arguments[0] == verb.name) return verb.run(arguments.subspan(1));
        names.emplace_back(verb.name);
    }
    return Error(Code::config,
                 "found the verb '" + arguments[0] + "', expected one of " + join(names, ", ") + did_you_mean(arguments[0], names));
}

int run(Arguments arguments) noexcept {
    try {
        Result<void> done = dispatch(arguments);
        std::cout.flush();
        if (done && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0 || !std::cout))
            done = Error(Code::data, "standard output: found no room for what is printed; is the disk full?");
        if (done) return 0;
        print_lines(done.error().message());
        return static_cast<int>(done.error().code());
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "octavo: error: internal: %s\n", exception.what());
        return static_cast<int>(Code::internal);
    }
}

}  // namespace
}  // namespace octavo::cli

int main(int count, char** values) {
    const std::vector<std::string> arguments(values + 1, values + count);
    return octavo::cli::run(arguments);
}
