// octavo plugins list: what was found, and what was refused.
#include "core/cli/options.h"
#include "core/plugins/find.h"

#include <cstdio>

namespace octavo::cli {

Result<void> plugins(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo plugins list [options]";
    syntax.description =
        "Lists plugins by kind. They are looked for in ../lib/octavo beside the program, in --plugin-path, and in OCTAVO_PLUGIN_PATH.\n"
        "Libraries that cannot be used are named with the reason.";
    syntax.positional = {"action"};
    syntax.flag("files", "print each plugin's file too");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    if (*parsed.text("action") != "list") return Error(Code::config, "plugins: found '" + *parsed.text("action") + "', expected list");

    const Registry registry = registry_of(parsed);
    for (const LoadedPlugin& plugin : registry.plugins) {
        std::printf("%-10s %-16s %-8s %s\n", find_kind(plugin.kind())->name, plugin.descriptor->name, plugin.descriptor->version,
                    plugin.descriptor->summary);
        if (parsed.flag("files")) std::printf("%27s %s\n", "", plugin.file.c_str());
    }
    return {};
}

}  // namespace octavo::cli
