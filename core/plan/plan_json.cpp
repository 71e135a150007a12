// Plan to JSON: keys in a fixed order, names sorted, one tensor, weight or operator a line, floats as the shortest text that reads back to
// the same float. Same plan, same bytes.
#include "core/plan/plan_json.h"

#include "core/base/files.h"
#include "core/plan/delta.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <filesystem>

namespace octavo {
namespace {

template <class T>
struct Text {
    T value;
    const char* text;
};
constexpr std::array<Text<Precision>, 3> kPrecisions = {{{Precision::fp32, "fp32"}, {Precision::bf16, "bf16"}, {Precision::int8, "int8"}}};
constexpr std::array<Text<Reason>, 8> kReasons = {{{Reason::default_int8, "int8 by default"},
                                                   {Reason::no_int8_kernel, "no int8 kernel"},
                                                   {Reason::feeds_no_int8, "feeds no int8 operator"},
                                                   {Reason::accuracy, "kept for accuracy"},
                                                   {Reason::noise, "rounding noise above the limit"},
                                                   {Reason::speed, "chosen for speed"},
                                                   {Reason::ignored, "ignored by the config"},
                                                   {Reason::unsupported_weights, "weights are not constant"}}};

constexpr std::array<Text<ResidualSums>, 2> kResidualSums = {{{ResidualSums::rounded, "rounded"}, {ResidualSums::real, "real"}}};

template <class T, std::size_t N>
const char* text_of(const std::array<Text<T>, N>& table, T value) {
    for (const Text<T>& row : table)
        if (row.value == value) return row.text;
    return "?";
}

template <class T, std::size_t N>
std::optional<T> find_text(const std::array<Text<T>, N>& table, std::string_view text) {
    for (const Text<T>& row : table)
        if (row.text == text) return row.value;
    return std::nullopt;
}

template <class T, std::size_t N>
std::vector<std::string> texts_of(const std::array<Text<T>, N>& table) {
    std::vector<std::string> texts;
    for (const Text<T>& row : table) texts.emplace_back(row.text);
    return texts;
}

std::string number(std::int64_t value) {
    return std::to_string(value);
}

std::string number(float value) {
    std::array<char, 32> text{};
    const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), result.ptr};
}

template <class T>
std::string list(const std::vector<T>& values) {
    std::string text = "[";
    for (std::size_t i = 0; i < values.size(); ++i) text += (i > 0 ? ", " : "") + number(values[i]);
    return text + "]";
}

// One number is written without brackets.
template <class T>
std::string one_or_list(const std::vector<T>& values) {
    return values.size() == 1 ? number(values[0]) : list(values);
}

std::string quantization_text(const Quantization& quantization) {
    const std::vector<std::int64_t> zero_points(quantization.zero_point.begin(), quantization.zero_point.end());
    return "{\"scale\": " + one_or_list(quantization.scale) + ", \"zero_point\": " + one_or_list(zero_points) + "}";
}

std::string tensor_text(const TensorPlan& tensor) {
    std::string text = "{";
    if (tensor.whole) text += "\"whole\": " + quantization_text(*tensor.whole);
    if (tensor.whole && tensor.depthwise) text += ", ";
    if (tensor.depthwise) text += "\"depthwise\": " + quantization_text(*tensor.depthwise);
    return text + "}";
}

std::string operator_text(const OperatorPlan& plan) {
    return std::string("{\"precision\": ") + json_text(precision_text(plan.precision)) +
           ", \"reason\": " + json_text(reason_text(plan.reason)) + "}";
}

}  // namespace

const char* precision_text(Precision precision) {
    return text_of(kPrecisions, precision);
}
const char* reason_text(Reason reason) {
    return text_of(kReasons, reason);
}
std::optional<Precision> find_precision(std::string_view text) {
    return find_text(kPrecisions, text);
}
std::optional<Reason> find_reason(std::string_view text) {
    return find_text(kReasons, text);
}
std::optional<ResidualSums> find_residual_sums(std::string_view text) {
    return find_text(kResidualSums, text);
}
std::vector<std::string> precision_texts() {
    return texts_of(kPrecisions);
}
std::vector<std::string> reason_texts() {
    return texts_of(kReasons);
}
std::vector<std::string> residual_sums_texts() {
    return texts_of(kResidualSums);
}

std::string json_text(std::string_view text) {
    return boost::json::serialize(boost::json::string(text));
}

std::string delta_name(const std::string& plan_path) {
    return std::filesystem::path(plan_path).stem().string() + ".delta.bin";
}

std::string beside(const std::string& plan_path, const std::string& name) {
    return (std::filesystem::path(plan_path).parent_path() / name).string();
}

std::string to_json(const Plan& plan, const std::string& delta, const std::string& hash) {
    std::string algorithms;
    for (const std::string& name : plan.algorithm) algorithms += (algorithms.empty() ? "" : ", ") + json_text(name);
    std::string text = "{\n";
    text += "  \"format\": " + json_text(kPlanFormat) + ",\n";
    text += "  \"version\": " + number(kPlanVersion) + ",\n";
    text +=
        "  \"graph\": {\"structure\": " + json_text(plan.graph_structure) + ", \"constants\": " + json_text(plan.graph_constants) + "},\n";
    text += "  \"algorithm\": [" + algorithms + "],\n";
    text += "  \"objective\": " + json_text(plan.objective) + ",\n";
    text += "  \"isa\": " + json_text(plan.isa) + ",\n";
    text += "  \"residual_sums\": " + json_text(text_of(kResidualSums, plan.residual_sums)) + ",\n";
    if (!plan.replaced.empty()) text += "  \"delta\": {\"file\": " + json_text(delta) + ", \"hash\": " + json_text(hash) + "},\n";
    text += section_text("operators", plan.operators, operator_text) + ",\n";
    text += section_text("tensors", plan.tensors, tensor_text) + ",\n";
    text += section_text("weights", plan.weight_scale, one_or_list<float>) + "\n}\n";
    return text;
}

std::string to_json(const Plan& plan) {
    return to_json(plan, "plan.delta.bin", delta_hash(write_delta(plan.replaced)));
}

Result<void> save_plan(const Plan& plan, const std::string& path) {
    const std::string delta = write_delta(plan.replaced);
    const std::string name = delta_name(path);
    // The delta first: a plan is never there without what it names.
    if (!plan.replaced.empty()) OCTAVO_CHECK_OK(write_atomically(beside(path, name), delta, Code::data));
    return write_atomically(path, to_json(plan, name, delta_hash(delta)), Code::data);
}

}  // namespace octavo
