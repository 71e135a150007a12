// Program_options throws; here it ends in a Result.
#include "core/cli/options.h"

#include "core/base/text.h"
#include "core/base/threads.h"
#include "core/plugins/find.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace octavo::cli {

void Syntax::flag(const char* name, const char* doc) {
    options.add_options()(name, po::bool_switch(), doc);
}
void Syntax::text(const char* name, const char* doc) {
    options.add_options()(name, po::value<std::string>(), doc);
}
void Syntax::texts(const char* name, const char* doc) {
    options.add_options()(name, po::value<std::vector<std::string>>()->composing(), doc);
}
void Syntax::number(const char* name, const char* doc) {
    options.add_options()(name, po::value<std::int64_t>(), doc);
}

std::optional<std::string> Parsed::text(const char* name) const {
    return has(name) ? std::optional(values[name].as<std::string>()) : std::nullopt;
}
std::vector<std::string> Parsed::texts(const char* name) const {
    return has(name) ? values[name].as<std::vector<std::string>>() : std::vector<std::string>();
}
std::optional<std::int64_t> Parsed::number(const char* name) const {
    return has(name) ? std::optional(values[name].as<std::int64_t>()) : std::nullopt;
}

namespace {

// ", did you mean '--threads'?" or "", for what stands on the command line: --thread, --thread=2.
std::string nearest_option(const std::string& given, const po::options_description& options) {
    const std::size_t start = std::min(given.find_first_not_of('-'), given.size());
    const std::string name = given.substr(start, given.find('=') - start);
    std::vector<std::string> known;
    for (const auto& option : options.options()) known.push_back(option->long_name());
    const std::string found = nearest(name, known);
    return found.empty() ? "" : ", did you mean '--" + found + "'?";
}

}  // namespace

Result<Parsed> parse(const Syntax& syntax, Arguments arguments, std::size_t required) {
    po::options_description hidden;
    po::positional_options_description places;
    for (const char* name : syntax.positional) {
        hidden.add_options()(name, po::value<std::string>());
        places.add(name, 1);
    }
    po::options_description visible = syntax.options;
    visible.add_options()("help,h", po::bool_switch(), "print this");
    po::options_description all;
    all.add(visible).add(hidden);
    Parsed parsed;
    const std::string see = " (octavo " + std::string(syntax.usage).substr(7, std::string(syntax.usage).find(' ', 7) - 7) + " --help)";
    try {
        po::command_line_parser parser(std::vector<std::string>(arguments.begin(), arguments.end()));
        using namespace po::command_line_style;
        po::store(parser.options(all).positional(places).style(unix_style & ~allow_guessing).run(), parsed.values);
        po::notify(parsed.values);
    } catch (const po::unknown_option& error) {
        return Error(Code::config, error.what() + nearest_option(error.get_option_name(), visible) + see);
    } catch (const po::invalid_option_value& error) {  // texts are all valid
        return Error(Code::config, error.what() + std::string(", expected a whole number") + see);
    } catch (const po::error& error) {
        return Error(Code::config, error.what() + see);
    }
    if (parsed.flag("help")) {
        std::cout << "usage: " << syntax.usage << "\n\n" << syntax.description << "\n\n" << visible;
        parsed.help = true;
        return parsed;
    }
    for (const auto& [name, value] : parsed.values)
        if (const auto* text = boost::any_cast<std::string>(&value.value()); text && text->empty())
            return Error(Code::config, (visible.find_nothrow(name, false) ? "--" + name : name) + ": is empty, expected a value" + see);
    for (std::size_t i = 0; i < required; ++i)
        if (!parsed.has(syntax.positional[i])) return Error(Code::config, "usage: " + std::string(syntax.usage) + see);
    return parsed;
}

Result<void> check_least(const Parsed& parsed, const char* option, std::int64_t least) {
    if (parsed.number(option).value_or(least) >= least) return {};
    return Error(Code::config, "--" + std::string(option) + ": expected at least " + std::to_string(least));
}

Result<int> threads_of(const Parsed& parsed) {
    const std::int64_t threads = parsed.number("threads").value_or(0);
    if (threads < 0 || threads > kMostThreads)
        return Error(Code::config, "--threads: expected 0 to " + std::to_string(kMostThreads) + " (0: all)");
    return static_cast<int>(threads);
}

void add_plugin_path(Syntax& syntax) {
    syntax.texts("plugin-path", "folder or file with further plugins; may be given several times");
}

Registry registry_of(const Parsed& parsed) {
    const std::vector<std::string> files = find_plugin_libraries(default_plugin_search(parsed.texts("plugin-path")));
    Registry registry = load_plugins(files);
    for (const RefusedPlugin& refused : registry.refused)
        std::fprintf(stderr, "octavo: warning: plugin %s: %s\n", refused.file.c_str(), refused.reason.c_str());
    return registry;
}

Result<DeviceHandle> device_of(const Parsed& parsed, const Registry& registry, const std::optional<std::string>& otherwise) {
    const Result<PluginUse> use = default_device(registry, parsed.has("device") ? parsed.text("device") : otherwise);
    if (!use) return use.error().within("--device");
    return DeviceHandle::create(*use->plugin, use->values);
}

void add_plan(Syntax& syntax) {
    syntax.text("plan", "plan.json of a calibration; none: a model that was quantized elsewhere runs in floating point");
}

Result<std::optional<Plan>> plan_of(const Parsed& parsed, const Model& model) {
    const std::optional<std::string> path = parsed.text("plan");
    if (!path) return model.own_plan;
    if (*path == "none") return std::optional<Plan>();
    OCTAVO_TRY(Plan plan, load_plan(*path));
    if (const Result<void> fits = check_plan(plan, model.executed); !fits) return fits.error().within(*path);
    if (plan.graph_constants != model.executed.imported.constants)
        std::fprintf(stderr, "octavo: warning: %s was made for other weights than this model has; calibrate it anew\n", path->c_str());
    return std::optional<Plan>(std::move(plan));
}

}  // namespace octavo::cli
