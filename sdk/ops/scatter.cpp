#include "ops/scatter.h"

#include <algorithm>
#include <array>

namespace octavo::ops {

Result<void> expect_scatter(const NodeView& node) {
    constexpr std::array<std::string_view, 5> kReductions = {"none", "add", "mul", "max", "min"};
    OCTAVO_CHECK_OK(expect_integer(node, 1));
    OCTAVO_CHECK_OK(expect_type(node, 2, node.input(0).type));
    const std::string_view reduction = node.text("reduction", "none");
    if (std::ranges::find(kReductions, reduction) == kReductions.end())
        return refusal(node, "reduction '" + std::string(reduction) + "', expected none, add, mul, max or min");
    if (reduction != "none") return expect_number(node, 0);
    return {};
}

}  // namespace octavo::ops
