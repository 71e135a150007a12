// Markdown, a table for each object that a config may hold.
#include "core/pipeline/reference.h"

#include "core/base/text.h"
#include "core/pipeline/config_keys.h"
#include "core/plugins/findings.h"
#include "core/plugins/kinds.h"
#include "core/plugins/value_check.h"

namespace octavo {
namespace {

constexpr const char* kHead = "| key | value | default | meaning |\n|---|---|---|---|\n";

// "|" would end a cell.
std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
    return text;
}

std::string default_text(const octavo_parameter& declared) {
    if (!declared.fallback) return "required";
    return std::string(declared.fallback) == "null" ? "" : "`" + cell(declared.fallback) + "`";
}

// Names separated by commas stand for a list.
std::string default_text(const ConfigKey& key) {
    const std::string text = default_text(key.value);
    if (key.form != Form::plugins) return text;
    return "`[\"" + join(split(text.substr(2, text.size() - 4), ','), "\", \"") + "\"]`";
}

// Without the documentation, which has a column of its own.
std::string value_text(const octavo_parameter& declared) {
    octavo_parameter plain = declared;
    plain.doc = "";
    const std::string text = expected_text(plain);
    return cell(text.substr(0, text.rfind(" (")));
}

std::string row(const octavo_parameter& declared, const std::string& value, const std::string& fallback) {
    return "| `" + std::string(declared.name) + "` | " + value + " | " + fallback + " | " + cell(declared.doc) + " |\n";
}

std::string form_text(const ConfigKey& key) {
    switch (key.form) {
        case Form::value:
            return value_text(key.value);
        case Form::section:
            return "an object, below";
        case Form::sections:
            return "a list of objects, below";
        case Form::plugin:
            return "a plugin: " + std::string(find_kind(key.kind)->name);
        case Form::plugins:
            return "a plugin or a list: " + std::string(find_kind(key.kind)->name);
    }
    return "";
}

// The table of an object, then those of the objects in it.
void add_table(std::string& text, const KeyTable& table, const std::string& path) {
    text += "## " + (path.empty() ? "Keys" : "`" + path + "`") + "\n\n";
    if (table.exactly_one) text += "Just one of these.\n\n";
    text += kHead;
    for (const ConfigKey& key : table.keys) text += row(key.value, form_text(key), default_text(key));
    if (table.dataset_parameters) text += "\nParameters of the data set may stand here besides: they replace those in `dataset`.\n";
    text += "\n";
    for (const ConfigKey& key : table.keys) {
        if (!key.keys) continue;
        const std::string inner = path + (path.empty() ? "" : ".") + key.value.name + (key.form == Form::sections ? "[]" : "");
        add_table(text, *key.keys, inner);
    }
}

void add_plugin(std::string& text, const LoadedPlugin& plugin) {
    text += "### `" + std::string(plugin.name()) + "`\n\n" + plugin.descriptor->summary + "\n\n";
    if (plugin.parameters().empty()) {
        text += "No parameters.\n\n";
        return;
    }
    text += kHead;
    for (const octavo_parameter& parameter : plugin.parameters()) text += row(parameter, value_text(parameter), default_text(parameter));
    text += "\n";
}

}  // namespace

std::string config_reference(const Registry& registry) {
    std::string text = R"(# The config

Written by `octavo schema --markdown` from what the program and its plugins declare; `./dev docs` writes it anew.

A config is JSON in which comments (`//`, `/* */`) and trailing commas are allowed. Paths are relative to the config's folder. `octavo check
CONFIG` says what is wrong with one ([the codes](errors.md)) and prints it with all defaults; `octavo schema -o octavo.schema.json`
writes a JSON Schema for editors, which a config may name as `"$schema"`.

    {
      "model": "mobilenet.onnx",
      "dataset": {"plugin": "imagenet", "images": "photos", "list": "calibration.txt"},
      "preprocess": [{"resize": {"shorter_side": 256}}, {"crop": 224}, {"normalize": {"mean": 127.5, "scale": 0.00784314}}],
      "metric": "accuracy"
    }

Where a plugin is asked for stands its name, or an object with the key `plugin` and its parameters. Where a list of numbers or texts is asked
for, one may stand without brackets; a list of objects keeps them. `null` is the same as no key. An empty default means none.

)";
    add_table(text, config_keys(), "");
    for (const KindRow& kind : plugin_kinds()) {
        text += "## Plugins: " + std::string(kind.name) + "\n\n";
        for (const LoadedPlugin& plugin : registry.plugins)
            if (plugin.kind() == kind.kind) add_plugin(text, plugin);
    }
    text.pop_back();
    return text;
}

std::string error_reference() {
    std::string text = R"(# Errors

Written by `octavo errors` from the program's own table; `./dev docs` writes it anew.

Everything that a config alone shows to be wrong is said in one go, a line each, in the order of the file:

    my.json:7:3: /objectiv: found an unknown key, expected one of model, dataset, ...; did you mean 'objective'? [E101-unknown-key]

That is file, line and column; the place as a JSON pointer; what was found; what was expected; the nearest known name; the code.
What an option of the command line has set has the option in place of the file. `octavo errors CODE` prints one of these paragraphs.

What shows only when plugins, data sets, device and model are there comes after that, and before anything is computed: `octavo check` and
`octavo calibrate` say all of it at once too, and then what adapter and metric find fault with in the outputs: `check` by what the network
makes of zeros, `calibrate` by the first validation image. What an image turns out to be ends a run where it is met, so it is said alone.

)";
    for (const FindingRow& row : finding_rows()) text += "## " + std::string(row.name) + "\n\n" + row.meaning + " " + row.remedy + "\n\n";
    return text + R"(## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | internal error |
| 2 | config or command line wrong; also where they name a file or folder that is not there, or an output where none can be made |
| 3 | model unsupported or damaged |
| 4 | data missing or damaged: what lists, annotations and data sets name; or a disk is full |
| 5 | accuracy target not met; outputs are written |
| 130 | interrupted; the best so far is written |
)";
}

}  // namespace octavo
