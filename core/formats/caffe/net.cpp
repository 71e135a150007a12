// See net.h.
#include "core/formats/caffe/net.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace octavo::caffe {
namespace {

// Layers that bring data, with the message that may say its shape.
struct SourceRow {
    std::string_view type;
    std::string_view parameters;
};
constexpr SourceRow kSources[] = {
    {"Input", "input_param"}, {"MemoryData", "memory_data_param"}, {"Data", ""}, {"ImageData", ""}, {"AnnotatedData", ""}, {"HDF5Data", ""},
    {"WindowData", ""}};

// Losses, measures and sinks: nothing that a network answers. Old files call the first one SOFTMAX_LOSS.
constexpr std::string_view kEnds[] = {
    "SoftmaxWithLoss",         "SoftmaxLoss",       "Accuracy",     "EuclideanLoss", "HingeLoss",
    "ContrastiveLoss",         "InfogainLoss",      "MultiBoxLoss", "SmoothL1Loss",  "MultinomialLogisticLoss",
    "SigmoidCrossEntropyLoss", "DetectionEvaluate", "HDF5Output"};

// Whether the state of a network in use (phase TEST, level 0, no stages) meets a rule.
Result<bool> meets(const Field& rule) {
    OCTAVO_TRY(const std::string phase, text(rule, "phase", "TEST"));
    OCTAVO_TRY(const std::int64_t least, integer(rule, "min_level", 0));
    OCTAVO_TRY(const std::int64_t most, integer(rule, "max_level", 0));
    return (phase == "TEST" || phase == "1") && least <= 0 && most >= 0 && !has(rule, "stage");
}

Result<bool> is_in_use(const Field& fields) {
    const std::vector<const Field*> includes = all(fields, "include"), excludes = all(fields, "exclude");
    for (const Field* rule : includes) {
        OCTAVO_TRY(const bool met, meets(*rule));
        if (met) return true;
    }
    for (const Field* rule : excludes) {
        OCTAVO_TRY(const bool met, meets(*rule));
        if (met) return false;
    }
    return includes.empty();
}

// `shape { dim ... }` of a message, each.
Result<std::vector<std::vector<std::int64_t>>> shapes_of(const Field& message, std::string_view name) {
    std::vector<std::vector<std::int64_t>> shapes;
    for (const Field* shape : all(message, name)) {
        OCTAVO_TRY(shapes.emplace_back(), integers(*shape, "dim"));
    }
    return shapes;
}

Result<void> find_shapes(const SourceRow& source, Layer& layer) {
    layer.is_input = true;
    OCTAVO_TRY(const Field* const parameters, single(*layer.fields, source.parameters));
    if (!parameters) return {};
    OCTAVO_TRY(layer.shapes, shapes_of(*parameters, "shape"));
    if (source.type != "MemoryData") return {};
    std::vector<std::int64_t> dims;
    for (const char* name : {"batch_size", "channels", "height", "width"}) {
        OCTAVO_TRY(dims.emplace_back(), integer(*parameters, name, 0));
    }
    layer.shapes = {dims, {dims[0]}};  // data and label
    return {};
}

// `input: NAME` with an `input_shape` each, or four `input_dim` each.
Result<void> add_inputs(const Field& document, Net& net) {
    OCTAVO_TRY(const std::vector<std::string> names, texts(document, "input"));
    OCTAVO_TRY(std::vector<std::vector<std::int64_t>> shapes, shapes_of(document, "input_shape"));
    OCTAVO_TRY(const std::vector<std::int64_t> dims, integers(document, "input_dim"));
    if (shapes.empty() && dims.size() % 4 == 0)
        for (auto dim = dims.begin(); dim != dims.end(); dim += 4) shapes.emplace_back(dim, dim + 4);
    if (!shapes.empty() && shapes.size() != names.size())
        return Error(Code::model, std::to_string(names.size()) + " inputs with " + std::to_string(shapes.size()) + " shapes");
    for (std::size_t i = 0; i < names.size(); ++i) {
        Layer layer{names[i], "Input", {}, {names[i]}, nullptr, true, {}};
        if (!shapes.empty()) layer.shapes = {shapes[i]};
        net.layers.push_back(std::move(layer));
    }
    return {};
}

// Nothing where the layer is not in use.
Result<std::optional<Layer>> parse_layer(const Field& fields) {
    if (has(fields, "layer"))
        return Error(Code::model, "line " + std::to_string(fields.line) +
                                      ": a layer in the form of 2013, expected one with a type: convert both files with Caffe's "
                                      "upgrade_net_proto_text and upgrade_net_proto_binary");
    OCTAVO_TRY(const bool in_use, is_in_use(fields));
    if (!in_use) return std::optional<Layer>();
    Layer layer;
    OCTAVO_TRY(layer.type, text(fields, "type"));
    OCTAVO_TRY(layer.name, text(fields, "name"));
    OCTAVO_TRY(layer.bottoms, texts(fields, "bottom"));
    OCTAVO_TRY(layer.tops, texts(fields, "top"));
    layer.fields = &fields;
    if (layer.type.empty()) return Error(Code::model, "line " + std::to_string(fields.line) + ": the layer has no type");
    if (layer.name.empty()) layer.name = layer.tops.empty() ? layer.type : layer.tops.front();
    if (std::any_of(std::begin(kEnds), std::end(kEnds), [&](std::string_view end) { return is_type(layer.type, end); }))
        return std::optional<Layer>();
    for (const SourceRow& source : kSources) {
        if (!is_type(layer.type, source.type)) continue;
        const Result<void> found = find_shapes(source, layer);
        if (!found) return found.error().within(layer.title());
    }
    return std::optional(std::move(layer));
}

}  // namespace

bool is_type(std::string_view type, std::string_view known) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    std::size_t at = 0;
    for (const char c : type) {
        if (c == '_') continue;
        if (at == known.size() || lower(c) != lower(known[at++])) return false;
    }
    return at == known.size();
}

Result<Net> parse_net(std::string_view prototxt) {
    OCTAVO_TRY(Field parsed, parse_text(prototxt));
    Net net;
    net.document = std::make_shared<const Field>(std::move(parsed));
    OCTAVO_TRY(net.name, text(*net.document, "name"));
    OCTAVO_CHECK_OK(add_inputs(*net.document, net));
    for (const Field& field : net.document->fields) {
        if (field.name != "layer" && field.name != "layers") continue;
        OCTAVO_TRY(std::optional<Layer> layer, parse_layer(field));
        if (layer) net.layers.push_back(std::move(*layer));
    }
    if (net.layers.empty()) return Error(Code::model, "no layers: the file is no network of Caffe's");
    return net;
}

}  // namespace octavo::caffe
