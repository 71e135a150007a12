// octavo verify RUN: whether other runtimes compute what our integer kernels compute (core/cli/peers/verify.py).
#include "core/cli/peer_script.h"

namespace octavo::cli {

Result<void> verify(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo verify RUN [options]";
    syntax.description =
        "Runs the exported model of a calibration in ONNX Runtime and OpenVINO on the validation images, and prints how near their\n"
        "outputs are to those of octavo's integer kernels: the ratio to the difference, the share of values within one step of 256, the\n"
        "share of equal classes, and the principal figure of the run's metric, whichever that is (--json: all figures). Exit code 5\n"
        "where that is a percentage, or a fraction, and differs by more than --points.\n\n"
        "  octavo verify runs/my\n"
        "  octavo verify runs/my --engines openvino --limit 100 --json";
    syntax.positional = {"run"};
    syntax.number("limit", "most images of each validation list");
    syntax.text("engines", "runtimes, separated by commas (onnxruntime,openvino)");
    syntax.options.add_options()("points", po::value<double>(), "most that accuracies may differ, in hundredths of a whole (0.3)");
    syntax.flag("json", "print JSON");
    add_python(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    OCTAVO_CHECK_OK(check_least(parsed, "limit", 1));
    std::vector<std::string> passed = {*parsed.text("run")};
    static constexpr const char* kPassed[] = {"limit", "engines", "points", "json"};
    pass_on(parsed, kPassed, passed);
    return become_script(parsed, "verify.py", std::move(passed));
}

}  // namespace octavo::cli
