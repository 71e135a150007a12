// See operator_rows.h.
#include "core/formats/onnx/operator_rows.h"

#include "core/passes/rewrite.h"

namespace octavo::onnx {

std::string Job::step(const char* op, const char* what, const Names& from, const Attributes& with) {
    const std::string result = between(what);
    model.add_node(part(what), op, from, {result}, with);
    return result;
}

std::vector<std::int64_t> Job::constant(std::size_t i) const {
    return integer_constant(graph, input_or_none(node, i)).value_or(std::vector<std::int64_t>());
}

std::vector<std::int64_t> Job::integers(std::size_t i, const char* attribute) const {
    const std::vector<std::int64_t> values = constant(i);
    return values.empty() ? attribute_or(node, attribute, values) : values;
}

void Job::set_input(std::size_t i, const std::string& name) {
    if (inputs.size() <= i) inputs.resize(i + 1);
    inputs[i] = name;
}

void Job::attribute_to_input(const char* attribute, std::size_t i) {
    const auto found = attributes.find(attribute);
    if (found == attributes.end()) return;
    if (const auto* values = std::get_if<std::vector<std::int64_t>>(&found->second)) set_input(i, model.integers(part(attribute), *values));
    if (const auto* value = std::get_if<float>(&found->second)) set_input(i, model.scalar(part(attribute), *value));
    attributes.erase(found);
}

void Job::drop(std::initializer_list<const char*> names) {
    for (const char* name : names) attributes.erase(name);
}

}  // namespace octavo::onnx
