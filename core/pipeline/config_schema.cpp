// One function a form. A plugin's parameters stand once, under $defs, as "KIND.NAME".
#include "core/pipeline/config_schema.h"

#include "core/base/pretty.h"
#include "core/base/text.h"
#include "core/pipeline/config_keys.h"
#include "core/plugins/kinds.h"
#include "core/plugins/value_check.h"

#include <boost/json.hpp>

#include <map>

namespace octavo {
namespace {

namespace json = boost::json;

const char* type_of(octavo_parameter_type type) {
    switch (type) {
        case OCTAVO_INT:
        case OCTAVO_INT_LIST:
            return "integer";
        case OCTAVO_REAL:
        case OCTAVO_REAL_LIST:
            return "number";
        case OCTAVO_BOOL:
            return "boolean";
        default:
            return "string";
    }
}

json::array strings_of(const std::vector<std::string>& texts) {
    json::array list;
    for (const std::string& text : texts) list.push_back(json::value(text));
    return list;
}

void describe(json::object& schema, const octavo_parameter& declared) {
    schema["description"] = declared.doc;
    json::error_code failed;
    const json::value fallback = json::parse(declared.fallback ? declared.fallback : "null", failed);
    if (!failed && !fallback.is_null()) schema["default"] = fallback;
}

// A value, and of lists either the list or its only element.
json::object value_schema(const octavo_parameter& declared, int list_size) {
    json::object one{{"type", type_of(declared.type)}};
    if (declared.type == OCTAVO_PATH) one["minLength"] = 1;
    if (const std::vector<std::string> choices = choices_of(declared); !choices.empty()) one["enum"] = strings_of(choices);
    if (is_bounded(declared)) {
        one["minimum"] = declared.minimum;
        one["maximum"] = declared.maximum;
    }
    if (is_list(declared.type)) {
        json::object list{{"type", "array"}, {"items", one}};
        if (list_size > 0) list["minItems"] = list["maxItems"] = list_size;
        one = {{"anyOf", json::array{one, list}}};
    }
    describe(one, declared);
    return one;
}

class SchemaWriter {
public:
    explicit SchemaWriter(const Registry& registry) : registry_(registry) {}

    json::object write() {
        for (const LoadedPlugin& plugin : registry_.plugins) definitions_[name_of(plugin)] = plugin_schema(plugin);
        json::object root{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Octavo config"}};
        for (const auto& member : table_schema(config_keys())) root[member.key()] = member.value();
        root["$defs"] = definitions_;
        return root;
    }

private:
    static std::string name_of(const LoadedPlugin& plugin) {
        return std::string(find_kind(plugin.kind())->name) + "." + std::string(plugin.name());
    }

    static json::object plugin_schema(const LoadedPlugin& plugin) {
        json::object properties{{"plugin", {{"const", plugin.name()}}}};
        json::array required{"plugin"};
        for (const octavo_parameter& parameter : plugin.parameters()) {
            properties[parameter.name] = value_schema(parameter, 0);
            // What a data set needs may stand in each slice instead.
            if (!parameter.fallback && plugin.kind() != OCTAVO_DATASET) required.push_back(parameter.name);
        }
        return {{"description", plugin.descriptor->summary},
                {"type", "object"},
                {"properties", properties},
                {"required", required},
                {"additionalProperties", false}};
    }

    // A name alone, or an object whose other keys depend on the name.
    json::object use_schema(octavo_kind kind) const {
        const json::array names = strings_of(registry_.names(kind));
        json::array cases;
        for (const LoadedPlugin& plugin : registry_.plugins) {
            if (plugin.kind() != kind) continue;
            const json::object is_named{{"properties", {{"plugin", {{"const", plugin.name()}}}}}};
            cases.push_back({{"if", is_named}, {"then", {{"$ref", "#/$defs/" + name_of(plugin)}}}});
        }
        json::object object{
            {"type", "object"}, {"properties", {{"plugin", {{"enum", names}}}}}, {"required", json::array{"plugin"}}, {"allOf", cases}};
        if (cases.empty()) object.erase("allOf");
        return {{"anyOf", json::array{{{"enum", names}}, object}}};
    }

    // A slice may change any parameter of the data set, whichever that is.
    void add_dataset_parameters(json::object& properties) const {
        std::map<std::string, json::array> by_name;
        for (const LoadedPlugin& plugin : registry_.plugins)
            if (plugin.kind() == OCTAVO_DATASET)
                for (const octavo_parameter& parameter : plugin.parameters()) by_name[parameter.name].push_back(value_schema(parameter, 0));
        for (const auto& [name, schemas] : by_name)
            if (!properties.contains(name)) properties[name] = schemas.size() == 1 ? schemas[0] : json::object{{"anyOf", schemas}};
    }

    json::object table_schema(const KeyTable& table) const {
        json::object properties;
        json::array required;
        for (const ConfigKey& key : table.keys) {
            properties[key.value.name] = key_schema(key);
            if (!key.value.fallback) required.push_back(key.value.name);
        }
        if (table.dataset_parameters) add_dataset_parameters(properties);
        json::object schema{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
        if (!required.empty()) schema["required"] = required;
        if (table.exactly_one) schema["minProperties"] = schema["maxProperties"] = 1;
        return schema;
    }

    json::object key_schema(const ConfigKey& key) const {
        json::object schema;
        switch (key.form) {
            case Form::value:
                return value_schema(key.value, key.list_size);
            case Form::section:
                schema = table_schema(*key.keys);
                break;
            case Form::sections:
                schema = {{"type", "array"}, {"items", table_schema(*key.keys)}};
                if (key.least_size > 0) schema["minItems"] = key.least_size;
                break;
            case Form::plugin:
                schema = use_schema(key.kind);
                break;
            case Form::plugins: {
                const json::object one = use_schema(key.kind);
                schema = {{"anyOf", json::array{one, {{"type", "array"}, {"items", one}, {"minItems", 1}}}}};
                break;
            }
        }
        schema["description"] = key.value.doc;
        return schema;
    }

    const Registry& registry_;
    json::object definitions_;
};

}  // namespace

std::string config_schema(const Registry& registry) {
    return pretty_json(SchemaWriter(registry).write());
}

}  // namespace octavo
