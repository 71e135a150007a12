// JSON to Plan. Every value is checked for its type and, where that needs no graph, its range; an error names the file and the place in it
// (a JSON pointer). Unknown keys are errors: they are typing mistakes or of a newer version.
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/plan/delta.h"
#include "core/plan/place.h"
#include "core/plan/plan_json.h"

#include <array>
#include <cmath>
#include <filesystem>

namespace octavo {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

Result<float> scale_of(const Place& place) {
    if (!place.value.is_number()) return place.expected("a positive number");
    const auto scale = static_cast<float>(place.value.to_number<double>());
    if (!std::isfinite(scale) || !(scale > 0) || !std::isfinite(1.0F / scale)) return place.expected("a finite positive number");
    return scale;
}

Result<std::int32_t> zero_point_of(const Place& place) {
    const std::int64_t* value = place.value.if_int64();
    if (!value || *value < 0 || *value > 255) return place.expected("an integer from 0 to 255");
    return static_cast<std::int32_t>(*value);
}

// One number, or a list of them.
template <class T>
Result<std::vector<T>> numbers(const Place& place, Result<T> (*read)(const Place&)) {
    std::vector<T> values;
    const json::array* array = place.value.if_array();
    if (!array) {
        OCTAVO_TRY(const T value, read(place));
        return std::vector<T>{value};
    }
    if (array->empty()) return place.expected("at least one number");
    values.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i) {
        OCTAVO_TRY(const T value, read(place.at((*array)[i], std::to_string(i))));
        values.push_back(value);
    }
    return values;
}

Result<std::optional<Quantization>> quantization(const Place& tensor, const char* key) {
    OCTAVO_TRY(const json::object* object, object_of(tensor));
    if (!object->contains(key)) return std::optional<Quantization>();
    OCTAVO_TRY(const Place place, member(tensor, key));
    const std::array<std::string, 2> known = {"scale", "zero_point"};
    OCTAVO_CHECK_OK(check_keys(place, known));
    OCTAVO_TRY(const Place scale, member(place, "scale"));
    OCTAVO_TRY(const Place zero_point, member(place, "zero_point"));
    Quantization found;
    OCTAVO_TRY(found.scale, numbers<float>(scale, &scale_of));
    OCTAVO_TRY(found.zero_point, numbers<std::int32_t>(zero_point, &zero_point_of));
    if (found.scale.size() != found.zero_point.size())
        return place.error("has " + counted(found.scale.size(), "scale") + " and " + counted(found.zero_point.size(), "zero point") +
                           ", expected as many");
    return std::optional<Quantization>(found);
}

Result<TensorPlan> tensor_plan(const Place& place) {
    const std::array<std::string, 2> known = {"whole", "depthwise"};
    OCTAVO_CHECK_OK(check_keys(place, known));
    TensorPlan plan;
    OCTAVO_TRY(plan.whole, quantization(place, "whole"));
    OCTAVO_TRY(plan.depthwise, quantization(place, "depthwise"));
    return plan;
}

template <class T>
Result<T> word(const Place& place, const char* key, std::optional<T> (*find)(std::string_view), const std::vector<std::string>& known) {
    OCTAVO_TRY(const Place found, member(place, key));
    OCTAVO_TRY(const std::string text, text_of(found));
    if (const std::optional<T> value = find(text)) return *value;
    return found.expected("one of '" + join(known, "', '") + "'");
}

Result<OperatorPlan> operator_plan(const Place& place) {
    const std::array<std::string, 2> known = {"precision", "reason"};
    OCTAVO_CHECK_OK(check_keys(place, known));
    OperatorPlan plan;
    OCTAVO_TRY(plan.precision, word<Precision>(place, "precision", &find_precision, precision_texts()));
    OCTAVO_TRY(plan.reason, word<Reason>(place, "reason", &find_reason, reason_texts()));
    return plan;
}

Result<std::vector<float>> weight_scales(const Place& place) {
    return numbers<float>(place, &scale_of);
}

Result<void> read_head(const Place& root, Plan& plan) {
    OCTAVO_TRY(const Place graph, member(root, "graph"));
    OCTAVO_TRY(plan.graph_structure, text_member(graph, "structure"));
    OCTAVO_TRY(plan.graph_constants, text_member(graph, "constants"));
    OCTAVO_TRY(plan.objective, text_member(root, "objective"));
    OCTAVO_TRY(plan.isa, text_member(root, "isa"));
    if (root.value.as_object().contains("residual_sums")) {
        OCTAVO_TRY(plan.residual_sums, word<ResidualSums>(root, "residual_sums", &find_residual_sums, residual_sums_texts()));
    }
    OCTAVO_TRY(const Place algorithm, member(root, "algorithm"));
    const json::array* names = algorithm.value.if_array();
    if (!names) return algorithm.expected("a list of names");
    for (std::size_t i = 0; i < names->size(); ++i) {
        OCTAVO_TRY(plan.algorithm.emplace_back(), text_of(algorithm.at((*names)[i], std::to_string(i))));
    }
    return {};
}

Result<void> read_replaced(const Place& root, const std::string& path, Plan& plan) {
    if (!root.value.as_object().contains("delta")) return {};
    OCTAVO_TRY(const Place delta, member(root, "delta"));
    OCTAVO_TRY(const Place file, member(delta, "file"));
    OCTAVO_TRY(const std::string name, text_of(file));
    OCTAVO_TRY(const std::string hash, text_member(delta, "hash"));
    if (name.empty() || name.find('/') != std::string::npos || name.find('\0') != std::string::npos || name == "." || name == "..")
        return file.expected("the name of a file beside the plan");
    OCTAVO_TRY(const MappedFile bytes, map_file(beside(path, name), Code::config));
    Result<Replaced> replaced = read_delta(bytes.text(), hash);
    if (!replaced) return file.error(replaced.error().within(name).message());
    plan.replaced = std::move(*replaced);
    return {};
}

Result<Plan> plan_of(const Place& root, const std::string& path) {
    const std::array<std::string, 11> known = {"format",        "version", "graph",     "algorithm", "objective", "isa",
                                               "residual_sums", "delta",   "operators", "tensors",   "weights"};
    OCTAVO_CHECK_OK(check_keys(root, known));
    Plan plan;
    OCTAVO_CHECK_OK(read_head(root, plan));
    OCTAVO_TRY(plan.operators, section<OperatorPlan>(root, "operators", &operator_plan));
    OCTAVO_TRY(plan.tensors, section<TensorPlan>(root, "tensors", &tensor_plan));
    OCTAVO_TRY(plan.weight_scale, section<std::vector<float>>(root, "weights", &weight_scales));
    OCTAVO_CHECK_OK(read_replaced(root, path, plan));
    return plan;
}

// What is meant by who gives a run's folder, or another of its files.
std::string plan_near(const std::string& path) {
    std::error_code ignored;
    const fs::path folder = fs::is_directory(path, ignored) ? fs::path(path) : fs::path(path).parent_path(), file = folder / "plan.json";
    const bool is_there = fs::is_regular_file(file, ignored) && !fs::equivalent(file, path, ignored);
    return "a plan, " + (is_there ? "here " + file.string() : "the plan.json that octavo calibrate writes");
}

}  // namespace

Result<Plan> load_plan(const std::string& path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return Error(Code::config, path + ": found a folder, expected " + plan_near(path));
    Plan plan;
    const JsonFormat format{kPlanFormat, kPlanVersion, plan_near(path)};
    OCTAVO_CHECK_OK(read_json(path, format, [&](const Place& root) -> Result<void> {
        OCTAVO_TRY(plan, plan_of(root, path));
        return {};
    }));
    return plan;
}

}  // namespace octavo
