// What parse_net does for old files alone.
#include "core/base/text.h"
#include "core/formats/openvino/old_rows.h"

#include <set>

namespace octavo::openvino {
namespace {

std::string dims_text(const Layer& layer) {
    std::string text;
    if (layer.outputs.empty()) return text;
    for (const std::int64_t dim : layer.outputs[0].dims) text += (text.empty() ? "" : ",") + std::to_string(dim);
    return text;
}

void describe(Layer& layer, pugi::xml_node node) {
    if (!layer.data) layer.data = node.append_child("data");
    const auto set = [&](const char* name, const std::string& value) {
        layer.data.remove_attribute(name);
        layer.data.append_attribute(name) = value.c_str();
    };
    set("element_type", layer.element);
    set("shape", dims_text(layer));
    const pugi::xml_node blob = layer.blobs.first_child();
    for (const char* name : {"offset", "size"}) set(name, blob.attribute(name).value());
    if (const pugi::xml_attribute precision = blob.attribute("precision")) set("element_type", std::string(element_of(precision.value())));
}

}  // namespace

void say_borders(Net& net, pugi::xml_node layers) {
    std::set<std::pair<std::size_t, std::size_t>> read;
    for (const Layer& layer : net.layers)
        for (const Source& source : layer.inputs) read.emplace(source.layer, source.port);
    std::vector<Layer> results;
    std::size_t place = 0;
    for (const pugi::xml_node node : layers.children("layer")) {
        Layer& layer = net.layers[place];
        if (layer.type == "Input" || layer.type == "input") layer.type = "Parameter";
        if (layer.type == "Parameter" || layer.type == "Const") {
            describe(layer, node);
        } else {
            for (std::size_t port = 0; port < layer.outputs.size(); ++port) {
                if (read.contains({place, port})) continue;
                Layer& result = results.emplace_back();
                result.name = layer.name + "/result";
                result.type = "Result";
                result.inputs = {{place, port}};
            }
        }
        ++place;
    }
    net.layers.insert(net.layers.end(), results.begin(), results.end());
}

std::string_view element_of(std::string_view precision) {
    constexpr std::pair<std::string_view, std::string_view> kElements[] = {
        {"FP32", "f32"}, {"FP16", "f16"}, {"BF16", "bf16"}, {"FP64", "f64"}, {"I64", "i64"}, {"U64", "u64"},     {"I32", "i32"},
        {"U32", "u32"},  {"I16", "i16"},  {"U16", "u16"},   {"I8", "i8"},    {"U8", "u8"},   {"BOOL", "boolean"}};
    for (const auto& [old, element] : kElements)
        if (old == precision) return element;
    return "";
}

}  // namespace octavo::openvino
