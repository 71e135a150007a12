// Einsum of one or two operands: products of the values whose letters agree, summed over the letters that the result does not name; in
// double for f32. A pass makes matrix products of it.
#include "ops/einsum.h"

#include <algorithm>
#include <functional>
#include <map>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"equation", OCTAVO_ATTRIBUTE_STRING, "required"}};

using Sizes = std::map<char, std::int64_t>;  // by letter

Result<Equation> equation_of(const NodeView& node) {
    const std::string text(node.text("equation", ""));
    const std::optional<Equation> parsed = parse_equation(text);
    if (!parsed) return refusal(node, "equation '" + text + "', expected one or two operands of letters, each letter once");
    if (parsed->operands.size() != node.input_count())
        return refusal(node, "equation '" + text + "' does not fit " + std::to_string(node.input_count()) + " inputs");
    return *parsed;
}

Result<Sizes> sizes_of(const NodeView& node, const Equation& equation) {
    Sizes sizes;
    for (std::size_t i = 0; i < equation.operands.size(); ++i) {
        const std::string& term = equation.operands[i];
        const Shape shape = node.input_shape(i);
        bool fits = shape.size() == term.size();
        for (std::size_t k = 0; fits && k < term.size(); ++k) fits = sizes.emplace(term[k], shape[k]).first->second == shape[k];
        if (!fits) return refusal(node, "input " + std::to_string(i) + " is " + shape_text(shape) + ", which does not fit '" + term + "'");
    }
    return sizes;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_TRY(const Equation equation, equation_of(node));
    OCTAVO_TRY(Sizes sizes, sizes_of(node, equation));
    OCTAVO_CHECK_OK(expect_number(node, 0));
    for (std::size_t i = 1; i < node.input_count(); ++i) OCTAVO_CHECK_OK(expect_type(node, i, node.input(0).type));
    Shape shape;
    for (const char letter : equation.result) shape.push_back(sizes[letter]);
    return one_output(node.input(0).type, std::move(shape));
}

// Strides of an operand for a walk over `letters`: 0 for those that it does not have.
Shape strides_along(const std::string& letters, const std::string& term, const Shape& shape) {
    const Shape dense = dense_strides(shape);
    Shape strides;
    for (const char letter : letters) {
        const std::size_t at = term.find(letter);
        strides.push_back(at == term.npos ? 0 : dense[at]);
    }
    return strides;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Equation equation, equation_of(node));
    OCTAVO_TRY(Sizes sizes, sizes_of(node, equation));
    std::string letters = equation.result;
    std::int64_t summands = 1;
    for (const auto& [letter, size] : sizes)
        if (equation.result.find(letter) == equation.result.npos) letters += letter, summands *= size;
    Shape shape;
    for (const char letter : letters) shape.push_back(sizes[letter]);
    const bool is_pair = inputs.size() > 1;
    const Shape a_strides = strides_along(letters, equation.operands[0], shape_of(inputs[0]));
    const Shape b_strides = is_pair ? strides_along(letters, equation.operands[1], shape_of(inputs[1])) : Shape(letters.size(), 0);
    const std::int64_t a_step = letters.empty() ? 0 : a_strides.back(), b_step = letters.empty() ? 0 : b_strides.back();
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        using Wide = std::conditional_t<std::is_same_v<T, float>, double, std::int64_t>;
        const T one{1};
        const T* a = static_cast<const T*>(inputs[0].data);
        const T* b = is_pair ? static_cast<const T*>(inputs[1].data) : &one;
        std::vector<Wide> sums(static_cast<std::size_t>(count_of(outputs[0])));
        std::int64_t done = 0;
        for_each_run<2>(shape, {a_strides, b_strides}, [&](const std::array<std::int64_t, 2>& offset, std::int64_t length) {
            for (std::int64_t i = 0; i < length; ++i, ++done) {
                Wide& sum = sums[static_cast<std::size_t>(done / summands)];
                const Wide product =
                    wrapping<std::multiplies<>>(static_cast<Wide>(a[offset[0] + i * a_step]), static_cast<Wide>(b[offset[1] + i * b_step]));
                sum = wrapping<std::plus<>>(sum, product);
            }
        });
        std::ranges::transform(sums, static_cast<T*>(outputs[0].data), [](Wide sum) { return static_cast<T>(sum); });
    });
    return {};
}

}  // namespace

extern const Row einsum_row;
const Row einsum_row = {"Einsum", 1, 2, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
