// octavo convert IN OUT: the model without what no run needs, as ONNX or as OpenVINO IR, in float32 or quantized by a plan.
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/cli/feeding.h"
#include "core/cli/options.h"
#include "core/pipeline/formats.h"
#include "core/pipeline/stage_convert.h"

#include <cstdio>
#include <filesystem>

namespace octavo::cli {
namespace {

Result<bool> half_weights(const Parsed& parsed, const std::string& output) {
    const std::string weights = parsed.text("weights").value_or("fp32");
    if (weights != "fp16" && weights != "fp32") return Error(Code::config, "--weights: found '" + weights + "', expected fp16 or fp32");
    if (weights == "fp16" && !is_ir(output))
        return Error(Code::config, "--weights fp16: found output " + output + ", expected one of .xml");
    return weights == "fp16";
}

// Before anything is read: what is to be written has a form, and does not take the place of what it is made from.
Result<void> check_output(const std::string& input, const std::string& output) {
    constexpr const char* kExpected = ", expected a name with .onnx, .xml or .json (the plan in the file)";
    const auto ends = [&](const char* extension) { return ends_with_ignoring_case(output, extension); };
    if (!ends(".onnx") && !ends(".xml") && !ends(".json")) return Error(Code::config, "found output " + output + kExpected);
    std::error_code ignored;
    if (std::filesystem::equivalent(input, output, ignored))
        return Error(Code::config, "found output " + output + ", which is the model itself; expected another name");
    return {};
}

// None of them for a plan: it speaks of the model in the file.
Result<FeedingOptions> feeding_for(const Parsed& parsed, const std::string& output) {
    OCTAVO_TRY(FeedingOptions options, feeding_of(parsed));
    if (!options.empty() && ends_with_ignoring_case(output, ".json"))
        return Error(Code::config, "--input-shape, --mean, --scale, --reverse-channels: found output " + output +
                                       ", expected a model, .onnx or .xml, for them to become part of");
    return options;
}

void print(const Converted& converted, const std::string& output) {
    std::size_t bytes = 0;
    for (const FileContent& file : converted.files) bytes += file.bytes.size();
    const double megabytes = static_cast<double>(bytes) / 1e6;
    if (converted.is_quantized)
        std::printf("%s: %zu of %s in int8, %.1f MB\n", output.c_str(), converted.nodes_int8,
                    counted(converted.nodes_planned, "operator").c_str(), megabytes);
    else
        std::printf("%s: %zu of %s left, %.1f MB; outputs differ by %.2g of their range at most\n", output.c_str(), converted.nodes_after,
                    counted(converted.nodes_before, "operator").c_str(), megabytes, converted.difference);
}

// The plan in a model's file is its own.
Result<void> check_plan_option(const Parsed& parsed, const std::string& output) {
    if (!parsed.has("plan") || !ends_with_ignoring_case(output, ".json")) return {};
    return Error(Code::config,
                 "--plan: found output " + output + ", which takes the plan in the file itself; expected a model, .onnx or .xml");
}

}  // namespace

Result<void> convert(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo convert IN OUT.onnx|OUT.xml|OUT.json [options]";
    syntax.description =
        "Writes the model in standard operators, as ONNX or as OpenVINO IR (OUT.xml and OUT.bin), with constants and batch norms folded,\n"
        "and identities, dropouts and dead ends taken out. What was written is run beside the original on random numbers, and compared.\n"
        "With a plan it is the quantized model that is written. Options make how it is fed part of it: another size, pixels as they "
        "are.\n\n"
        "  octavo convert model.onnx clean.onnx\n"
        "  octavo convert model.onnx clean.onnx && octavo inspect clean.onnx\n"
        "  octavo convert model.onnx model.xml --plan run/plan.json\n"
        "  octavo convert model.onnx raw.xml --mean 123.675,116.28,103.53 --scale 58.395,57.12,57.375 --reverse-channels";
    syntax.positional = {"model", "output"};
    syntax.text("plan",
                "plan.json of a run: what it quantizes is int8 in the written model; none: a model that was quantized elsewhere is\n"
                "written in floating point");
    syntax.text("weights", "fp16: weights that are not int8 are rounded to float16, in an IR (fp32)");
    add_feeding(syntax);
    syntax.text("device", "device plugin that runs both for the comparison");
    syntax.flag("quiet,q", "print nothing where all is right");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 2));
    if (parsed.help) return {};
    const Registry registry = registry_of(parsed);
    OCTAVO_TRY(const DeviceHandle device, device_of(parsed, registry, OCTAVO_ORACLE_DEVICE));
    const std::string output = *parsed.text("output");
    OCTAVO_CHECK_OK(check_output(*parsed.text("model"), output));
    OCTAVO_CHECK_OK(check_plan_option(parsed, output));
    OCTAVO_TRY(const bool half, half_weights(parsed, output));
    OCTAVO_TRY(FeedingOptions fed, feeding_for(parsed, output));
    const FeedRequest request{*parsed.text("model"), parsed.text("plan"), std::move(fed.shapes), std::move(fed.feeding)};
    OCTAVO_TRY(const Converted converted, octavo::convert({request, output, half}, device));
    OCTAVO_CHECK_OK(write_together(converted.files, Code::data));
    if (!parsed.flag("quiet")) print(converted, output);
    return {};
}

}  // namespace octavo::cli
