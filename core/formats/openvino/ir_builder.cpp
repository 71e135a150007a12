// See ir_builder.h.
#include "core/formats/openvino/ir_builder.h"

#include <charconv>
#include <sstream>

namespace octavo::openvino {
namespace {

constexpr const char* kVersion = "11";
// Of each constant in the binary, so that readers can use the mapped file in place, whatever the type.
constexpr std::size_t kAlignment = 64;

struct TypeRow {
    octavo_type type;
    const char* element;    // of constants and conversions
    const char* precision;  // of ports
};
constexpr TypeRow kTypes[] = {{OCTAVO_F32, "f32", "FP32"}, {OCTAVO_U8, "u8", "U8"},    {OCTAVO_S8, "i8", "I8"},
                              {OCTAVO_S32, "i32", "I32"},  {OCTAVO_S64, "i64", "I64"}, {OCTAVO_BOOLEAN, "boolean", "BOOL"}};

const TypeRow& row_of(octavo_type type) {
    const TypeRow* row = kTypes;
    while (row->type != type) ++row;
    return *row;
}

void append_dims(pugi::xml_node port, const Shape& shape) {
    for (const std::int64_t dim : shape) port.append_child("dim").text().set(static_cast<long long>(dim));
}

// In the list of a port's names a comma inside one is escaped.
std::string escaped(const std::string& name) {
    std::string text;
    for (const char c : name) {
        if (c == ',' || c == '\\') text += '\\';
        text += c;
    }
    return text;
}

}  // namespace

std::string text_of(float value) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

std::string text_of(std::span<const std::int64_t> values) {
    std::string text;
    for (const std::int64_t value : values) text += (text.empty() ? "" : ",") + std::to_string(value);
    return text;
}

const char* element_type(octavo_type type) {
    return row_of(type).element;
}

IrBuilder::IrBuilder(const std::string& name) {
    pugi::xml_node net = document_.append_child("net");
    net.append_attribute("name").set_value(name.c_str());
    net.append_attribute("version").set_value(kVersion);
    layers_ = net.append_child("layers");
    edges_ = net.append_child("edges");
    notes_ = net.append_child("rt_info").append_child("octavo");
}

Values IrBuilder::add(const LayerType& type, const std::string& name, const Data& data, std::span<const Value> inputs,
                      std::span<const PortType> outputs) {
    const int id = static_cast<int>(by_id_.size());
    std::string unique = name;
    for (int number = 2; !names_.insert(unique).second; ++number) unique = name + "." + std::to_string(number);
    pugi::xml_node layer = layers_.append_child("layer");
    by_id_.push_back(layer);
    layer.append_attribute("id").set_value(id);
    layer.append_attribute("name").set_value(unique.c_str());
    layer.append_attribute("type").set_value(type.name);
    layer.append_attribute("version").set_value(type.opset);
    if (!data.empty()) {
        pugi::xml_node attributes = layer.append_child("data");
        for (const auto& [key, value] : data) attributes.append_attribute(key).set_value(value.c_str());
    }
    int port_id = 0;
    if (!inputs.empty()) {
        pugi::xml_node ports = layer.append_child("input");
        for (const Value& input : inputs) {
            const pugi::xml_node from = output_port(input);
            pugi::xml_node port = ports.append_child("port");
            port.append_attribute("id").set_value(port_id);
            port.append_attribute("precision").set_value(from.attribute("precision").value());
            for (const pugi::xml_node dim : from.children("dim")) port.append_copy(dim);
            pugi::xml_node edge = edges_.append_child("edge");
            edge.append_attribute("from-layer").set_value(input.layer);
            edge.append_attribute("from-port").set_value(input.port);
            edge.append_attribute("to-layer").set_value(id);
            edge.append_attribute("to-port").set_value(port_id++);
        }
    }
    Values values;
    if (outputs.empty()) return values;
    pugi::xml_node ports = layer.append_child("output");
    for (const PortType& output : outputs) {
        pugi::xml_node port = ports.append_child("port");
        port.append_attribute("id").set_value(port_id);
        port.append_attribute("precision").set_value(row_of(output.type).precision);
        append_dims(port, output.shape);
        values.push_back({id, port_id++});
    }
    return values;
}

Value IrBuilder::constant(const std::string& name, octavo_type type, const Shape& shape, const Buffer& data) {
    const Data attributes = {{"element_type", element_type(type)},
                             {"shape", text_of(shape)},
                             {"offset", std::to_string(append({data.data, data.size_bytes}))},
                             {"size", std::to_string(data.size_bytes)}};
    return add({"Const", "opset1"}, name, attributes, {}, PortType{type, shape});
}

Value IrBuilder::half_constant(const std::string& name, const Shape& shape, std::span<const std::uint16_t> bits) {
    const Data attributes = {{"element_type", "f16"},
                             {"shape", text_of(shape)},
                             {"offset", std::to_string(append(std::as_bytes(bits)))},
                             {"size", std::to_string(bits.size_bytes())}};
    const Value stored = add({"Const", "opset1"}, name + "/f16", attributes, {}, PortType{OCTAVO_F32, shape});
    output_port(stored).attribute("precision").set_value("FP16");
    const Value real = add({"Convert", "opset1"}, name, {{"destination_type", "f32"}}, {stored}, PortType{OCTAVO_F32, shape});
    pugi::xml_node layer = by_id_[static_cast<std::size_t>(real.layer)];
    pugi::xml_node mark = layer.insert_child_after("rt_info", layer.child("data")).append_child("attribute");
    mark.append_attribute("name") = "decompression";
    mark.append_attribute("version") = "0";
    return real;
}

std::size_t IrBuilder::append(std::span<const std::byte> values) {
    const std::size_t start = (binary_.size() + kAlignment - 1) / kAlignment * kAlignment;
    binary_.resize(start);
    binary_.append(reinterpret_cast<const char*>(values.data()), values.size());
    return start;
}

Value IrBuilder::integers(const std::string& name, std::vector<std::int64_t> values) {
    const Shape shape = {static_cast<std::int64_t>(values.size())};
    return constant(name, OCTAVO_S64, shape, make_buffer(std::move(values)));
}

pugi::xml_node IrBuilder::output_port(Value value) const {
    const pugi::xml_node ports = by_id_[static_cast<std::size_t>(value.layer)].child("output");
    return ports.find_child_by_attribute("port", "id", std::to_string(value.port).c_str());
}

void IrBuilder::name_tensor(Value value, const std::string& name) {
    pugi::xml_attribute names = output_port(value).attribute("names");
    if (!names) names = output_port(value).append_attribute("names");
    const std::string before = names.value();
    names.set_value((before.empty() ? escaped(name) : before + "," + escaped(name)).c_str());
}

void IrBuilder::set_layout(Value value, const char* layout) {
    pugi::xml_node attribute = output_port(value).append_child("rt_info").append_child("attribute");
    attribute.append_attribute("name").set_value("layout");
    attribute.append_attribute("version").set_value("0");
    attribute.append_attribute("layout").set_value(layout);
}

void IrBuilder::add_note(const char* key, const std::string& value) {
    notes_.append_child(key).append_attribute("value").set_value(value.c_str());
}

std::string IrBuilder::xml() const {
    std::ostringstream text;
    document_.save(text, "\t", pugi::format_default, pugi::encoding_utf8);
    return text.str();
}

}  // namespace octavo::openvino
