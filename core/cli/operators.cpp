// octavo operators: the operator table, as the sources have it.
#include "core/cli/options.h"
#include "sdk/ops/op.h"

#include <cstdio>

namespace octavo::cli {
namespace {

const char* int8_text(ops::Role role) {
    switch (role) {
        case ops::Role::product:
            return "int8, exact integer sums";
        case ops::Role::elementwise:
            return "int8 in and out, computed value by value";
        case ops::Role::average:
            return "int8 in and out, exact integer sums";
        case ops::Role::passes:
            return "int8, codes are moved";
        case ops::Role::floating:
            return "floating point";
    }
    return "";
}

}  // namespace

Result<void> operators(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo operators [options]";
    syntax.description =
        "Prints the ONNX operators that are supported, and in which precision they can run. ScaleShift and Silu are our own.\n\n"
        "  octavo operators | grep Pool";
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 0));
    if (parsed.help) return {};
    for (const ops::Row* row : ops::all()) std::printf("%-20s %s\n", row->name, int8_text(row->role));
    return {};
}

}  // namespace octavo::cli
