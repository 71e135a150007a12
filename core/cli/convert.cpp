// octavo convert IN.onnx OUT.onnx: the model without what no run needs. Success is said only after the written bytes were read back and
// gave the same outputs.
#include "core/base/files.h"
#include "core/cli/options.h"
#include "core/pipeline/stage_convert.h"

#include <cstdio>

namespace octavo::cli {

Result<void> convert(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo convert IN.onnx OUT.onnx [options]";
    syntax.description =
        "Writes the model in float32 and standard operators, with constants and batch norms folded, and identities, dropouts and dead\n"
        "ends taken out. What was written is read back, run beside the original on random numbers, and compared.\n\n"
        "  octavo convert model.onnx clean.onnx\n"
        "  octavo convert model.onnx clean.onnx && octavo inspect clean.onnx";
    syntax.positional = {"model", "output"};
    syntax.text("device", "device plugin that runs both for the comparison");
    syntax.flag("quiet,q", "print nothing where all is right");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 2));
    if (parsed.help) return {};
    const Registry registry = registry_of(parsed);
    OCTAVO_TRY(const PluginUse use, default_device(registry, parsed.text("device").value_or(OCTAVO_ORACLE_DEVICE)));
    OCTAVO_TRY(const DeviceHandle device, DeviceHandle::create(*use.plugin, use.values));
    const std::string output = *parsed.text("output");
    OCTAVO_TRY(const Converted converted, octavo::convert(*parsed.text("model"), device));
    OCTAVO_CHECK_OK(write_atomically(output, converted.bytes, Code::data));
    if (parsed.flag("quiet")) return {};
    std::printf("%s: %zu operators of %zu are left, %.1f MB; outputs differ by %.2g of their range at most\n", output.c_str(),
                converted.nodes_after, converted.nodes_before, static_cast<double>(converted.bytes.size()) / 1e6, converted.difference);
    return {};
}

}  // namespace octavo::cli
