// Cast: between f32, s64, s32, s8, u8 and boolean. A float is cut towards zero; what does not fit becomes the nearest end of the range, NaN
// 0. float16, bfloat16 and float64 are f32 here, and a cast to one of them rounds nothing.
#include <cmath>
#include <limits>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"saturate", OCTAVO_ATTRIBUTE_INT, "1"}, {"to", OCTAVO_ATTRIBUTE_INT, "required"}};

Result<Types> infer_types(const NodeView& node) {
    const std::int64_t wanted = node.integer("to", 0);
    if (const std::optional<octavo_type> type = type_of_number(wanted)) return one_output(*type, node.input_shape(0));
    return refusal(node, "type number " + std::to_string(wanted) + " is not supported");
}

template <class To, class From>
To convert(From x) {
    if constexpr (std::is_same_v<To, bool>) {
        return x != From{0};
    } else if constexpr (std::is_same_v<From, float> && !std::is_same_v<To, float>) {
        if (std::isnan(x)) return 0;
        // The upper end rounds up to a power of two as a float, hence >=.
        if (x >= static_cast<float>(std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
        if (x <= static_cast<float>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
        return static_cast<To>(x);
    } else {
        return static_cast<To>(x);
    }
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    with_type(inputs[0].type, [&](auto from) {
        with_type(outputs[0].type, [&](auto to) {
            const auto source = values<const decltype(from)>(inputs[0]);
            const auto target = values<decltype(to)>(outputs[0]);
            for (std::size_t i = 0; i < target.size(); ++i) target[i] = convert<decltype(to)>(source[i]);
        });
    });
    return {};
}

}  // namespace

extern const Row cast_row;
const Row cast_row = {"Cast", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
