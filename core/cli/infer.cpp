// octavo infer MODEL: runs a model on NumPy arrays, or on an image through a config's preprocessing, and writes outputs and tapped tensors
// as .npy files named after the tensors. The way anybody checks Octavo against anything.
#include "core/base/file_names.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/cli/options.h"
#include "core/pipeline/stage_infer.h"
#include "core/pipeline/stage_samples.h"

#include <algorithm>
#include <map>

namespace octavo::cli {
namespace {

// NAME=FILE, or FILE alone where the model has one input.
Result<Arrays> read_arrays(const std::vector<std::string>& given, const std::vector<BorderTensor>& inputs) {
    Arrays arrays;
    std::vector<std::string> names;
    for (const BorderTensor& input : inputs) names.push_back(input.name);
    for (const std::string& text : given) {
        const std::size_t equals = text.find('=');
        const std::string name = equals != std::string::npos ? text.substr(0, equals) : names.size() == 1 ? names[0] : "";
        if (std::find(names.begin(), names.end(), name) == names.end())
            return Error(Code::config,
                         "--input " + text + ": expected NAME=FILE with one of " + join(names, ", ") + did_you_mean(name, names));
        const std::string file = equals == std::string::npos ? text : text.substr(equals + 1);
        OCTAVO_CHECK_OK(check_is_file(file, "an array (.npy)"));
        OCTAVO_TRY(arrays[name], read_npy(file));
    }
    return arrays;
}

// Outputs have the width that the model gives them; NumPy has no bfloat16, so that is written as float32.
FloatWidth width_of(const Border& border, const std::string& output) {
    for (const BorderTensor& tensor : border.outputs)
        if (tensor.name == output)
            return tensor.type == "float16" ? FloatWidth::half : tensor.type == "float64" ? FloatWidth::wide : FloatWidth::single;
    return FloatWidth::single;
}

struct Destination {
    const Border& border;
    const std::string& folder;
    FileNames names = {};

    std::string file(const std::string& tensor) { return folder + "/" + names.of(tensor) + ".npy"; }
};

Result<void> write_outputs(const Session& session, Destination& to) {
    for (const auto& [name, array] : output_arrays(session))
        OCTAVO_CHECK_OK(write_npy(to.file(name), array.type, array.shape, array.bytes, width_of(to.border, name)));
    return {};
}

// Runs, and writes each tapped tensor while it is shown.
Result<void> run_and_write(Session& session, const Graph& graph, std::span<const std::vector<std::byte>> inputs, Destination& to) {
    Result<void> written;
    std::map<std::int32_t, bool> seen;
    OCTAVO_CHECK_OK(session.run(inputs, [&](std::int32_t tensor, const octavo_tensor& view) {
        if (!written) return;
        seen[tensor] = true;
        std::vector<float> values;
        copy_rows(view, view.rank > 0 ? view.shape[0] : 1, values);
        const std::string& name = graph.tensors[static_cast<std::size_t>(tensor)].name;
        written = write_npy(to.file(name), OCTAVO_F32, {view.shape, static_cast<std::size_t>(view.rank)}, std::as_bytes(std::span(values)));
    }));
    OCTAVO_CHECK_OK(written);
    for (const std::int32_t tap : session.taps())
        if (!seen.contains(tap))
            return Error(Code::config,
                         "--tap " + graph.tensors[static_cast<std::size_t>(tap)].name + ": the device does not show this tensor");
    return write_outputs(session, to);
}

}  // namespace

Result<void> infer(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo infer MODEL --output-dir DIR [options]";
    syntax.description =
        "Runs the model once and writes every output, and every tensor named with --tap, as DIR/NAME.npy.\n\n"
        "  octavo infer model.onnx --input data=x.npy --output-dir out\n"
        "  octavo infer model.onnx --plan plan.json --config my.json --image cat.jpg --output-dir out --tap conv1";
    syntax.positional = {"model"};
    syntax.texts("input", "NAME=FILE.npy, once an input");
    syntax.text("config", "config whose preprocessing an image goes through");
    syntax.text("image", "JPEG or PNG file");
    syntax.text("output-dir", "folder for the .npy files");
    syntax.texts("tap", "name of a tensor to be written too; may be given several times");
    add_plan(syntax);
    syntax.text("device", "device plugin that runs the model");
    syntax.number("threads", "0: all");
    syntax.flag("unfused", "keep residual additions as operators of their own, so that every tensor can be tapped (fp32 only)");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    const std::optional<std::string> folder = parsed.text("output-dir");
    if (!folder) return Error(Code::config, "expected --output-dir DIR (octavo infer --help)");
    if (parsed.has("image") != parsed.has("config") || parsed.has("image") == parsed.has("input"))
        return Error(Code::config, "expected either --input NAME=FILE.npy, or --config C with --image FILE (octavo infer --help)");
    if (parsed.flag("unfused") && parsed.has("plan"))
        return Error(Code::config, "found --unfused with --plan: plans speak of the fused graph");
    if (const auto image = parsed.text("image")) OCTAVO_CHECK_OK(check_is_file(*image, "an image"));
    OCTAVO_TRY(const int threads, threads_of(parsed));

    const Registry registry = registry_of(parsed);
    std::optional<Config> config;
    if (parsed.has("config")) {
        Overrides overrides;
        overrides.device = parsed.text("device");
        OCTAVO_TRY(config, read_config(*parsed.text("config"), registry, overrides));
    }
    OCTAVO_TRY(const DeviceHandle device,
               config ? DeviceHandle::create(*config->device.plugin, config->device.values) : device_of(parsed, registry));
    const std::string path = *parsed.text("model");
    OCTAVO_TRY(const Border border, read_border(path));
    OCTAVO_TRY(const Arrays arrays, read_arrays(parsed.texts("input"), border.inputs));
    OCTAVO_TRY(const Model model, load_model(path, input_values(arrays)));
    const Graph& loaded = parsed.flag("unfused") ? model.calibration : model.executed;
    OCTAVO_TRY(std::optional<Plan> plan, plan_of(parsed, model));
    if (parsed.flag("unfused")) plan.reset();
    OCTAVO_TRY(const Graph graph, with_batch(loaded, batch_size(arrays, loaded)));
    const std::vector<std::string> taps = parsed.texts("tap");
    OCTAVO_TRY(Session session, Session::compile(device, graph, plan ? &*plan : nullptr, {threads, {}, false}, taps));
    Destination to{border, *folder};
    if (!parsed.has("image")) {
        OCTAVO_TRY(const auto inputs, input_bytes(arrays, session.inputs()));
        return run_and_write(session, graph, inputs, to);
    }
    OCTAVO_TRY(const Batch batch, batch_of_image(*parsed.text("image"), config->preprocess, session.inputs()));
    return run_and_write(session, graph, batch.inputs, to);
}

}  // namespace octavo::cli
