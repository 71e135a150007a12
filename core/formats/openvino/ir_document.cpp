// See ir_document.h.
#include "core/formats/openvino/ir_document.h"

#include "core/base/half.h"
#include "core/base/text.h"
#include "core/formats/openvino/old_rows.h"
#include "sdk/ops/op.h"

#include <octavo/text_files.h>

#include <algorithm>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>

namespace octavo::openvino {
namespace {

template <class T>
std::optional<T> number_of(std::string_view text) {
    T value{};
    text = trimmed(text);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

template <class T>
std::optional<std::vector<T>> list_of(std::string_view text) {
    std::vector<T> values;
    if (trimmed(text).empty()) return values;
    for (const std::string& piece : split(text, ',')) {
        const std::optional<T> value = number_of<T>(piece);
        if (!value) return std::nullopt;
        values.push_back(*value);
    }
    return values;
}

// One row an element type: how its bytes become the data of a tensor.
template <class Stored, class T>
Buffer widened(std::span<const std::byte> bytes, T (*widen)(Stored)) {
    std::vector<T> values(bytes.size() / sizeof(Stored));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Stored stored;
        std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
        values[i] = widen(stored);
    }
    return make_buffer(std::move(values));
}

template <class Stored>
Buffer as_s64(std::span<const std::byte> bytes) {
    return widened<Stored, std::int64_t>(bytes, [](Stored value) { return static_cast<std::int64_t>(value); });
}

template <class T>
Buffer unchanged(std::span<const std::byte> bytes) {
    return widened<T, T>(bytes, [](T value) { return value; });
}

Buffer from_doubles(std::span<const std::byte> bytes) {
    return widened<double, float>(bytes, [](double value) { return static_cast<float>(value); });
}

struct TypeRow {
    std::string_view element;
    octavo_type becomes;
    std::size_t bytes;
    Buffer (*read)(std::span<const std::byte>);
};
const TypeRow kTypes[] = {
    {"f32", OCTAVO_F32, 4, unchanged<float>},
    {"f16", OCTAVO_F32, 2, [](std::span<const std::byte> bytes) { return widened<std::uint16_t, float>(bytes, from_float16); }},
    {"bf16", OCTAVO_F32, 2, [](std::span<const std::byte> bytes) { return widened<std::uint16_t, float>(bytes, from_bfloat16); }},
    {"f64", OCTAVO_F32, 8, from_doubles},
    {"i64", OCTAVO_S64, 8, as_s64<std::int64_t>},
    {"u64", OCTAVO_S64, 8, as_s64<std::uint64_t>},
    {"i32", OCTAVO_S64, 4, as_s64<std::int32_t>},
    {"u32", OCTAVO_S64, 4, as_s64<std::uint32_t>},
    {"i16", OCTAVO_S64, 2, as_s64<std::int16_t>},
    {"u16", OCTAVO_S64, 2, as_s64<std::uint16_t>},
    {"i8", OCTAVO_S8, 1, unchanged<std::int8_t>},
    {"u8", OCTAVO_U8, 1, unchanged<std::uint8_t>},
    {"boolean", OCTAVO_BOOLEAN, 1, unchanged<std::uint8_t>},
};

const TypeRow* row_of(std::string_view element) {
    for (const TypeRow& row : kTypes)
        if (row.element == element) return &row;
    return nullptr;
}

// A comma inside of a name is escaped.
std::vector<std::string> names_of(std::string_view text) {
    std::vector<std::string> names(text.empty() ? 0 : 1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == ',') {
            names.emplace_back();
            continue;
        }
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        names.back() += text[i];
    }
    return names;
}

using Ids = std::map<std::string, std::size_t, std::less<>>;  // as the file spells them

struct Places {
    Ids layers;
    std::vector<Ids> inputs, outputs;  // [layer] by port
};

Result<void> read_layer(pugi::xml_node node, Net& net, Places& places) {
    Layer layer;
    layer.name = node.attribute("name").value();
    layer.type = node.attribute("type").value();
    layer.opset = node.attribute("version").value();
    layer.data = node.find_child([](pugi::xml_node child) { return std::string_view(child.name()).ends_with("data"); });
    layer.blobs = node.child("blobs");
    layer.element = element_of(node.attribute("precision").value());
    const auto twice = [&](const char* what) { return Error(Code::model, layer.title() + ": " + what + " id stands in the file twice"); };
    if (!places.layers.emplace(node.attribute("id").value(), net.layers.size()).second) return twice("its");
    Ids& inputs = places.inputs.emplace_back();
    Ids& outputs = places.outputs.emplace_back();
    for (const pugi::xml_node port : node.child("input").children("port"))
        if (!inputs.emplace(port.attribute("id").value(), inputs.size()).second) return twice("an input's");
    for (const pugi::xml_node port : node.child("output").children("port")) {
        if (!outputs.emplace(port.attribute("id").value(), outputs.size()).second) return twice("an output's");
        OutputPort& output = layer.outputs.emplace_back();
        output.names = names_of(port.attribute("names").value());
        output.element = element_of(port.attribute("precision").value());
        for (const pugi::xml_node dim : port.children("dim"))
            output.dims.push_back(number_of<std::int64_t>(dim.child_value()).value_or(-1));
    }
    net.layers.push_back(std::move(layer));
    return {};
}

Result<void> read_edge(pugi::xml_node edge, Net& net, const Places& places, std::vector<std::vector<bool>>& connected) {
    const auto text = [&](const char* name) { return std::string_view(edge.attribute(name).value()); };
    const std::string shown = "edge from layer " + std::string(text("from-layer")) + " to layer " + std::string(text("to-layer"));
    const auto from = places.layers.find(text("from-layer")), to = places.layers.find(text("to-layer"));
    if (from == places.layers.end() || to == places.layers.end()) return Error(Code::model, shown + ": there is no such layer");
    const Ids &outputs = places.outputs[from->second], &inputs = places.inputs[to->second];
    const auto source = outputs.find(text("from-port")), target = inputs.find(text("to-port"));
    if (source == outputs.end() || target == inputs.end()) return Error(Code::model, shown + ": there is no such port");
    if (connected[to->second][target->second]) return Error(Code::model, shown + ": another edge ends in the same port");
    connected[to->second][target->second] = true;
    net.layers[to->second].inputs[target->second] = {from->second, source->second};
    return {};
}

}  // namespace

std::optional<std::vector<std::int64_t>> integers_of(std::string_view text) {
    return list_of<std::int64_t>(text);
}

// Doubles in the file: OpenVINO writes the largest of them for a bound that is none.
std::optional<std::vector<float>> reals_of(std::string_view text) {
    const std::optional<std::vector<double>> values = list_of<double>(text);
    if (!values) return std::nullopt;
    std::vector<float> reals;
    for (const double value : *values)
        reals.push_back(static_cast<float>(std::isfinite(value) ? std::clamp<double>(value, -FLT_MAX, FLT_MAX) : value));
    return reals;
}

std::optional<octavo_type> graph_type(std::string_view element_type) {
    const TypeRow* row = row_of(element_type);
    return row ? std::optional(row->becomes) : std::nullopt;
}

Result<Net> parse_net(std::string_view xml) {
    auto document = std::make_shared<pugi::xml_document>();
    const pugi::xml_parse_result parsed = document->load_buffer(xml.data(), xml.size());
    if (!parsed) return Error(Code::model, "no XML from byte " + std::to_string(parsed.offset) + " on: " + parsed.description());
    const pugi::xml_node root = document->child("net");
    const std::string_view version = root.attribute("version").value();
    Net net{document, root.attribute("name").value(), number_of<int>(version).value_or(0), {}};
    if (net.version < 2 || net.version > 11 || net.version == 8 || net.version == 9)
        return Error(Code::model, (root ? "IR of version '" + std::string(version) + "'" : std::string("no <net>")) +
                                      ", expected an IR of version 2 to 7, 10 or 11");
    Places places;
    for (const pugi::xml_node layer : root.child("layers").children("layer")) OCTAVO_CHECK_OK(read_layer(layer, net, places));
    std::vector<std::vector<bool>> connected;
    for (std::size_t i = 0; i < net.layers.size(); ++i) {
        net.layers[i].inputs.resize(places.inputs[i].size());
        connected.emplace_back(places.inputs[i].size(), false);
    }
    for (const pugi::xml_node edge : root.child("edges").children("edge")) OCTAVO_CHECK_OK(read_edge(edge, net, places, connected));
    for (std::size_t i = 0; i < connected.size(); ++i)
        for (std::size_t k = 0; k < connected[i].size(); ++k)
            if (!connected[i][k]) return Error(Code::model, net.layers[i].title() + ": no edge ends in its input " + std::to_string(k));
    if (net.is_old()) say_borders(net, root.child("layers"));
    return net;
}

Result<Tensor> read_values(const std::string& title, std::string_view element, const std::optional<Shape>& wanted, pugi::xml_node place,
                           const Buffer& binary) {
    const auto refusal = [&](const std::string& why) { return Error(Code::model, title + ": " + why); };
    const TypeRow* row = row_of(element);
    if (!row) return refusal("values of type '" + std::string(element) + "', which is not supported");
    const auto offset = number_of<std::uint64_t>(place.attribute("offset").value());
    const auto size = number_of<std::uint64_t>(place.attribute("size").value());
    if (!offset || !size) return refusal("offset and size are not both numbers");
    const Shape shape = wanted.value_or(Shape{static_cast<std::int64_t>(*size / row->bytes)});
    if (shape.size() > OCTAVO_MAX_RANK)
        return refusal(std::to_string(shape.size()) + " dimensions, at most " + std::to_string(OCTAVO_MAX_RANK) + " are supported");
    std::uint64_t count = 1;
    for (const std::int64_t dim : shape)
        if (dim < 0 || __builtin_mul_overflow(count, static_cast<std::uint64_t>(dim), &count))
            return refusal("its shape is " + ops::shape_text(shape));
    if (count > *size || count * row->bytes != *size)
        return refusal(std::to_string(*size) + " bytes of " + std::string(row->element) + ", its shape needs " + std::to_string(count) +
                       " values");
    if (*offset > binary.size_bytes || *size > binary.size_bytes - *offset)
        return refusal("bytes " + std::to_string(*offset) + " to " + std::to_string(*offset + *size) + " of the .bin file, which has " +
                       std::to_string(binary.size_bytes));
    Tensor tensor;
    tensor.type = row->becomes;
    tensor.shape = shape;
    const std::byte* bytes = binary.data + *offset;
    if (row->element == "f32" && reinterpret_cast<std::uintptr_t>(bytes) % alignof(float) == 0)
        tensor.data = {binary.owner, bytes, *size};  // in place
    else
        tensor.data = row->read({bytes, *size});
    return tensor;
}

Result<Tensor> read_constant(const Layer& layer, const Buffer& binary) {
    const std::string_view text = layer.data.attribute("shape").value();
    const auto shape = integers_of(text);
    if (!shape) return Error(Code::model, layer.title() + ": its shape is '" + std::string(text) + "'");
    return read_values(layer.title(), layer.data.attribute("element_type").value(), *shape, layer.data, binary);
}

}  // namespace octavo::openvino
