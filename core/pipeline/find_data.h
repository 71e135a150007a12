// What kind of data set a folder of images is: the data set plugins that the host was built to try are opened on it one after the other,
// with each list that lies in the folder or beside it. No image is opened.
#pragma once

#include "core/plugins/handles.h"
#include "core/plugins/registry.h"

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace octavo {

struct FoundData {
    const LoadedPlugin* plugin = nullptr;
    std::string images;              // folder
    std::vector<std::string> lists;  // in sorted order; the first is the one that `dataset` was opened with
    DatasetHandle dataset;
    std::int64_t samples = 0;
    // Of the labels where samples are classes and there are at least two; else 0.
    std::int64_t classes = 0, least_label = 0, most_label = 0;
};

// With a list only that one is tried. Error: Code::data where no plugin takes the folder, with what the last one said.
Result<FoundData> find_data(const Registry& registry, const std::string& folder, const std::optional<std::string>& list);

// A tree as the VOC devkit has it: JPEGImages, Annotations with boxes, lists in ImageSets/Main.
struct BoxTree {
    std::string root;
    std::vector<std::string> sets;         // names of lists over all classes, sorted
    const LoadedPlugin* plugin = nullptr;  // that reads such trees; may be nullptr
};
// Where the folder is one, is around one, or is its JPEGImages.
std::optional<BoxTree> find_box_tree(const Registry& registry, const std::string& folder);

// Parameters of a plugin as in a config, for those who have no config.
Result<ParameterValues> parameters_of(const LoadedPlugin& plugin, const boost::json::object& given);
bool declares(const LoadedPlugin& plugin, std::string_view parameter);

}  // namespace octavo
