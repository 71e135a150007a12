// One function a step. Sizes are checked by the table, what the steps mean together by check_preprocess.
#include "core/pipeline/config_preprocess.h"

#include "core/pipeline/section.h"

#include <algorithm>
#include <optional>

namespace octavo {
namespace {

namespace json = boost::json;

std::optional<Step> read_resize(Section& section) {
    const json::object* object = section.object("resize");
    if (!object) return {};
    Section size(*object, section.place("resize"), *find_key(step_keys(), "resize")->keys, section.findings());
    size.finish();
    const std::size_t before = size.findings().size();
    const std::optional<std::int64_t> shorter = size.integer("shorter_side"), width = size.integer("width"),
                                      height = size.integer("height");
    if (size.findings().size() != before) return {};
    if (shorter && !width && !height) return Step(Resize{ShorterSide{static_cast<int>(*shorter)}});
    if (!shorter && width && height) return Step(Resize{Exact{static_cast<int>(*width), static_cast<int>(*height)}});
    section.wrong(FindingCode::conflict, "resize", "either shorter_side, or width and height");
    return {};
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
constexpr StepRow kSteps[] = {{"resize", read_resize}, {"crop", read_crop}, {"normalize", read_normalize}};

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
