// Equations of Einsum: a letter a dimension, "bij,bjk->bik". What is said here of one or two operands is all that is supported: neither an
// ellipsis nor a letter twice in one term.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace octavo::ops {

struct Equation {
    std::vector<std::string> operands;
    std::string result;  // where the equation names none: the letters that stand in one operand alone, by the alphabet
};
// Nothing for what is not supported.
std::optional<Equation> parse_equation(std::string_view text);

}  // namespace octavo::ops
