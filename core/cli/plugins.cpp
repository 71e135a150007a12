// octavo plugins list | describe NAME | doctor PATH: what was found, what one plugin takes, and why a library is refused.
#include "core/base/text.h"
#include "core/cli/options.h"
#include "core/plugins/find.h"
#include "core/plugins/value_check.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace octavo::cli {
namespace {

Result<void> list(const Parsed& parsed) {
    const Registry registry = registry_of(parsed);
    for (const LoadedPlugin& plugin : registry.plugins) {
        std::printf("%-10s %-16s %-8s %s\n", find_kind(plugin.kind())->name, plugin.descriptor->name, plugin.descriptor->version,
                    plugin.descriptor->summary);
        if (parsed.flag("files")) std::printf("%27s %s\n", "", plugin.file.c_str());
    }
    return {};
}

// "metric/accuracy": tells apart plugins of two kinds with the same name.
std::string full_name(const LoadedPlugin& plugin) {
    return std::string(find_kind(plugin.kind())->name) + "/" + plugin.descriptor->name;
}

void print_parameter(const octavo_parameter& parameter, std::size_t width) {
    std::string name = parameter.name;
    name.resize(width, ' ');
    const std::string fallback = !parameter.fallback                         ? "required"
                                 : std::string(parameter.fallback) == "null" ? "may be left out"
                                                                             : std::string("default ") + parameter.fallback;
    std::printf("  %s  %s; %s\n", name.c_str(), expected_text(parameter).c_str(), fallback.c_str());
}

void print_plugin(const LoadedPlugin& plugin) {
    std::printf("%s %s: %s\n", plugin.title().c_str(), plugin.descriptor->version, plugin.descriptor->summary);
    std::printf("file: %s\ninterface: version %u\n", plugin.file.c_str(), plugin.descriptor->abi_version);
    std::puts(plugin.parameters().empty() ? "parameters: none" : "parameters:");
    std::size_t width = 0;
    for (const octavo_parameter& parameter : plugin.parameters()) width = std::max(width, std::string(parameter.name).size());
    for (const octavo_parameter& parameter : plugin.parameters()) print_parameter(parameter, width);
}

Result<void> describe(const Parsed& parsed) {
    const std::optional<std::string> name = parsed.text("subject");
    if (!name) return Error(Code::config, "plugins describe: expected the name of a plugin, as 'accuracy' or 'metric/accuracy'");
    const Registry registry = registry_of(parsed);
    std::vector<std::string> names;
    bool is_found = false;
    for (const LoadedPlugin& plugin : registry.plugins) {
        names.insert(names.end(), {plugin.descriptor->name, full_name(plugin)});
        if (plugin.name() != *name && full_name(plugin) != *name) continue;
        if (is_found) std::puts("");
        print_plugin(plugin);
        is_found = true;
    }
    if (is_found) return {};
    return Error(Code::config, "plugins describe: found no plugin '" + *name + "' (octavo plugins list prints what there is)" +
                                   did_you_mean(*name, names));
}

// Defaults that do not pass their own declaration: a run that leaves them out fails, though nothing is wrong with its config. Whether a
// file is there depends on the config's folder.
std::string faults_of_defaults(const LoadedPlugin& plugin) {
    std::vector<Finding> findings;
    check_parameters(plugin, {}, {"", ""}, findings);
    std::string text;
    for (const Finding& finding : findings)
        if (finding.code != FindingCode::missing_key && finding.code != FindingCode::missing_file)
            text += "; default of " + finding_text(finding);
    return text;
}

struct Verdict {
    bool is_well = true;
    std::string text;
};

Verdict verdict_on(const std::string& file, const Registry& registry) {
    std::string titles, faults;
    for (const LoadedPlugin& plugin : registry.plugins) {
        if (plugin.file != file) continue;
        titles += (titles.empty() ? "ok: " : ", ") + plugin.title() + " " + plugin.descriptor->version;
        faults += faults_of_defaults(plugin);
    }
    for (const RefusedPlugin& refused : registry.refused)
        if (refused.file == file) faults += "; refused: " + refused.reason;
    if (titles.empty()) faults.erase(0, 2);
    return {faults.empty(), titles + faults};
}

bool is_among(const std::vector<std::string>& files, const std::string& file) {
    std::error_code ignored;
    return std::any_of(files.begin(), files.end(),
                       [&](const std::string& other) { return std::filesystem::equivalent(other, file, ignored); });
}

Result<void> doctor(const Parsed& parsed) {
    const std::optional<std::string> path = parsed.text("subject");
    if (!path) return Error(Code::config, "plugins doctor: expected a plugin library, or a folder of them");
    const std::int64_t patience = parsed.number("patience").value_or(kLoadPatience / std::chrono::seconds(1));
    if (patience < 1 || patience > 3600) return Error(Code::config, "--patience: expected 1 to 3600 seconds");
    const std::vector<std::string> suspects = find_plugin_libraries({"", {*path}, ""});
    if (suspects.empty())
        return Error(Code::config, "plugins doctor: " + *path + " holds no library (.so), nor do folders in it named after kinds");
    std::vector<std::string> files = find_plugin_libraries(default_plugin_search(parsed.texts("plugin-path")));
    std::erase_if(files, [&](const std::string& file) { return is_among(suspects, file); });
    files.insert(files.end(), suspects.begin(), suspects.end());
    const Registry registry = load_plugins(files, std::chrono::seconds(patience));
    std::size_t refused = 0;
    for (const std::string& suspect : suspects) {
        const Verdict verdict = verdict_on(suspect, registry);
        if (!verdict.is_well) ++refused;
        std::printf("%s: %s\n", suspect.c_str(), verdict.text.c_str());
    }
    if (refused == 0) return {};
    return Error(Code::config,
                 std::to_string(refused) + " of " + std::to_string(suspects.size()) + " libraries cannot be used as they are");
}

struct Action {
    const char* name;
    Result<void> (*run)(const Parsed& parsed);
};

constexpr Action kActions[] = {{"list", list}, {"describe", describe}, {"doctor", doctor}};

}  // namespace

Result<void> plugins(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo plugins list | describe NAME | doctor PATH [options]";
    syntax.description =
        "list      prints the plugins by kind. They are looked for in ../lib/octavo beside the program, in --plugin-path, and in\n"
        "          OCTAVO_PLUGIN_PATH; libraries that cannot be used are named with the reason.\n"
        "describe  prints what a plugin is and each of its parameters: type, range, default, meaning.\n"
        "doctor    loads a library, or all of a folder, as a run would, and says of each what it holds or why it is refused.\n\n"
        "  octavo plugins list --files\n"
        "  octavo plugins describe metric/accuracy\n"
        "  octavo plugins doctor build/metrics/mean_iou.so";
    syntax.positional = {"action", "subject"};
    syntax.flag("files", "list: print each plugin's file too");
    syntax.number("patience", "doctor: seconds that a library may take to load (10)");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    std::vector<std::string> names;
    for (const Action& action : kActions) {
        if (*parsed.text("action") == action.name) return action.run(parsed);
        names.emplace_back(action.name);
    }
    const std::string found = *parsed.text("action");
    return Error(Code::config, "plugins: found '" + found + "', expected one of " + join(names, ", ") + did_you_mean(found, names));
}

}  // namespace octavo::cli
