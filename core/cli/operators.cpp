// octavo operators: the operator table, as the sources have it; with --markdown as the page docs/operators.md.
#include "core/base/text.h"
#include "core/cli/options.h"
#include "sdk/ops/op.h"

#include <bit>
#include <cstdio>
#include <cstring>

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

std::string arity(const ops::Row& row) {
    if (row.max_inputs < 0) return std::to_string(row.min_inputs) + " or more";
    if (row.max_inputs == row.min_inputs) return std::to_string(row.min_inputs);
    return std::to_string(row.min_inputs) + " to " + std::to_string(row.max_inputs);
}

// "axes = all, keepdims = 1"
std::string attributes(const ops::Row& row) {
    std::vector<std::string> list;
    for (const ops::AttributeRow& attribute : row.attributes)
        list.push_back("`" + std::string(attribute.name) + "`" +
                       (std::strcmp(attribute.fallback, "required") == 0 ? " (required)" : " = " + std::string(attribute.fallback)));
    return join(list, ", ");
}

// "1, 3": which inputs must be constant.
std::string constants(const ops::Row& row) {
    std::vector<std::string> list;
    for (std::uint32_t rest = row.value_inputs; rest != 0; rest &= rest - 1) list.push_back(std::to_string(std::countr_zero(rest)));
    return join(list, ", ");
}

constexpr const char* kIntroduction = R"(# Operators

Written by `octavo operators --markdown`; a test compares it with the operator table in `sdk/ops/rows`.

Models of ONNX opsets 7 to 28 are read. Tensors are float32, int64, int32, int8, uint8 and bool; float16, bfloat16 and float64 become
float32 when a model is read, and outputs get the declared type back in what `octavo infer` writes (bfloat16 excepted, which NumPy does
not have). `Constant` becomes a constant of the graph, arithmetic on shapes is folded, functions of the model become their nodes, and so does
the branch of an `If` whose condition does not depend on the input. Convolutions and pooling windows have one or two spatial dimensions;
all other operators take any rank up to 8. ScaleShift and Silu are our own: passes make them. Inputs are counted from 0; those under 'constant'
must be known when the model is read, or given to `octavo infer`. Conv and Gemm take a fused residual as input 3, and ConstantOfShape's
value is input 1 here.

| operator | inputs | constant | attributes and what they are where absent | in a quantized model |
|---|---|---|---|---|
)";

void print_markdown() {
    std::fputs(kIntroduction, stdout);
    for (const ops::Row* row : ops::all())
        std::printf("| %s | %s | %s | %s | %s |\n", row->name, arity(*row).c_str(), constants(*row).c_str(), attributes(*row).c_str(),
                    int8_text(row->role));
}

}  // namespace

Result<void> operators(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo operators [options]";
    syntax.description =
        "Prints the ONNX operators that are supported, and in which precision they can run. ScaleShift and Silu are our own.\n\n"
        "  octavo operators | grep Pool";
    syntax.flag("markdown", "as a page of documentation, with inputs and attributes");
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 0));
    if (parsed.help) return {};
    if (parsed.flag("markdown")) {
        print_markdown();
        return {};
    }
    for (const ops::Row* row : ops::all()) std::printf("%-20s %s\n", row->name, int8_text(row->role));
    return {};
}

}  // namespace octavo::cli
