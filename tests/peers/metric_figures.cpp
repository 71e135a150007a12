// Figures of a metric over boxes, for mean_average_precision.py: `metric_figures NAME < CASE`, where CASE is a JSON object with the
// "parameters" of the metric, the "classes" and the "images": {"found": [BOX, ..], "objects": [BOX, ..]}, a BOX being [left, top, right,
// bottom, label, score, difficult, crowd]. Prints a list of {"name", "group", "value", "note"}.
#include "core/plugins/find.h"
#include "core/plugins/handles.h"

#include <octavo/blob.h>

#include <boost/json.hpp>

#include <iostream>
#include <iterator>

namespace {

using namespace octavo;
namespace json = boost::json;

std::vector<octavo_box> boxes_of(const json::value& list) {
    std::vector<octavo_box> boxes;
    for (const json::value& box : list.as_array()) {
        const auto real = [&](std::size_t i) { return static_cast<float>(box.at(i).to_number<double>()); };
        const auto whole = [&](std::size_t i) { return box.at(i).to_number<std::int32_t>(); };
        boxes.push_back({real(0), real(1), real(2), real(3), whole(4), real(5), whole(6), whole(7)});
    }
    return boxes;
}

Result<json::array> figures_of(const std::string& name, const json::object& given) {
    const Registry registry = load_plugins(find_plugin_libraries(default_plugin_search({})));
    const LoadedPlugin* const plugin = registry.find(OCTAVO_METRIC, name);
    if (!plugin) return Error(Code::config, "there is no metric '" + name + "'");
    std::vector<Finding> findings;
    const ParameterValues values = check_parameters(*plugin, given.at("parameters").as_object(), {"", ""}, findings);
    if (!findings.empty()) return findings_error(plugin->title(), findings);
    const auto classes = json::value_to<std::vector<std::string>>(given.at("classes"));
    OCTAVO_TRY(const MetricHandle metric, MetricHandle::create(*plugin, values, classes));
    for (const json::value& image : given.at("images").as_array()) {
        const std::vector<octavo_box> found = boxes_of(image.at("found")), objects = boxes_of(image.at("objects"));
        OCTAVO_TRY([[maybe_unused]] const double score,
                   metric.add(blob_of<octavo_box>(OCTAVO_BLOB_BOXES, found), blob_of<octavo_box>(OCTAVO_BLOB_BOXES, objects)));
    }
    OCTAVO_TRY(const std::vector<MetricFigure> figures, metric.result());
    json::array list;
    for (const MetricFigure& figure : figures)
        list.push_back({{"name", figure.name}, {"group", figure.group}, {"value", figure.value}, {"note", figure.note}});
    return list;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return std::cerr << "usage: metric_figures NAME < case\n", 2;
    const std::string text(std::istreambuf_iterator<char>(std::cin), {});
    const auto figures = figures_of(arguments[1], json::parse(text).as_object());
    if (!figures) return std::cerr << figures.error().message() << '\n', 1;
    std::cout << json::serialize(*figures) << '\n';
}
