// One row of a table gives the text of what is expected and the check; scalars are lists of one.
#include "core/plugins/parameters.h"

#include "core/base/text.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>

namespace octavo {
namespace {

namespace json = boost::json;

enum class Content { ints, reals, strings };

struct TypeRow {
    octavo_parameter_type type;
    Content content;
    bool is_list;
    const char* one;   // "an integer"
    const char* many;  // "a list of integers"
};

constexpr TypeRow kTypes[] = {
    {OCTAVO_INT, Content::ints, false, "an integer", ""},
    {OCTAVO_REAL, Content::reals, false, "a number", ""},
    {OCTAVO_BOOL, Content::ints, false, "true or false", ""},
    {OCTAVO_STRING, Content::strings, false, "a string", ""},
    {OCTAVO_PATH, Content::strings, false, "a path", ""},
    {OCTAVO_INT_LIST, Content::ints, true, "an integer", "a list of integers"},
    {OCTAVO_REAL_LIST, Content::reals, true, "a number", "a list of numbers"},
    {OCTAVO_STRING_LIST, Content::strings, true, "a string", "a list of strings"},
};

const TypeRow& row_of(octavo_parameter_type type) {
    return kTypes[static_cast<std::size_t>(type) - 1];
}

bool is_bounded(const octavo_parameter& parameter) {
    return parameter.minimum != 0 || parameter.maximum != 0;
}

std::string number_text(double value) {
    std::ostringstream text;
    text.precision(15);
    text << value;
    return text.str();
}

std::vector<std::string> choices_of(const octavo_parameter& parameter) {
    return parameter.choices ? split(parameter.choices, '|') : std::vector<std::string>();
}

std::string expected_text(const octavo_parameter& parameter) {
    const TypeRow& row = row_of(parameter.type);
    std::string text = row.is_list ? row.many : row.one;
    if (const std::vector<std::string> choices = choices_of(parameter); !choices.empty()) text = "one of " + join(choices, ", ");
    if (is_bounded(parameter)) text += " from " + number_text(parameter.minimum) + " to " + number_text(parameter.maximum);
    return text;
}

bool within_bounds(const octavo_parameter& parameter, double value) {
    return std::isfinite(value) && (!is_bounded(parameter) || (value >= parameter.minimum && value <= parameter.maximum));
}

bool is_choice(const octavo_parameter& parameter, std::string_view text) {
    if (!parameter.choices) return true;
    for (const std::string& choice : choices_of(parameter))
        if (choice == text) return true;
    return false;
}

bool read_integer(const json::value& value, std::int64_t& out) {
    json::error_code failed;
    if (!value.is_int64() && !value.is_uint64()) return false;
    out = value.to_number<std::int64_t>(failed);
    return !failed;
}

}  // namespace

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
            if (!value.is_null() && !store(parameter, value, values_.storage_[i]))
                findings_.push_back({place_of(parameter.name), shown(value), expected_text(parameter) + " (" + parameter.doc + ")",
                                     value.is_string() ? nearest(value.get_string().c_str(), choices_of(parameter)) : ""});
            values_.values_.push_back(view(parameter.type, values_.storage_[i]));
            all[parameter.name] = value;
        }
        values_.json_ = json::serialize(all);
        return std::move(values_);
    }

private:
    std::string place_of(std::string_view key) const { return place_.pointer + pointer_step(key); }

    void find_unknown(const json::object& given) {
        std::vector<std::string> names;
        for (const octavo_parameter& parameter : plugin_.parameters()) names.emplace_back(parameter.name);
        for (const auto& member : given) {
            const std::string key(member.key());
            if (std::find(names.begin(), names.end(), key) != names.end()) continue;
            findings_.push_back({place_of(key), "a key that " + plugin_.title() + " does not know",
                                 names.empty() ? "no parameters" : "one of " + join(names, ", "), nearest(key, names)});
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
            findings_.push_back({place_of(parameter.name), "a default that is no JSON in the table of " + plugin_.title(), "", ""});
        } else {
            findings_.push_back({place_of(parameter.name), "nothing", expected_text(parameter) + " (" + parameter.doc + ")", ""});
        }
        return nullptr;
    }

    bool store(const octavo_parameter& parameter, const json::value& value, ParameterValues::Storage& out) const {
        if (!row_of(parameter.type).is_list || !value.is_array()) return store_one(parameter, value, out);
        for (const json::value& element : value.get_array())
            if (!store_one(parameter, element, out)) return false;
        return true;
    }

    bool store_one(const octavo_parameter& parameter, const json::value& value, ParameterValues::Storage& out) const {
        if (parameter.type == OCTAVO_BOOL) {
            if (!value.is_bool()) return false;
            out.ints.push_back(value.get_bool() ? 1 : 0);
            return true;
        }
        switch (row_of(parameter.type).content) {
            case Content::ints: {
                std::int64_t number = 0;
                if (!read_integer(value, number) || !within_bounds(parameter, static_cast<double>(number))) return false;
                out.ints.push_back(number);
                return true;
            }
            case Content::reals: {
                if (!value.is_number() || !within_bounds(parameter, value.to_number<double>())) return false;
                out.reals.push_back(value.to_number<double>());
                return true;
            }
            case Content::strings: {
                if (!value.is_string() || !is_choice(parameter, value.get_string())) return false;
                const std::string text(value.get_string());
                if (parameter.type == OCTAVO_PATH && text.empty()) return false;
                out.strings.push_back(parameter.type == OCTAVO_PATH ? resolve_path(place_.folder, text) : text);
                return true;
            }
        }
        return false;
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
