// A list counts where its first image is there and it has labels; so notes and licences that lie about are passed over.
#include "core/pipeline/find_data.h"

#include "core/base/text.h"
#include "core/pipeline/stage_samples.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace octavo {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// Parameters that data sets of images have in common.
constexpr const char* kImages = "images";
constexpr const char* kList = "list";

void read_labels(FoundData& data) {
    std::set<std::int64_t> labels;
    for (std::int64_t i = 0; i < data.samples; ++i) {
        const Result<octavo_sample> sample = data.dataset.sample(i);
        const std::optional<std::int64_t> label = sample ? class_of(sample->annotation) : std::nullopt;
        if (!label) return;
        labels.insert(*label);
    }
    if (labels.size() < 2) return;
    data.classes = static_cast<std::int64_t>(labels.size());
    data.least_label = *labels.begin();
    data.most_label = *labels.rbegin();
}

Result<FoundData> open(const LoadedPlugin& plugin, const std::string& images, const std::optional<std::string>& list) {
    json::object given{{kImages, images}};
    if (list) given[kList] = *list;
    FoundData data;
    data.plugin = &plugin;
    data.images = images;
    if (list) data.lists = {*list};
    OCTAVO_TRY(const ParameterValues values, parameters_of(plugin, given));
    OCTAVO_TRY(data.dataset, DatasetHandle::create(plugin, values));
    data.samples = data.dataset.count();
    if (data.samples == 0) return Error(Code::data, images + ": no sample");
    read_labels(data);
    return data;
}

bool first_image_is_there(const FoundData& data) {
    const Result<octavo_sample> sample = data.dataset.sample(0);
    std::error_code ignored;
    return sample && sample->path && fs::is_regular_file(sample->path, ignored);
}

// In the folder, or else beside it; nothing where a folder cannot be listed.
std::vector<std::string> text_files_near(const std::string& images) {
    std::vector<std::string> files;
    for (const fs::path& place : {fs::path(images), fs::path(images).parent_path()}) {
        std::error_code error;
        for (fs::directory_iterator entry(place, error), end; !error && entry != end; entry.increment(error))
            if (entry->path().extension() == ".txt" && entry->is_regular_file(error)) files.push_back(entry->path().string());
        std::sort(files.begin(), files.end());
        if (!files.empty()) break;
    }
    return files;
}

// The first labelled list near the folder, with the names of the others.
std::optional<FoundData> find_lists(const LoadedPlugin& plugin, const std::string& images) {
    std::optional<FoundData> found;
    for (const std::string& file : text_files_near(images)) {
        Result<FoundData> data = open(plugin, images, file);
        if (!data || data->classes == 0 || !first_image_is_there(*data)) continue;
        if (found)
            found->lists.push_back(file);
        else
            found = std::move(*data);
    }
    return found;
}

std::string absolute_path(const std::string& path) {
    const fs::path normal = fs::absolute(path).lexically_normal();
    return (normal.has_filename() ? normal : normal.parent_path()).string();  // "photos/" is "photos"
}

}  // namespace

std::optional<BoxTree> find_box_tree(const Registry& registry, const std::string& folder) {
    const auto is_folder = [](const fs::path& path) {
        std::error_code ignored;
        return fs::is_directory(path, ignored);
    };
    const fs::path given = absolute_path(folder);
    std::vector<fs::path> places = {given, given.parent_path()};
    std::error_code error;
    for (fs::directory_iterator entry(given, error), end; !error && entry != end; entry.increment(error)) places.push_back(entry->path());
    std::sort(places.begin() + 2, places.end());
    const auto is_tree = [&](const fs::path& place) {
        const bool is_named = place != given.parent_path() || given.filename() == "JPEGImages";
        return is_named && is_folder(place / "JPEGImages") && is_folder(place / "Annotations");
    };
    const auto root = std::find_if(places.begin(), places.end(), is_tree);
    if (root == places.end()) return {};
    BoxTree tree{root->string(), {}, nullptr};
    for (fs::directory_iterator entry(*root / "ImageSets/Main", error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().stem().string();  // those of one class are CLASS_SET
        if (entry->path().extension() == ".txt" && name.find('_') == std::string::npos) tree.sets.push_back(name);
    }
    std::sort(tree.sets.begin(), tree.sets.end());
    for (const LoadedPlugin& plugin : registry.plugins)
        if (plugin.kind() == OCTAVO_DATASET && declares(plugin, "root") && declares(plugin, "set")) tree.plugin = &plugin;
    return tree;
}

bool declares(const LoadedPlugin& plugin, std::string_view parameter) {
    const auto parameters = plugin.parameters();
    return std::any_of(parameters.begin(), parameters.end(), [&](const octavo_parameter& one) { return parameter == one.name; });
}

Result<ParameterValues> parameters_of(const LoadedPlugin& plugin, const json::object& given) {
    std::vector<Finding> findings;
    ParameterValues values = check_parameters(plugin, given, {"", ""}, findings);
    if (!findings.empty()) return findings_error(plugin.title(), findings);
    return values;
}

Result<FoundData> find_data(const Registry& registry, const std::string& folder, const std::optional<std::string>& given_list) {
    const std::string images = absolute_path(folder);
    const std::optional<std::string> list = given_list ? std::optional(absolute_path(*given_list)) : std::nullopt;
    Error last(Code::config, "no data set plugin was found (octavo plugins list)");
    for (const std::string& name : split(OCTAVO_DEFAULT_DATASETS, ',')) {
        const LoadedPlugin* plugin = registry.find(OCTAVO_DATASET, name);
        if (!plugin || (list && !declares(*plugin, kList))) continue;
        if (!list && declares(*plugin, kList))
            if (std::optional<FoundData> found = find_lists(*plugin, images)) return std::move(*found);
        Result<FoundData> data = open(*plugin, images, list);
        // Without labels a data set made for them is only good where it was asked for by a list; the next one takes any folder.
        if (data && (list || data->classes > 0 || !declares(*plugin, kList))) return data;
        if (!data) last = data.error();
    }
    return last;
}

}  // namespace octavo
