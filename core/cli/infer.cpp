// octavo infer MODEL: runs a model on NumPy arrays, or on an image through a config's preprocessing, and writes outputs and tapped tensors
// as .npy files named after the tensors. The way anybody checks Octavo against anything.
#include "core/base/text.h"
#include "core/cli/options.h"
#include "core/graph/flat.h"
#include "core/pipeline/npy.h"
#include "core/pipeline/stage_load.h"
#include "core/pipeline/stage_samples.h"

#include <algorithm>
#include <map>

namespace octavo::cli {
namespace {

// A tensor's name as a file name: what no file name takes becomes '_'.
std::string file_name(const std::string& tensor) {
    std::string name = tensor;
    for (char& c : name)
        if (c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < ' ') c = '_';
    return name + ".npy";
}

std::string shape_text(std::span<const std::int64_t> shape) {
    std::vector<std::string> sizes;
    for (const std::int64_t size : shape) sizes.push_back(std::to_string(size));
    return join(sizes, "x");
}

// NAME=FILE, or FILE alone where the model has one input.
Result<std::map<std::string, Array>> read_arrays(const std::vector<std::string>& given, const std::vector<Port>& ports) {
    std::map<std::string, Array> arrays;
    std::vector<std::string> names;
    for (const Port& port : ports) names.push_back(port.name);
    for (const std::string& text : given) {
        const std::size_t equals = text.find('=');
        const std::string name = equals == std::string::npos ? names[0] : text.substr(0, equals);
        if (std::find(names.begin(), names.end(), name) == names.end() || (equals == std::string::npos && names.size() > 1))
            return Error(Code::config,
                         "--input " + text + ": expected NAME=FILE with one of " + join(names, ", ") + did_you_mean(name, names));
        OCTAVO_TRY(arrays[name], read_npy(equals == std::string::npos ? text : text.substr(equals + 1)));
    }
    return arrays;
}

// The batch size that the arrays were made for: dimension 0 of the first input, where the model leaves that free.
std::int64_t batch_of(const std::map<std::string, Array>& arrays, const std::vector<Port>& ports) {
    const auto first = arrays.find(ports[0].name);
    return first == arrays.end() || first->second.shape.empty() ? 1 : first->second.shape[0];
}

Result<Batch> batch_of_arrays(const std::map<std::string, Array>& arrays, const std::vector<Port>& ports) {
    Batch batch;
    for (const Port& port : ports) {
        const auto found = arrays.find(port.name);
        if (found == arrays.end()) return Error(Code::config, "input '" + port.name + "': expected --input " + port.name + "=FILE.npy");
        const Array& array = found->second;
        if (array.type != port.type || array.shape != port.shape)
            return Error(Code::data, "input '" + port.name + "': found " + type_name(array.type) + " " + shape_text(array.shape) +
                                         ", expected " + type_name(port.type) + " " + shape_text(port.shape));
        batch.inputs.push_back(array.bytes);
    }
    return batch;
}

Result<void> write_outputs(const Session& session, const std::string& folder) {
    for (std::size_t i = 0; i < session.outputs().size(); ++i) {
        const Port& port = session.outputs()[i];
        const auto* begin = static_cast<const std::byte*>(session.output_views()[i].data);
        OCTAVO_CHECK_OK(write_npy(folder + "/" + file_name(port.name), port.type, port.shape, {begin, port.size_bytes()}));
    }
    return {};
}

// Runs, and writes each tapped tensor while it is shown.
Result<void> run_and_write(Session& session, const Graph& graph, const Batch& batch, const std::string& folder) {
    Result<void> written;
    std::map<std::int32_t, bool> seen;
    OCTAVO_CHECK_OK(session.run(batch.inputs, [&](std::int32_t tensor, const octavo_tensor& view) {
        if (!written) return;
        seen[tensor] = true;
        std::vector<float> values;
        copy_rows(view, view.rank > 0 ? view.shape[0] : 1, values);
        const std::string& name = graph.tensors[static_cast<std::size_t>(tensor)].name;
        written = write_npy(folder + "/" + file_name(name), OCTAVO_F32, {view.shape, static_cast<std::size_t>(view.rank)},
                            std::as_bytes(std::span(values)));
    }));
    OCTAVO_CHECK_OK(written);
    for (const std::int32_t tap : session.taps())
        if (!seen.contains(tap))
            return Error(Code::config,
                         "--tap " + graph.tensors[static_cast<std::size_t>(tap)].name + ": the device does not show this tensor");
    return write_outputs(session, folder);
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
    syntax.text("plan", "plan.json of a calibration");
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

    const Registry registry = registry_of(parsed);
    std::optional<Config> config;
    if (parsed.has("config")) {
        Overrides overrides;
        overrides.device = parsed.text("device");
        OCTAVO_TRY(config, read_config(*parsed.text("config"), registry, overrides));
    }
    OCTAVO_TRY(const DeviceHandle device,
               config ? DeviceHandle::create(*config->device.plugin, config->device.values) : device_of(parsed, registry));
    OCTAVO_TRY(const Model model, load_model(*parsed.text("model")));
    const Graph& loaded = parsed.flag("unfused") ? model.calibration : model.executed;
    OCTAVO_TRY(const std::optional<Plan> plan, plan_of(parsed, model.executed));
    const std::vector<Port> ports = ports_of(loaded, loaded.inputs);
    OCTAVO_TRY(const auto arrays, read_arrays(parsed.texts("input"), ports));
    OCTAVO_TRY(const Graph graph, with_batch(loaded, batch_of(arrays, ports)));
    const std::vector<std::string> taps = parsed.texts("tap");
    const CompileOptions options{static_cast<int>(parsed.number("threads").value_or(0)), {}, false};
    OCTAVO_TRY(Session session, Session::compile(device, graph, plan ? &*plan : nullptr, options, taps));
    if (!parsed.has("image")) {
        OCTAVO_TRY(const Batch batch, batch_of_arrays(arrays, session.inputs()));
        return run_and_write(session, graph, batch, *folder);
    }
    OCTAVO_TRY(const Batch batch, batch_of_image(*parsed.text("image"), config->preprocess, session.inputs()));
    return run_and_write(session, graph, batch, *folder);
}

}  // namespace octavo::cli
