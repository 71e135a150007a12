// Command lines: Program_options behind one function, and the options that several verbs share.
#pragma once

#include "core/cli/verbs.h"
#include "core/pipeline/config.h"
#include "core/pipeline/stage_load.h"
#include "core/plugins/handles.h"
#include "core/plugins/registry.h"

#include <boost/program_options.hpp>

#include <optional>
#include <string>
#include <vector>

namespace octavo::cli {

namespace po = boost::program_options;

struct Syntax {
    const char* usage;        // "octavo calibrate CONFIG [options]"
    const char* description;  // what the verb does, and examples
    std::vector<const char*> positional;
    po::options_description options{"options"};

    // Options without value, with one value, and with values that add up.
    void flag(const char* name, const char* doc);
    void text(const char* name, const char* doc);
    void texts(const char* name, const char* doc);
    void number(const char* name, const char* doc);
};

struct Parsed {
    bool help = false;  // the help has been printed and there is nothing else to do
    po::variables_map values;

    bool has(const char* name) const { return values.count(name) > 0; }
    bool flag(const char* name) const { return has(name) && values[name].as<bool>(); }
    std::optional<std::string> text(const char* name) const;
    std::vector<std::string> texts(const char* name) const;
    std::optional<std::int64_t> number(const char* name) const;
};

// `required` is the number of positional arguments that must be there. Error: Code::config.
Result<Parsed> parse(const Syntax& syntax, Arguments arguments, std::size_t required);

// Error where the option is given with less. Code::config.
Result<void> check_least(const Parsed& parsed, const char* option, std::int64_t least);
// --threads, as far as a config may ask; 0 (all) without the option.
Result<int> threads_of(const Parsed& parsed);

void add_plugin_path(Syntax& syntax);
// All plugins; refusals are warnings on stderr.
Registry registry_of(const Parsed& parsed);

// --device NAME, or this one, or the default one.
Result<DeviceHandle> device_of(const Parsed& parsed, const Registry& registry, const std::optional<std::string>& otherwise = {});
// --plan FILE|none, of every verb that runs a model.
void add_plan(Syntax& syntax);
// The file's, checked against the executed graph; without the option what the model itself says; nothing for "none", and of a model that
// says nothing.
Result<std::optional<Plan>> plan_of(const Parsed& parsed, const Model& model);

}  // namespace octavo::cli
