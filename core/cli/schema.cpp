// octavo schema: what a config may say, for editors and for people.
#include "core/base/files.h"
#include "core/cli/options.h"
#include "core/pipeline/config_schema.h"
#include "core/pipeline/reference.h"

#include <cstdio>

namespace octavo::cli {

Result<void> schema(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo schema [options]";
    syntax.description =
        "Prints the JSON Schema (draft 2020-12) of configs, with the parameters of every plugin that is found. An editor that is given it\n"
        "completes keys and marks mistakes.\n\n"
        "  octavo schema --output octavo.schema.json     (then, in a config: \"$schema\": \"octavo.schema.json\")\n"
        "  octavo schema --markdown                      (the same as a reference for people: docs/config.md)";
    syntax.text("output,o", "file to write in place of printing");
    syntax.flag("markdown", "Markdown for people");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 0));
    if (parsed.help) return {};
    const Registry registry = registry_of(parsed);
    const std::string text = parsed.flag("markdown") ? config_reference(registry) : config_schema(registry);
    if (const std::optional<std::string> file = parsed.text("output")) return write_atomically(*file, text, Code::data);
    std::fputs(text.c_str(), stdout);
    return {};
}

}  // namespace octavo::cli
