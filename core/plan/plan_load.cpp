// JSON to Plan. Every value is checked for its type and, where that needs no graph, its range; an error names the file and the place in it
// (a JSON pointer). Unknown keys are errors: they are typing mistakes or of a newer version.
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/plan/delta.h"
#include "core/plan/plan_json.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

namespace octavo {
namespace {

namespace json = boost::json;

// A value with its place, so that each error can name it.
struct Place {
    const json::value& value;
    std::string pointer;

    Error error(const std::string& text) const { return {Code::config, (pointer.empty() ? "/" : pointer) + ": " + text}; }
    Error expected(const std::string& what) const { return error("found " + kind() + ", expected " + what); }
    Place at(const json::value& inner, std::string_view key) const {
        std::string escaped;  // RFC 6901
        for (const char letter : key) escaped += letter == '~' ? "~0" : letter == '/' ? "~1" : std::string(1, letter);
        return {inner, pointer + "/" + escaped};
    }
    std::string kind() const {
        const std::string text = json::serialize(value);
        return text.size() <= 60 ? text : text.substr(0, 57) + "...";
    }
};

Result<const json::object*> object_of(const Place& place) {
    if (const json::object* object = place.value.if_object()) return object;
    return place.expected("an object");
}

// The member, or an error; all members are checked against the known keys.
Result<void> check_keys(const Place& place, std::span<const std::string> known) {
    OCTAVO_TRY(const json::object* object, object_of(place));
    for (const auto& member : *object) {
        const std::string key(member.key());
        if (std::find(known.begin(), known.end(), key) == known.end())
            return place.error("has an unknown key '" + key + "'" + did_you_mean(key, known));
    }
    return {};
}

Result<Place> member(const Place& place, const char* key) {
    OCTAVO_TRY(const json::object* object, object_of(place));
    const json::value* found = object->if_contains(key);
    if (!found) return place.error(std::string("lacks '") + key + "'");
    return place.at(*found, key);
}

Result<std::string> text_of(const Place& place) {
    if (const json::string* text = place.value.if_string()) return std::string(*text);
    return place.expected("a string");
}

Result<std::string> text_member(const Place& place, const char* key) {
    OCTAVO_TRY(const Place found, member(place, key));
    return text_of(found);
}

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
        return place.error("has " + std::to_string(found.scale.size()) + " scales and " + std::to_string(found.zero_point.size()) +
                           " zero points, expected as many");
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

template <class T>
Result<std::map<std::string, T>> section(const Place& root, const char* key, Result<T> (*read)(const Place&)) {
    OCTAVO_TRY(const Place place, member(root, key));
    OCTAVO_TRY(const json::object* object, object_of(place));
    std::map<std::string, T> entries;
    for (const auto& entry : *object) {
        OCTAVO_TRY(entries[std::string(entry.key())], read(place.at(entry.value(), entry.key())));
    }
    return entries;
}

Result<void> check_format(const Place& root) {
    OCTAVO_TRY(const std::string format, text_member(root, "format"));
    OCTAVO_TRY(const Place version, member(root, "version"));
    if (format != kPlanFormat) return root.error("is no plan: format is '" + format + "'");
    const std::int64_t* number = version.value.if_int64();
    if (!number || *number != kPlanVersion) return version.expected(std::to_string(kPlanVersion));
    return {};
}

Result<void> read_head(const Place& root, Plan& plan) {
    OCTAVO_TRY(const Place graph, member(root, "graph"));
    OCTAVO_TRY(plan.graph_structure, text_member(graph, "structure"));
    OCTAVO_TRY(plan.graph_constants, text_member(graph, "constants"));
    OCTAVO_TRY(plan.objective, text_member(root, "objective"));
    OCTAVO_TRY(plan.isa, text_member(root, "isa"));
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

Result<Plan> plan_of(const json::value& value, const std::string& path) {
    const Place root{value, ""};
    const std::array<std::string, 10> known = {"format", "version", "graph",     "algorithm", "objective",
                                               "isa",    "delta",   "operators", "tensors",   "weights"};
    OCTAVO_CHECK_OK(object_of(root) ? check_format(root) : root.expected("an object"));
    OCTAVO_CHECK_OK(check_keys(root, known));
    Plan plan;
    OCTAVO_CHECK_OK(read_head(root, plan));
    OCTAVO_TRY(plan.operators, section<OperatorPlan>(root, "operators", &operator_plan));
    OCTAVO_TRY(plan.tensors, section<TensorPlan>(root, "tensors", &tensor_plan));
    OCTAVO_TRY(plan.weight_scale, section<std::vector<float>>(root, "weights", &weight_scales));
    OCTAVO_CHECK_OK(read_replaced(root, path, plan));
    return plan;
}

}  // namespace

Result<Plan> load_plan(const std::string& path) {
    OCTAVO_TRY(const MappedFile file, map_file(path, Code::config));
    boost::json::error_code failed;
    const json::value value = json::parse(json::string_view(file.text().data(), file.text().size()), failed);
    if (failed) return Error(Code::config, path + ": is no JSON: " + failed.message());
    Result<Plan> plan = plan_of(value, path);
    if (!plan) return plan.error().within(path);
    return plan;
}

}  // namespace octavo
