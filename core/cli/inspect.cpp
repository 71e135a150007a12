// octavo inspect MODEL: the graph behind the passes, as text.
#include "core/cli/options.h"
#include "core/pipeline/stage_load.h"

#include <cstdio>

namespace octavo::cli {

Result<void> inspect(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo inspect MODEL [options]";
    syntax.description = "Prints operators and tensors of the graph that is executed: constants folded, batch norms and activations fused.";
    syntax.positional = {"model"};
    syntax.flag("unfused", "before residual additions are fused: the graph that calibration runs");
    syntax.number("batch", "batch size for which shapes are shown");
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    OCTAVO_TRY(const Model model, load_model(*parsed.text("model")));
    const Graph& loaded = parsed.flag("unfused") ? model.calibration : model.executed;
    OCTAVO_TRY(const Graph graph, with_batch(loaded, parsed.number("batch").value_or(1)));
    std::fputs(dump(graph).c_str(), stdout);
    return {};
}

}  // namespace octavo::cli
