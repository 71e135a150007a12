// octavo init MODEL --images DIR: the first config.
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/cli/interrupt.h"
#include "core/cli/options.h"
#include "core/cli/progress.h"
#include "core/pipeline/propose.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace octavo::cli {
namespace {

constexpr std::int64_t kTrialImages = 64;
constexpr std::size_t kShown = 8;

void print_ranking(const VariantsResult& trial) {
    std::printf("\n%s on %s, the best:\n", counted(trial.ranking.size(), "variant").c_str(), counted(trial.images, "image").c_str());
    std::printf("  %8s  %6s  %-5s  %-34s  %-24s  %s\n", trial.figure_name.c_str(), "loss", "order", "mean and scale", "size",
                "label offset");
    for (std::size_t i = 0; i < std::min(kShown, trial.ranking.size()); ++i) {
        const TriedVariant& tried = trial.ranking[i];
        std::printf("  %6.1f %-1s  %6.3f  %-5s  %-34s  %-24s  %lld\n", tried.figure, trial.unit.c_str(), tried.loss,
                    tried.variant.order == ChannelOrder::rgb ? "RGB" : "BGR", tried.variant.numbers->title, tried.variant.framing->title,
                    static_cast<long long>(tried.variant.label_offset));
    }
    std::puts("");
}

}  // namespace

Result<void> init(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo init MODEL --images DIR [options]";
    syntax.description =
        "Writes a first config for a model: finds out what the images are (class folders, a list of labels, plain images), tries the\n"
        "usual ways of preprocessing on some labelled ones, ranks them by the accuracy of the fp32 model, and says in comments why it\n"
        "chose what.\n\n"
        "  octavo init mobilenet.onnx --images photos                    (writes mobilenet.json)\n"
        "  octavo init mobilenet.onnx --images photos --list val.txt --output my.json";
    syntax.positional = {"model"};
    syntax.text("images", "folder of the images");
    syntax.text("list", "file of lines \"name class\"; without it one is looked for in the folder and beside it");
    syntax.text("output,o", "config to write; without it MODEL's name with .json, here");
    syntax.number("limit", "most images that variants are tried on (64)");
    syntax.flag("quiet,q", "no progress");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    if (!parsed.has("images")) return Error(Code::config, "expected --images DIR (octavo init --help)");
    OCTAVO_CHECK_OK(check_least(parsed, "limit", 1));
    const std::int64_t limit = parsed.number("limit").value_or(kTrialImages);
    const std::string model = *parsed.text("model");
    const std::string file = parsed.text("output").value_or(std::filesystem::path(model).stem().string() + ".json");
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored))
        return Error(Code::config, file + ": exists already; expected another --output, or that it is removed first");

    const Interrupt interrupt;
    const Registry registry = registry_of(parsed);
    Progress progress(progress_form(parsed.flag("quiet"), false));
    const RunEvents events = progress.events(interrupt.token());
    OCTAVO_TRY(const Proposal proposal, propose({registry, model, *parsed.text("images"), parsed.text("list"), file, limit, events}));
    for (const std::string& sentence : proposal.seen) std::printf("%s\n", sentence.c_str());
    if (!proposal.trial.ranking.empty()) print_ranking(proposal.trial);
    for (const std::string& sentence : proposal.checks) std::printf("check: %s\n", sentence.c_str());
    OCTAVO_CHECK_OK(write_atomically(file, proposal.config, Code::data));
    std::printf("wrote %s; next: octavo calibrate %s\n", file.c_str(), file.c_str());
    return {};
}

}  // namespace octavo::cli
