// See ir_statistics.h.
#include "core/formats/openvino/ir_statistics.h"

#include "core/base/files.h"
#include "core/formats/openvino/ir_document.h"

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

Result<std::vector<float>> numbers_of(const std::string& name, const char* what, pugi::xml_node node) {
    const std::optional<std::vector<float>> values = openvino::reals_of(node.child_value());
    if (values && !values->empty() && std::ranges::all_of(*values, [](float value) { return std::isfinite(value); })) return *values;
    return Error(Code::model, "statistics of layer '" + name + "': " + what + " is no list of numbers");
}

}  // namespace

Result<SeenRanges> parse_ir_statistics(std::string_view xml) {
    OCTAVO_TRY(const openvino::Net net, openvino::parse_net(xml));
    SeenRanges statistics;
    for (const openvino::Layer& layer : net.layers)
        if (std::string_view(layer.data.attribute("quantization_level").value()) == "I8") statistics.products.insert(layer.name);
    for (const pugi::xml_node layer : net.document->child("net").child("statistics").children("layer")) {
        const std::string name = layer.child_value("name");
        SeenRange range;
        OCTAVO_TRY(range.low, numbers_of(name, "min", layer.child("min")));
        OCTAVO_TRY(range.high, numbers_of(name, "max", layer.child("max")));
        if (range.low.size() != range.high.size())
            return Error(Code::model, "statistics of layer '" + name + "': " + std::to_string(range.low.size()) + " numbers of min and " +
                                          std::to_string(range.high.size()) + " of max");
        statistics.tensors[name] = std::move(range);
    }
    return statistics;
}

Result<SeenRanges> read_ir_statistics(const std::string& path) {
    OCTAVO_TRY(const MappedFile xml, map_file(path, Code::model));
    Result<SeenRanges> statistics = parse_ir_statistics(xml.text());
    if (!statistics) return statistics.error().within(path);
    return statistics;
}

}  // namespace octavo
