// octavo errors [CODE]: what the codes of messages mean.
#include "core/base/text.h"
#include "core/cli/options.h"
#include "core/pipeline/reference.h"
#include "core/plugins/findings.h"

#include <cstdio>

namespace octavo::cli {

Result<void> errors(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo errors [CODE]";
    syntax.description =
        "Explains a code that a message ends with, or all of them (docs/errors.md).\n\n"
        "  octavo errors E101\n"
        "  octavo errors";
    syntax.positional = {"code"};
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 0));
    if (parsed.help) return {};
    const std::optional<std::string> code = parsed.text("code");
    if (!code) {
        std::fputs(error_reference().c_str(), stdout);
        return {};
    }
    std::vector<std::string> names;
    for (const FindingRow& row : finding_rows()) {
        names.emplace_back(row.name);
        if (*code != row.name && *code != names.back().substr(0, names.back().find('-'))) continue;
        std::printf("%s\n%s\n%s\n", row.name, row.meaning, row.remedy);
        return {};
    }
    return Error(Code::config, "errors: found '" + *code + "', expected one of " + join(names, ", ") + did_you_mean(*code, names));
}

}  // namespace octavo::cli
