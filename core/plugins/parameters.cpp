// Values are checked, then stored the way the C interface shows them.
#include "core/plugins/parameters.h"

#include "core/base/text.h"
#include "core/plugins/value_check.h"

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>

namespace octavo {

namespace json = boost::json;

class ParameterReader {
public:
    ParameterReader(const LoadedPlugin& plugin, const ParameterPlace& place, std::vector<Finding>& findings)
        : plugin_(plugin), place_(place), findings_(findings) {}

    ParameterValues read(const json::object& given) {
        find_unknown(given);
        json::object all;
        values_.storage_.resize(plugin_.parameters().size());
        for (std::size_t i = 0; i < plugin_.parameters().size(); ++i) {
            const octavo_parameter& parameter = plugin_.parameters()[i];
            const json::value value = choose(parameter, given);
            if (!value.is_null() && check_value(parameter, value, place_of(parameter.name), findings_))
                store(parameter, value, values_.storage_[i]);
            values_.values_.push_back(view(parameter.type, values_.storage_[i]));
            const bool is_path = parameter.type == OCTAVO_PATH && value.is_string();
            all[parameter.name] = is_path ? json::value(resolve_path(place_.folder, std::string(value.get_string()))) : value;
        }
        values_.json_ = json::serialize(all);
        return std::move(values_);
    }

private:
    std::string place_of(std::string_view key) const {
        const auto elsewhere = place_.elsewhere.find(key);
        return (elsewhere == place_.elsewhere.end() ? place_.pointer : elsewhere->second) + pointer_step(key);
    }

    void find_unknown(const json::object& given) {
        std::vector<std::string> names;
        for (const octavo_parameter& parameter : plugin_.parameters()) names.emplace_back(parameter.name);
        for (const auto& member : given) {
            const std::string key(member.key());
            if (std::find(names.begin(), names.end(), key) != names.end()) continue;
            std::vector<std::string> known = place_.elsewhere.contains(key) ? place_.own_keys : std::vector<std::string>();
            known.insert(known.end(), names.begin(), names.end());
            findings_.push_back({FindingCode::unknown_key, place_of(key), "a key that " + plugin_.title() + " does not know",
                                 known.empty() ? "no parameters" : "one of " + join(known, ", "), nearest(key, known)});
        }
    }

    // The given value, else the default; null where there is none.
    json::value choose(const octavo_parameter& parameter, const json::object& given) {
        const json::value* value = given.if_contains(parameter.name);
        if (value && !value->is_null()) return *value;
        if (parameter.fallback) {
            json::error_code failed;
            json::value fallback = json::parse(parameter.fallback, failed);
            if (!failed) return fallback;
            findings_.push_back({FindingCode::bad_declaration, place_of(parameter.name),
                                 "a default that is no JSON in the table of " + plugin_.title(), "", ""});
        } else {
            findings_.push_back({FindingCode::missing_key, place_of(parameter.name), "nothing", expected_text(parameter), ""});
        }
        return nullptr;
    }

    // The value has been checked.
    void store(const octavo_parameter& parameter, const json::value& value, ParameterValues::Storage& out) {
        if (const json::array* list = value.if_array()) {
            for (const json::value& element : *list) store(parameter, element, out);
        } else if (value.is_bool()) {
            out.ints.push_back(value.get_bool() ? 1 : 0);
        } else if (parameter.type == OCTAVO_REAL || parameter.type == OCTAVO_REAL_LIST) {
            out.reals.push_back(value.to_number<double>());
        } else if (value.is_number()) {
            out.ints.push_back(value.to_number<std::int64_t>());
        } else if (parameter.type == OCTAVO_PATH) {
            out.strings.push_back(resolve_path(place_.folder, std::string(value.get_string())));
            check_exists(out.strings.back(), expected_text(parameter), place_of(parameter.name), findings_);
        } else {
            out.strings.emplace_back(value.get_string());
        }
    }

    static octavo_value view(octavo_parameter_type type, ParameterValues::Storage& storage) {
        for (const std::string& text : storage.strings) storage.pointers.push_back(text.c_str());
        const std::size_t count = std::max({storage.ints.size(), storage.reals.size(), storage.strings.size()});
        return {type, static_cast<std::int64_t>(count), storage.ints.data(), storage.reals.data(), storage.pointers.data()};
    }

    const LoadedPlugin& plugin_;
    const ParameterPlace& place_;
    std::vector<Finding>& findings_;
    ParameterValues values_;
};

ParameterValues check_parameters(const LoadedPlugin& plugin, const json::object& given, const ParameterPlace& place,
                                 std::vector<Finding>& findings) {
    return ParameterReader(plugin, place, findings).read(given);
}

std::string resolve_path(const std::string& folder, const std::string& path) {
    return (std::filesystem::path(folder) / path).lexically_normal().string();
}

}  // namespace octavo
