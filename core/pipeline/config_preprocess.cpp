// One function a step. Sizes are checked by the table, what the steps mean together by check_preprocess.
#include "core/pipeline/config_preprocess.h"

#include "core/base/text.h"
#include "core/pipeline/section.h"

#include <algorithm>
#include <optional>

namespace octavo {
namespace {

namespace json = boost::json;

// "library" and "filter" go together: each library has filters of its own.
const ResizeMethod* read_method(Section& section) {
    const std::optional<std::string> library = section.text("library"), filter = section.text("filter");
    std::vector<std::string> filters;
    for (const ResizeMethod& method : resize_methods()) {
        if (method.library != library) continue;
        if (method.filter == filter) return &method;
        filters.emplace_back(method.filter);
    }
    if (library && filter) section.wrong(FindingCode::conflict, "filter", "one of " + *library + "'s: " + join(filters, ", "));
    return &resize_methods().front();
}

std::optional<Step> read_resize(Section& section) {
    const json::object* object = section.object("resize");
    if (!object) return {};
    Section size(*object, section.place("resize"), *find_key(step_keys(), "resize")->keys, section.findings());
    size.finish();
    const std::size_t before = size.findings().size();
    const std::optional<std::int64_t> shorter = size.integer("shorter_side"), width = size.integer("width"),
                                      height = size.integer("height");
    const ResizeMethod* const method = read_method(size);
    if (size.findings().size() != before) return {};
    if (shorter && !width && !height) return Step(Resize{ShorterSide{static_cast<int>(*shorter)}, method});
    if (!shorter && width && height) return Step(Resize{Exact{static_cast<int>(*width), static_cast<int>(*height)}, method});
    section.wrong(FindingCode::conflict, "resize", "either shorter_side, or width and height");
    return {};
}

std::optional<Step> read_letterbox(Section& section) {
    const json::object* object = section.object("letterbox");
    if (!object) return {};
    Section box(*object, section.place("letterbox"), *find_key(step_keys(), "letterbox")->keys, section.findings());
    Letterbox step;
    step.width = static_cast<int>(box.integer("width").value_or(0));
    step.height = static_cast<int>(box.integer("height").value_or(0));
    if (const std::optional<std::vector<double>> fill = box.numbers("fill"))
        std::transform(fill->begin(), fill->end(), step.fill.begin(), [](double value) { return static_cast<std::uint8_t>(value); });
    step.place = box.text("place") == "top_left" ? Letterbox::Place::top_left : Letterbox::Place::centre;
    step.round = box.text("round") == "down" ? Letterbox::Round::down : Letterbox::Round::nearest;
    step.method = read_method(box);
    box.finish();
    return Step(step);
}

std::optional<Step> read_crop(Section& section) {
    const std::optional<std::vector<double>> sides = section.numbers("crop");
    if (!sides) return {};
    return Step(Crop{static_cast<int>((*sides)[1]), static_cast<int>((*sides)[0])});
}

void read_channels(Section& section, const char* key, std::array<float, 3>& out) {
    const std::optional<std::vector<double>> values = section.numbers(key);
    if (values) std::transform(values->begin(), values->end(), out.begin(), [](double value) { return static_cast<float>(value); });
}

std::optional<Step> read_normalize(Section& section) {
    const json::object* object = section.object("normalize");
    if (!object) return {};
    Section numbers(*object, section.place("normalize"), *find_key(step_keys(), "normalize")->keys, section.findings());
    Normalize normalize;
    read_channels(numbers, "mean", normalize.mean);
    read_channels(numbers, "scale", normalize.scale);
    normalize.order = numbers.text("order") == "BGR" ? ChannelOrder::bgr : ChannelOrder::rgb;
    numbers.finish();
    return Step(normalize);
}

struct StepRow {
    const char* name;
    std::optional<Step> (*read)(Section& section);
};
constexpr StepRow kSteps[] = {{"resize", read_resize}, {"letterbox", read_letterbox}, {"crop", read_crop}, {"normalize", read_normalize}};

}  // namespace

Preprocess read_preprocess(const json::array& steps, const std::string& pointer, std::vector<Finding>& findings) {
    Preprocess result;
    const std::size_t before = findings.size();
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const std::string place = pointer + "/" + std::to_string(i);
        const json::object* object = steps[i].if_object();
        if (!object) {
            findings.push_back({FindingCode::wrong_type, place, shown(steps[i]), expected_of(step_keys()), ""});
            continue;
        }
        Section section(*object, place, step_keys(), findings);
        for (const StepRow& row : kSteps) {
            if (!section.find(row.name)) continue;
            if (std::optional<Step> step = row.read(section)) result.steps.push_back(*step);
        }
        section.finish();
    }
    if (findings.size() == before)
        if (const Result<void> together = check_preprocess(result); !together)
            findings.push_back(
                {FindingCode::conflict, pointer, "steps that do not go together (" + together.error().message() + ")", "", ""});
    return result;
}

}  // namespace octavo
