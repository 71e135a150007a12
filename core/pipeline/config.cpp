// Reads a config section by section. All findings go into one list; the config is given only where that list stays empty.
#include "core/pipeline/config.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/pipeline/config_preprocess.h"
#include "core/pipeline/formats.h"
#include "core/pipeline/section.h"
#include "core/plugins/handles.h"
#include "core/plugins/value_check.h"

#include <algorithm>
#include <filesystem>
#include <regex>

namespace octavo {
namespace {

namespace json = boost::json;

// Whoever builds the host decides which plugins a config means that names none (top CMakeLists.txt).
const std::vector<std::string>& default_algorithms() {
    static const std::vector<std::string> names = split(OCTAVO_DEFAULT_ALGORITHMS, ',');
    return names;
}

class ConfigReader {
public:
    ConfigReader(const Registry& registry, ConfigSource source, std::string folder) : registry_(registry), folder_(std::move(folder)) {
        findings_ = repeated_keys(source);
        config_.file = source.file;
        config_.source = std::move(source);
    }

    Result<Config> read(const json::object& root, const Overrides& overrides) {
        Section section(root, "", config_keys(), findings_);
        read_model(section);
        read_data(section, overrides);
        read_plugins(section);
        read_rest(section);
        section.finish();
        if (!findings_.empty()) return findings_error(config_.source, std::move(findings_));
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
        findings_.push_back({FindingCode::unknown_plugin, place, "\"" + name + "\"", expected, nearest(name, names)});
        return nullptr;
    }

    // Splits "name" or {"plugin": "name", parameters...}.
    const LoadedPlugin* split_use(octavo_kind kind, const json::value& value, const std::string& place, json::object& parameters) {
        if (value.is_string()) return find_plugin(kind, std::string(value.get_string()), place);
        if (!value.is_object()) {
            const std::string expected = "the name of " + kind_with_article(kind) + " plugin, or an object with the key \"plugin\"";
            findings_.push_back({FindingCode::wrong_type, place, shown(value), expected, ""});
            return nullptr;
        }
        parameters = value.get_object();
        const json::value* name = parameters.if_contains("plugin");
        if (!name || !name->is_string()) {
            const FindingCode code = name ? FindingCode::wrong_type : FindingCode::missing_key;
            const std::string expected = "the name of " + kind_with_article(kind) + " plugin";
            findings_.push_back({code, place + "/plugin", name ? shown(*name) : "nothing", expected, ""});
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
        const std::optional<std::string> path = section.text("model");
        if (!path) return;
        config_.model = resolve_path(folder_, *path);
        check_exists(config_.model, expected_text(find_key(config_keys(), "model")->value), "/model", findings_);
        resolved_["model"] = config_.model;
    }

    void read_data(Section& section, const Overrides& overrides) {
        const json::value* dataset = section.find("dataset");
        json::object parameters;
        if (!dataset) section.missing("dataset");
        if (dataset) config_.dataset = split_use(OCTAVO_DATASET, *dataset, "/dataset", parameters);
        const std::int64_t most = overrides.limit.value_or(0);

        const json::object none;
        const json::object* calibration = section.object("calibration");
        config_.calibration = read_slice(calibration ? *calibration : none, "calibration", "/calibration", "calibration", parameters);
        const std::int64_t used = config_.calibration.skip + config_.calibration.limit;
        cap(config_.calibration, most);
        if (config_.dataset) resolved_["dataset"] = config_.dataset->name();
        resolved_["calibration"] = shown_slice(config_.calibration);

        if (const json::array* slices = section.array("validation")) {
            for (std::size_t i = 0; i < slices->size(); ++i) {
                const std::string place = "/validation/" + std::to_string(i);
                const json::object* object = (*slices)[i].if_object();
                if (!object)
                    findings_.push_back({FindingCode::wrong_type, place, shown((*slices)[i]),
                                         expected_of(*find_key(config_keys(), "validation")->keys), ""});
                const std::string title = "validation " + std::to_string(i + 1);
                config_.validation.push_back(read_slice(object ? *object : none, "validation", place, title, parameters));
            }
        } else {  // what calibration leaves of the same list
            config_.validation.push_back(read_slice(none, "validation", "/validation", "validation", parameters));
            config_.validation.back().skip = used;
            config_.validation.back().is_rest = true;
        }
        json::array shown;
        for (Slice& slice : config_.validation) {
            cap(slice, most);
            shown.push_back(shown_slice(slice));
        }
        resolved_["validation"] = shown;
        read_preprocess_steps(section);
    }

    static void cap(Slice& slice, std::int64_t most) {
        if (most > 0) slice.limit = slice.limit == 0 ? most : std::min(slice.limit, most);
    }

    // `changed` holds limit, skip and parameters that replace those of the data set; `key` is where the table declares it.
    Slice read_slice(const json::object& changed, const char* key, const std::string& place, const std::string& title,
                     json::object parameters) {
        const KeyTable& table = *find_key(config_keys(), key)->keys;
        Slice slice;
        slice.title = title;
        Section section(changed, place, table, findings_);
        slice.limit = section.integer("limit").value_or(0);
        slice.skip = section.integer("skip").value_or(0);
        if (!config_.dataset) return slice;
        ParameterPlace places{folder_, "/dataset"};
        for (const ConfigKey& known : table.keys) places.own_keys.emplace_back(known.value.name);
        for (const auto& member : changed) {
            if (find_key(table, member.key()) || member.value().is_null()) continue;
            parameters[member.key()] = member.value();
            places.elsewhere[member.key()] = place;
        }
        slice.dataset = check_parameters(*config_.dataset, parameters, places, findings_);
        return slice;
    }

    // With all of the data set's parameters, so that none is left to be said for slices in common.
    static json::value shown_slice(const Slice& slice) {
        json::object object = json::parse(slice.dataset.json()).as_object();
        object["skip"] = slice.skip;
        object["limit"] = slice.limit == 0 ? json::value(nullptr) : json::value(slice.limit);
        return object;
    }

    void read_preprocess_steps(Section& section) {
        const json::array* steps = section.array("preprocess");
        if (!steps) return;
        const std::size_t before = findings_.size();
        config_.preprocess = read_preprocess(*steps, "/preprocess", findings_);
        if (findings_.size() != before) return;
        json::array shown;
        for (const json::value& step : *steps) shown.push_back(with_defaults(step.as_object(), step_keys()));
        resolved_["preprocess"] = shown;
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
            if (uses.empty()) section.wrong(FindingCode::impossible_value, "algorithm", "at least one algorithm");
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
        check_order(given && given->is_array());
    }

    void check_order(bool is_list) {
        const LoadedPlugin* const first = config_.algorithms.empty() ? nullptr : config_.algorithms[0].plugin;
        if (!first || !needs_ranges(*first)) return;
        findings_.push_back(
            {FindingCode::conflict, is_list ? "/algorithm/0" : "/algorithm",
             "'" + std::string(first->name()) + "' as the first algorithm, which works on ranges that another one has set",
             "one that sets ranges in front of it, as in [\"" + default_algorithms()[0] + "\", \"" + std::string(first->name()) + "\"]",
             ""});
    }

    void read_rest(Section& section) {
        config_.objective = section.text("objective") == "latency" ? Objective::latency : Objective::int8;
        const std::optional<std::string> exported = section.text("export");
        config_.export_as = !exported ? form_of(config_.model) : *exported == "openvino" ? ModelForm::openvino : ModelForm::onnx;
        config_.max_noise = section.number("max_noise").value_or(0);
        config_.batch = section.integer("batch").value_or(1);
        config_.threads = static_cast<int>(section.integer("threads").value_or(0));
        config_.skip_unreadable = section.text("unreadable_images") == "skip";
        read_target(section);
        read_ignore(section);
        config_.output = resolve_path(folder_, section.text("output").value_or(""));
        section.text("$schema");  // is for editors; only its type matters here
        resolved_["objective"] = config_.objective == Objective::int8 ? "int8" : "latency";
        resolved_["export"] = config_.export_as == ModelForm::openvino ? "openvino" : "onnx";
        resolved_["max_noise"] = config_.max_noise;
        resolved_["batch"] = config_.batch;
        resolved_["threads"] = config_.threads;
        resolved_["unreadable_images"] = config_.skip_unreadable ? "skip" : "error";
        resolved_["output"] = config_.output;
    }

    void read_target(Section& section) {
        const json::object* object = section.object("target");
        if (!object) return;
        const KeyTable& table = *find_key(config_keys(), "target")->keys;
        Section inner(*object, "/target", table, findings_);
        Target target;
        if (const json::object* drop = inner.object("max_drop")) {
            Section numbers(*drop, "/target/max_drop", *find_key(table, "max_drop")->keys, findings_);
            const std::optional<double> points = numbers.number("points"), percent = numbers.number("percent");
            target.unit = percent ? Target::Unit::percent : Target::Unit::points;
            target.limit = percent.value_or(points.value_or(0));
            numbers.finish();
        }
        if (const std::optional<double> ratio = inner.number("min_snr_db")) {
            target.unit = Target::Unit::snr_db;
            target.limit = *ratio;
        }
        target.search_images = inner.integer("search_images").value_or(target.search_images);
        target.most_evaluations = static_cast<int>(inner.integer("max_evaluations").value_or(target.most_evaluations));
        target.min_int8_share = inner.number("min_int8_share").value_or(target.min_int8_share);
        inner.finish();
        const bool on_metric = inner.find("max_drop") != nullptr;
        if (on_metric == (inner.find("min_snr_db") != nullptr))
            findings_.push_back({FindingCode::conflict, "/target", shown(*object), "either max_drop or min_snr_db", ""});
        if (on_metric && !section.find("metric"))
            findings_.push_back(
                {FindingCode::conflict, "/target", shown(*object), "a metric besides, since max_drop speaks of its principal figure", ""});
        json::object resolved = *object;
        resolved["search_images"] = target.search_images;
        resolved["max_evaluations"] = target.most_evaluations;
        resolved["min_int8_share"] = target.min_int8_share;
        resolved_["target"] = resolved;
        config_.target = target;
    }

    void read_ignore(Section& section) {
        const json::object* object = section.object("ignore");
        if (!object) return;
        Section inner(*object, "/ignore", *find_key(config_keys(), "ignore")->keys, findings_);
        config_.ignore.names = inner.texts("names");
        config_.ignore.patterns = inner.texts("patterns");
        config_.ignore.operators = inner.texts("operators");
        for (std::size_t i = 0; i < config_.ignore.patterns.size(); ++i) {
            try {
                const std::regex tried(config_.ignore.patterns[i]);
            } catch (const std::regex_error& error) {
                findings_.push_back({FindingCode::impossible_value, "/ignore/patterns/" + std::to_string(i),
                                     "\"" + config_.ignore.patterns[i] + "\"", std::string("a regular expression (") + error.what() + ")",
                                     ""});
            }
        }
        inner.finish();
        resolved_["ignore"] = with_defaults(*object, *find_key(config_keys(), "ignore")->keys);
    }

    const Registry& registry_;
    std::string folder_;
    std::vector<Finding> findings_;
    Config config_;
    json::object resolved_;
};

// Puts the options into the root, and remembers which key each has set.
void apply(const Overrides& overrides, json::object& root, ConfigSource& source) {
    const auto set = [&](const char* key, json::value value) {
        root[key] = std::move(value);
        source.options[std::string("/") + key] = std::string("--") + key;
    };
    const auto absolute = [](const std::string& path) { return std::filesystem::absolute(path).lexically_normal().string(); };
    if (overrides.model) set("model", json::value(absolute(*overrides.model)));
    if (overrides.output) set("output", json::value(absolute(*overrides.output)));
    if (overrides.device) set("device", json::value(*overrides.device));
    if (overrides.objective) set("objective", json::value(*overrides.objective));
    if (overrides.export_as) set("export", json::value(*overrides.export_as));
    if (overrides.batch) set("batch", *overrides.batch);
    if (overrides.threads) set("threads", *overrides.threads);
    if (!overrides.algorithm) return;
    if (overrides.algorithm->find(',') == std::string::npos) return set("algorithm", json::value(*overrides.algorithm));
    json::array names;
    for (const std::string& name : split(*overrides.algorithm, ','))
        if (!name.empty()) names.push_back(json::value(name));
    set("algorithm", std::move(names));
}

// Before a model is read as if it were text.
Result<void> check_is_config(const std::string& path) {
    constexpr const char* kExpected = "a config (JSON)";
    OCTAVO_CHECK_OK(check_is_file(path, kExpected));
    if (!has_name_of_model(path)) return {};
    return Error(Code::config,
                 path + ": found a model, expected " + kExpected + "; for a model alone: octavo init " + path + " --images DIR");
}

// Text has none of these at its start.
bool is_binary(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\f\v";
    constexpr std::size_t kLooked = 256;
    return std::any_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(text.size(), kLooked)),
                       [&](char c) { return static_cast<unsigned char>(c) < ' ' && kBlanks.find(c) == std::string_view::npos; });
}

}  // namespace

Result<Config> parse_config(const std::string& text, const std::string& file, const std::string& folder, const Registry& registry,
                            const Overrides& overrides) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    ConfigSource source{file, text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text, {}, {}};
    source.places = find_json_places(source.text);
    OCTAVO_TRY(json::object root, parse_source(source));
    apply(overrides, root, source);
    return ConfigReader(registry, std::move(source), folder).read(root, overrides);
}

Result<Config> read_config(const std::string& path, const Registry& registry, const Overrides& overrides) {
    OCTAVO_CHECK_OK(check_is_config(path));
    OCTAVO_TRY(const std::string text, read_text(path, Code::config));
    if (is_binary(text)) return Error(Code::config, path + ": found bytes that are no text, expected a config (JSON in UTF-8)");
    const std::string folder = std::filesystem::absolute(path).parent_path().string();
    for (const std::string& given : {folder, overrides.model.value_or(""), overrides.output.value_or("")})
        if (!is_utf8(given)) return Error(Code::config, as_utf8(given) + ": found bytes that are no UTF-8, expected a path in UTF-8");
    return parse_config(text, path, folder, registry, overrides);
}

Result<PluginUse> default_device(const Registry& registry, const std::optional<std::string>& name) {
    const std::string wanted = name.value_or(OCTAVO_DEFAULT_DEVICE);
    const LoadedPlugin* plugin = registry.find(OCTAVO_DEVICE, wanted);
    const std::vector<std::string> names = registry.names(OCTAVO_DEVICE);
    if (!plugin)
        return Error(Code::config, finding_text({FindingCode::unknown_plugin, "", "'" + wanted + "'",
                                                 names.empty() ? "a device plugin, but none was found" : "one of " + join(names, ", "),
                                                 nearest(wanted, names)}));
    std::vector<Finding> findings;
    PluginUse use{plugin, check_parameters(*plugin, {}, {"", ""}, findings)};
    if (!findings.empty()) return findings_error("device '" + wanted + "'", findings);
    return use;
}

}  // namespace octavo
