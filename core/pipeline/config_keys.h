// The keys of a config, declared once: type, default, bounds and documentation. Reading (section.h), docs/config.md and the JSON Schema all
// come out of this table. Plugins declare their parameters themselves.
#pragma once

#include <octavo/abi.h>

#include <span>
#include <string>
#include <string_view>

namespace octavo {

struct KeyTable;

enum class Form {
    value,     // what octavo_parameter can say: a number, a text, a list of them
    section,   // an object with the keys of a table
    sections,  // a list of those
    plugin,    // "name" or {"plugin": "name", parameters...}
    plugins,   // one of those, or a list
};

struct ConfigKey {
    // Name, documentation and default of every key (the default as JSON text; nullptr: required; "null": may be absent); type, bounds and
    // choices of a value.
    octavo_parameter value;
    Form form = Form::value;
    const KeyTable* keys = nullptr;  // of sections
    octavo_kind kind{};              // of plugins
    int list_size = 0;               // of lists: so many elements, or one that stands for all; 0: any number
    std::size_t least_size = 0;      // of sections
};

struct KeyTable {
    const char* title;  // "a step": how messages and docs call such an object
    std::span<const ConfigKey> keys;
    bool exactly_one = false;         // such an object has just one of the keys
    bool dataset_parameters = false;  // and parameters of the data set besides, which replace those of "dataset"
};

// The whole config.
const KeyTable& config_keys();

// One element of "preprocess".
const KeyTable& step_keys();

// nullptr where the table has no such key.
const ConfigKey* find_key(const KeyTable& table, std::string_view name);

// "an object with limit and skip", "one of model, dataset": what is expected where the key's value is of another form.
std::string expected_of(const ConfigKey& key);
std::string expected_of(const KeyTable& table);

}  // namespace octavo
