// Reads a config section by section. All findings go into one list; the config is given only where that list stays empty.
#include "core/pipeline/config.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/pipeline/config_preprocess.h"
#include "core/pipeline/section.h"

#include <algorithm>
#include <filesystem>
#include <limits>

namespace octavo {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMany = 1'000'000'000;
constexpr std::int64_t kCalibrationImages = 300;
constexpr std::int64_t kMostBatch = 1024;
constexpr std::int64_t kMostThreads = 1024;
constexpr double kMostDrop = 100;

// Whoever builds the host decides which plugins a config means that names none (top CMakeLists.txt).
const std::vector<std::string>& default_algorithms() {
    static const std::vector<std::string> names = split(OCTAVO_DEFAULT_ALGORITHMS, ',');
    return names;
}

std::string kind_with_article(octavo_kind kind) {
    const std::string word = find_kind(kind)->name;
    return (word.front() == 'a' ? "an " : "a ") + word;
}

class ConfigReader {
public:
    ConfigReader(const Registry& registry, std::string file, std::string folder)
        : registry_(registry), file_(std::move(file)), folder_(std::move(folder)) {}

    Result<Config> read(const json::object& root, const Overrides& overrides) {
        config_.file = file_;
        Section section(root, "", findings_);
        read_model(section);
        read_data(section, overrides);
        read_plugins(section);
        read_rest(section);
        section.finish();
        if (!findings_.empty()) return findings_error(file_, findings_);
        config_.json = json::serialize(resolved_);
        return std::move(config_);
    }

private:
    // ---- plugins with their parameters

    const LoadedPlugin* find_plugin(octavo_kind kind, const std::string& name, const std::string& place) {
        const LoadedPlugin* plugin = registry_.find(kind, name);
        if (plugin) return plugin;
        const std::string word = kind_with_article(kind);
        const std::vector<std::string> names = registry_.names(kind);
        const std::string expected = names.empty() ? word + " plugin, but none was found (octavo plugins list says where)"
                                                   : word + " plugin (" + join(names, ", ") + ")";
        findings_.push_back({place, "\"" + name + "\"", expected, nearest(name, names)});
        return nullptr;
    }

    // Splits "name" or {"plugin": "name", parameters...}.
    const LoadedPlugin* split_use(octavo_kind kind, const json::value& value, const std::string& place, json::object& parameters) {
        if (value.is_string()) return find_plugin(kind, std::string(value.get_string()), place);
        const std::string expected = "the name of " + kind_with_article(kind) + " plugin, or an object with the key \"plugin\"";
        if (!value.is_object()) {
            findings_.push_back({place, shown(value), expected, ""});
            return nullptr;
        }
        parameters = value.get_object();
        const json::value* name = parameters.if_contains("plugin");
        if (!name || !name->is_string()) {
            findings_.push_back({place + "/plugin", name ? shown(*name) : "nothing", expected, ""});
            return nullptr;
        }
        const std::string text(name->get_string());
        parameters.erase("plugin");
        return find_plugin(kind, text, place + "/plugin");
    }

    PluginUse read_use(octavo_kind kind, const json::value& value, const std::string& place) {
        json::object parameters;
        PluginUse use{split_use(kind, value, place, parameters), {}};
        if (use.plugin) use.values = check_parameters(*use.plugin, parameters, {folder_, place}, findings_);
        return use;
    }

    static json::value shown_use(const PluginUse& use) {
        if (!use.plugin) return nullptr;
        return shown_use(*use.plugin, use.values);
    }
    static json::object shown_use(const LoadedPlugin& plugin, const ParameterValues& values) {
        json::object object{{"plugin", plugin.name()}};
        const json::value parameters = json::parse(values.json());
        for (const auto& member : parameters.get_object()) object[member.key()] = member.value();
        return object;
    }

    // ---- the sections

    void read_model(Section& section) {
        constexpr const char* kExpected = "the path of an ONNX file";
        const std::optional<std::string> path = section.text("model", kExpected);
        if (!path) {
            if (!section.find("model")) section.missing("model", kExpected);
            return;
        }
        config_.model = resolve_path(folder_, *path);
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(config_.model, ignored))
            findings_.push_back({"/model", "no file " + config_.model, kExpected, ""});
        resolved_["model"] = config_.model;
    }

    void read_data(Section& section, const Overrides& overrides) {
        const json::value* dataset = section.find("dataset");
        json::object parameters;
        if (!dataset) section.missing("dataset", "an object with the key \"plugin\" and the parameters of that data set");
        if (dataset) config_.dataset = split_use(OCTAVO_DATASET, *dataset, "/dataset", parameters);
        const std::int64_t most = overrides.limit.value_or(kMany);

        const json::object none;
        const json::object* calibration = section.object("calibration", "an object with limit, skip and changed dataset parameters");
        config_.calibration =
            read_slice(calibration ? *calibration : none, "/calibration", "calibration", parameters, kCalibrationImages, 0, most);
        resolved_["calibration"] = shown_slice(config_.calibration);

        json::array shown;
        if (const json::array* slices = section.array("validation", "a list of objects with limit, skip and changed dataset parameters")) {
            for (std::size_t i = 0; i < slices->size(); ++i) {
                const std::string place = "/validation/" + std::to_string(i);
                const json::object* object = (*slices)[i].if_object();
                if (!object) findings_.push_back({place, octavo::shown((*slices)[i]), "an object", ""});
                config_.validation.push_back(
                    read_slice(object ? *object : none, place, "validation " + std::to_string(i + 1), parameters, 0, 0, most));
            }
        } else {  // what calibration leaves of the same list
            const std::int64_t used = config_.calibration.skip + calibration_limit_;
            config_.validation.push_back(read_slice(none, "/validation", "validation", parameters, 0, used, most));
        }
        for (const Slice& slice : config_.validation) shown.push_back(shown_slice(slice));
        resolved_["validation"] = shown;
        read_preprocess_steps(section);
    }

    // `changed` holds limit, skip and parameters that replace those of the data set.
    Slice read_slice(const json::object& changed, const std::string& place, const std::string& title, json::object parameters,
                     std::int64_t limit, std::int64_t skip, std::int64_t most) {
        Slice slice;
        slice.title = title;
        Section section(changed, place, findings_);
        slice.limit = section.integer("limit", limit, 1, kMany);
        slice.skip = section.integer("skip", skip, 0, kMany);
        if (title == "calibration") calibration_limit_ = slice.limit;
        if (most < kMany) slice.limit = slice.limit == 0 ? most : std::min(slice.limit, most);
        if (!config_.dataset) return slice;
        json::object own;
        for (const auto& member : changed)
            if (member.key() != "limit" && member.key() != "skip") own[member.key()] = member.value();
        // Findings of changed keys are those of the slice, all others belong to the data set and are named once.
        const std::size_t before = findings_.size();
        for (const auto& member : own) parameters[member.key()] = member.value();
        slice.dataset = check_parameters(*config_.dataset, parameters, {folder_, "/dataset"}, findings_);
        for (std::size_t i = before; i < findings_.size(); ++i)
            for (const auto& member : own)
                if (findings_[i].place == "/dataset" + pointer_step(member.key())) findings_[i].place = place + pointer_step(member.key());
        drop_repeated_findings();
        return slice;
    }

    void drop_repeated_findings() {
        const auto same = [](const Finding& a, const Finding& b) { return a.place == b.place && a.found == b.found; };
        for (std::size_t i = 0; i < findings_.size(); ++i)
            findings_.erase(std::remove_if(findings_.begin() + static_cast<std::ptrdiff_t>(i) + 1, findings_.end(),
                                           [&](const Finding& other) { return same(findings_[i], other); }),
                            findings_.end());
    }

    json::value shown_slice(const Slice& slice) const {
        if (!config_.dataset) return nullptr;
        json::object object{{"dataset", shown_use(*config_.dataset, slice.dataset)}, {"skip", slice.skip}};
        object["limit"] = slice.limit == 0 ? json::value(nullptr) : json::value(slice.limit);
        return object;
    }

    void read_preprocess_steps(Section& section) {
        const json::array* steps = section.array("preprocess", "a list of steps: resize, crop, normalize");
        if (!steps) return;
        config_.preprocess = read_preprocess(*steps, "/preprocess", findings_);
        resolved_["preprocess"] = *steps;
    }

    void read_plugins(Section& section) {
        if (const json::value* metric = section.find("metric")) config_.metric = read_use(OCTAVO_METRIC, *metric, "/metric");
        const json::value* adapter = section.find("adapter");
        if (adapter || config_.metric)
            config_.adapter = read_use(OCTAVO_ADAPTER, adapter ? *adapter : json::value(OCTAVO_DEFAULT_ADAPTER), "/adapter");
        const json::value* device = section.find("device");
        config_.device = read_use(OCTAVO_DEVICE, device ? *device : json::value(OCTAVO_DEFAULT_DEVICE), "/device");
        read_algorithms(section);
        if (config_.metric) resolved_["metric"] = shown_use(*config_.metric);
        if (config_.adapter) resolved_["adapter"] = shown_use(*config_.adapter);
        resolved_["device"] = shown_use(config_.device);
    }

    // One algorithm takes the place of the one that chooses ranges, and the corrections stay on; a list is taken as it is.
    void read_algorithms(Section& section) {
        const json::value* given = section.find("algorithm");
        json::array uses;
        if (given && given->is_array()) {
            uses = given->get_array();
            if (uses.empty()) section.wrong("algorithm", "at least one algorithm");
        } else {
            for (const std::string& name : default_algorithms()) uses.push_back(json::value(name));
            if (given) uses[0] = *given;
        }
        json::array shown;
        for (std::size_t i = 0; i < uses.size(); ++i) {
            const bool is_list = given && given->is_array();
            config_.algorithms.push_back(read_use(OCTAVO_ALGORITHM, uses[i], is_list ? "/algorithm/" + std::to_string(i) : "/algorithm"));
            shown.push_back(shown_use(config_.algorithms.back()));
        }
        resolved_["algorithm"] = shown;
    }

    void read_rest(Section& section) {
        config_.objective = section.choice("objective", {"int8", "latency"}, "int8") == "latency" ? Objective::latency : Objective::int8;
        config_.batch = section.integer("batch", 1, 1, kMostBatch);
        config_.threads = static_cast<int>(section.integer("threads", 0, 0, kMostThreads));
        config_.skip_unreadable = section.choice("unreadable_images", {"error", "skip"}, "error") == "skip";
        read_target(section);
        const std::optional<std::string> output = section.text("output", "the path of a folder");
        config_.output = resolve_path(folder_, output.value_or("run"));
        resolved_["objective"] = config_.objective == Objective::int8 ? "int8" : "latency";
        resolved_["batch"] = config_.batch;
        resolved_["threads"] = config_.threads;
        resolved_["unreadable_images"] = config_.skip_unreadable ? "skip" : "error";
        resolved_["output"] = config_.output;
    }

    void read_target(Section& section) {
        const json::object* target = section.object("target", "an object with max_drop");
        if (!target) return;
        Section inner(*target, "/target", findings_);
        const json::object* drop = inner.object("max_drop", "{\"points\": 1.0} or {\"percent\": 1.0}");
        if (drop) {
            Section numbers(*drop, "/target/max_drop", findings_);
            const std::optional<double> points = numbers.number("points", 0, kMostDrop);
            const std::optional<double> percent = numbers.number("percent", 0, kMostDrop);
            if (drop->size() != 1) inner.wrong("max_drop", "either points or percent");
            if (points) config_.target = Target{Target::Unit::points, *points};
            if (percent) config_.target = Target{Target::Unit::percent, *percent};
            numbers.finish();
        }
        inner.finish();
        if (!section.find("metric")) section.missing("metric", "a metric, since /target speaks of its principal figure");
        resolved_["target"] = *target;
    }

    const Registry& registry_;
    std::string file_, folder_;
    std::vector<Finding> findings_;
    Config config_;
    json::object resolved_;
    std::int64_t calibration_limit_ = kCalibrationImages;
};

// "file:line:column" of an offset.
std::string place_of(const std::string& file, std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t start = before.rfind('\n');
    const std::size_t column = start == std::string_view::npos ? before.size() + 1 : before.size() - start;
    return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Result<json::object> parse_object(const std::string& text, const std::string& file) {
    json::parse_options options;
    options.allow_comments = true;
    options.allow_trailing_commas = true;
    json::stream_parser parser({}, options);
    json::error_code failed;
    const std::size_t read = parser.write_some(text.data(), text.size(), failed);
    if (!failed && read == text.size()) parser.finish(failed);
    if (failed) return Error(Code::config, place_of(file, text, read) + ": not JSON: " + failed.message());
    const std::size_t rest = text.find_first_not_of(" \t\r\n", read);
    if (rest != std::string::npos) return Error(Code::config, place_of(file, text, rest) + ": not JSON: text behind the end");
    json::value value = parser.release();
    if (!value.is_object()) return findings_error(file, std::vector<Finding>{{"", shown(value), "a JSON object", ""}});
    return std::move(value.get_object());
}

void apply(const Overrides& overrides, json::object& root) {
    const auto absolute = [](const std::string& path) { return std::filesystem::absolute(path).lexically_normal().string(); };
    if (overrides.model) root["model"] = absolute(*overrides.model);
    if (overrides.output) root["output"] = absolute(*overrides.output);
    if (overrides.device) root["device"] = *overrides.device;
    if (overrides.objective) root["objective"] = *overrides.objective;
    if (overrides.batch) root["batch"] = *overrides.batch;
    if (overrides.threads) root["threads"] = *overrides.threads;
    if (!overrides.algorithm) return;
    if (overrides.algorithm->find(',') == std::string::npos) {
        root["algorithm"] = *overrides.algorithm;
        return;
    }
    json::array names;
    for (const std::string& name : split(*overrides.algorithm, ','))
        if (!name.empty()) names.push_back(json::value(name));
    root["algorithm"] = names;
}

}  // namespace

Result<Config> parse_config(const std::string& text, const std::string& file, const std::string& folder, const Registry& registry,
                            const Overrides& overrides) {
    OCTAVO_TRY(json::object root, parse_object(text, file));
    apply(overrides, root);
    return ConfigReader(registry, file, folder).read(root, overrides);
}

Result<Config> read_config(const std::string& path, const Registry& registry, const Overrides& overrides) {
    OCTAVO_TRY(const std::string text, read_text(path, Code::config));
    const std::string folder = std::filesystem::absolute(path).parent_path().string();
    return parse_config(text, path, folder, registry, overrides);
}

Result<PluginUse> default_device(const Registry& registry, const std::optional<std::string>& name) {
    const std::string wanted = name.value_or(OCTAVO_DEFAULT_DEVICE);
    const LoadedPlugin* plugin = registry.find(OCTAVO_DEVICE, wanted);
    const std::vector<std::string> names = registry.names(OCTAVO_DEVICE);
    if (!plugin)
        return Error(Code::config, "device: found '" + wanted + "', expected one of " + join(names, ", ") + did_you_mean(wanted, names));
    std::vector<Finding> findings;
    PluginUse use{plugin, check_parameters(*plugin, {}, {"", ""}, findings)};
    if (!findings.empty()) return findings_error("device '" + wanted + "'", findings);
    return use;
}

}  // namespace octavo
