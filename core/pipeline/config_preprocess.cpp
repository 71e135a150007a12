// One function a step. Sizes are checked here, what the steps mean together by check_preprocess.
#include "core/pipeline/config_preprocess.h"

#include "core/pipeline/section.h"

#include <cmath>
#include <optional>

namespace octavo {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMostPixels = 65500;

std::optional<Step> read_resize(Section& section) {
    const json::object* object = section.object("resize", "an object with shorter_side, or with width and height");
    if (!object) return {};
    Section size(*object, section.place("resize"), section.findings());
    const auto side = [&](const char* key) { return static_cast<int>(size.integer(key, 0, 1, kMostPixels)); };
    const bool by_side = size.find("shorter_side") != nullptr;
    const bool exact = size.find("width") != nullptr && size.find("height") != nullptr;
    if (by_side == exact) {
        section.wrong("resize", "either shorter_side, or width and height");
        return {};
    }
    Step step = by_side ? Step(Resize{ShorterSide{side("shorter_side")}}) : Step(Resize{Exact{side("width"), side("height")}});
    size.finish();
    return step;
}

std::optional<Step> read_crop(Section& section) {
    constexpr const char* kExpected = "a side in pixels, or [height, width]";
    const json::value* value = section.find("crop");
    if (value->is_number()) {
        const int side = static_cast<int>(section.integer("crop", 0, 1, kMostPixels));
        return Step(Crop{side, side});
    }
    const json::array* sides = value->if_array();
    std::int64_t height = 0, width = 0;
    if (sides && sides->size() == 2 && (*sides)[0].is_int64() && (*sides)[1].is_int64()) {
        height = (*sides)[0].get_int64();
        width = (*sides)[1].get_int64();
    }
    if (height < 1 || width < 1 || height > kMostPixels || width > kMostPixels) {
        section.wrong("crop", kExpected);
        return {};
    }
    return Step(Crop{static_cast<int>(width), static_cast<int>(height)});
}

// One number for all channels, or three.
void read_channels(Section& section, const char* key, std::array<float, 3>& out) {
    const json::value* value = section.find(key);
    if (!value) return;
    const auto finite = [](const json::value& x) { return x.is_number() && std::isfinite(x.to_number<double>()); };
    if (finite(*value)) {
        out.fill(static_cast<float>(value->to_number<double>()));
        return;
    }
    const json::array* list = value->if_array();
    if (!list || list->size() != 3 || !finite((*list)[0]) || !finite((*list)[1]) || !finite((*list)[2]))
        return section.wrong(key, "a number, or a list of three, one a channel in the order that enters the network");
    for (std::size_t c = 0; c < 3; ++c) out[c] = static_cast<float>((*list)[c].to_number<double>());
}

std::optional<Step> read_normalize(Section& section) {
    const json::object* object = section.object("normalize", "an object with mean, scale and order");
    if (!object) return {};
    Section numbers(*object, section.place("normalize"), section.findings());
    Normalize normalize;
    read_channels(numbers, "mean", normalize.mean);
    read_channels(numbers, "scale", normalize.scale);
    normalize.order = numbers.choice("order", {"RGB", "BGR"}, "RGB") == "BGR" ? ChannelOrder::bgr : ChannelOrder::rgb;
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
        if (!object || object->size() != 1) {
            findings.push_back({place, shown(steps[i]), "an object with one key: resize, crop or normalize", ""});
            continue;
        }
        Section section(*object, place, findings);
        for (const StepRow& row : kSteps) {
            if (!section.find(row.name)) continue;
            if (std::optional<Step> step = row.read(section)) result.steps.push_back(*step);
        }
        section.finish();
    }
    if (findings.size() == before)
        if (const Result<void> together = check_preprocess(result); !together)
            findings.push_back({pointer, "steps that do not go together (" + together.error().message() + ")", "", ""});
    return result;
}

}  // namespace octavo
