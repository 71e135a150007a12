// The tables, from the innermost objects outwards.
#include "core/pipeline/config_keys.h"

#include "core/base/text.h"
#include "core/base/threads.h"
#include "core/plugins/kinds.h"
#include "core/plugins/value_check.h"

#include <octavo/parameters.h>

namespace octavo {
namespace {

// Bounds that only keep numbers sane.
constexpr double kMany = 1e9, kMostPixels = 65500, kMostBatch = 1024, kMostDrop = 100, kMostPixelValue = 1e6, kMostRatio = 200;

constexpr octavo_parameter nested(const char* name, const char* fallback, const char* doc) {
    return {name, OCTAVO_STRING, fallback, 0, 0, nullptr, doc};
}
constexpr octavo_parameter reals(const char* name, const char* fallback, double minimum, double maximum, const char* doc) {
    return {name, OCTAVO_REAL_LIST, fallback, minimum, maximum, nullptr, doc};
}

// The filters of either library; core/image/resize.h says which belong together.
constexpr octavo_parameter kLibrary = string("library", "\"pillow\"", "pillow|opencv", "whose arithmetic");
constexpr octavo_parameter kFilter = string("filter", "\"bilinear\"", "bilinear|nearest|box|hamming|bicubic|lanczos|area",
                                            "area is OpenCV's; box, hamming and lanczos are Pillow's");

constexpr ConfigKey kResizeKeys[] = {
    {integer("shorter_side", "null", 1, kMostPixels, "pixels of the shorter side; the other keeps the proportions")},
    {integer("width", "null", 1, kMostPixels, "pixels, with height; the proportions are given up")},
    {integer("height", "null", 1, kMostPixels, "pixels, with width")},
    {kLibrary},
    {kFilter},
};
constexpr KeyTable kResize = {"a resize", kResizeKeys};

constexpr ConfigKey kLetterboxKeys[] = {
    {integer("width", nullptr, 1, kMostPixels, "pixels of the box")},
    {integer("height", nullptr, 1, kMostPixels, "pixels of the box")},
    {.value = integers("fill", "114", 0, 255, "what lies around the picture: a grey, or R, G, B"), .list_size = 3},
    {string("place", "\"centre\"", "centre|top_left", "where in the box the picture lies")},
    {string("round", "\"nearest\"", "nearest|down", "to whole pixels, of the picture's shorter side")},
    {kLibrary},
    {kFilter},
};
constexpr KeyTable kLetterbox = {"a letterbox", kLetterboxKeys};

constexpr ConfigKey kNormalizeKeys[] = {
    {.value = reals("mean", "0", -kMostPixelValue, kMostPixelValue, "subtracted from pixels of 0 to 255, in the order of channels below"),
     .list_size = 3},
    {.value = reals("scale", "1", -kMostPixelValue, kMostPixelValue, "factor behind the subtraction, that is 1 / standard deviation"),
     .list_size = 3},
    {string("order", "\"RGB\"", "RGB|BGR", "order in which channels enter the network")},
};
constexpr KeyTable kNormalize = {"a normalization", kNormalizeKeys};

constexpr ConfigKey kStepKeys[] = {
    {.value = nested("resize", "null", "to a size, with the arithmetic of Pillow or OpenCV"), .form = Form::section, .keys = &kResize},
    {.value = nested("letterbox", "null", "the largest size with the same proportions in a box"),
     .form = Form::section,
     .keys = &kLetterbox},
    {.value = integers("crop", "null", 1, kMostPixels, "from the centre: a side in pixels, or [height, width]"), .list_size = 2},
    {.value = nested("normalize", "null", "(pixel - mean) * scale; always the last step"), .form = Form::section, .keys = &kNormalize},
};
constexpr KeyTable kStep = {"a step", kStepKeys, true};

constexpr ConfigKey kCalibrationKeys[] = {
    {integer("limit", "300", 1, kMany, "most images")},
    {integer("skip", "0", 0, kMany, "images of the data set that are passed over first")},
};
constexpr KeyTable kCalibration = {"a slice of the data set", kCalibrationKeys, false, true};

constexpr ConfigKey kValidationKeys[] = {
    {integer("limit", "null", 1, kMany, "most images; all without it")},
    {integer("skip", "0", 0, kMany, "images of the data set that are passed over first")},
};
constexpr KeyTable kValidation = {"a slice of the data set", kValidationKeys, false, true};

constexpr ConfigKey kDropKeys[] = {
    {real("points", "null", 0, kMostDrop, "points of the figure")},
    {real("percent", "null", 0, kMostDrop, "percent of the fp32 figure")},
};
constexpr KeyTable kDrop = {"a drop", kDropKeys, true};

constexpr ConfigKey kTargetKeys[] = {
    {.value = nested("max_drop", "null", "most that the metric's principal figure may lose"), .form = Form::section, .keys = &kDrop},
    {real("min_snr_db", "null", 0, kMostRatio, "in its place, without labels: dB that the outputs must be above their error")},
    {integer("search_images", "500", 1, kMany, "most validation images that it is judged on; the others are held back")},
    {integer("max_evaluations", "100", 1, kMany, "most changed plans that are tried on them where it is missed")},
    {real("min_int8_share", "0", 0, 1, "share of the multiply-adds that must stay in int8")},
};
constexpr KeyTable kTarget = {"a target", kTargetKeys};

constexpr ConfigKey kIgnoreKeys[] = {
    {strings("names", "[]", "of operators, or of those that were fused into one")},
    {strings("patterns", "[]", "regular expressions that a whole name fits")},
    {strings("operators", "[]", "types, as octavo inspect prints them")},
};
constexpr KeyTable kIgnore = {"operators to ignore", kIgnoreKeys};

constexpr ConfigKey kConfigKeys[] = {
    {path("model", nullptr, "ONNX, OpenVINO IR, Caffe or TensorFlow Lite model")},
    {.value = nested("dataset", nullptr, "where images and annotations come from"), .form = Form::plugin, .kind = OCTAVO_DATASET},
    {.value = nested("calibration", "{}", "images that ranges are measured on"), .form = Form::section, .keys = &kCalibration},
    {.value = nested("validation", "null", "images that accuracy is measured on; what calibration leaves of the data set without it"),
     .form = Form::sections,
     .keys = &kValidation,
     .least_size = 1},
    {.value = nested("preprocess", "[]", "from a picture to the model's input, in this order"), .form = Form::sections, .keys = &kStep},
    {.value = nested("metric", "null", "what accuracy means"), .form = Form::plugin, .kind = OCTAVO_METRIC},
    {.value = nested("adapter", "\"" OCTAVO_DEFAULT_ADAPTER "\"", "from the model's outputs to predictions"),
     .form = Form::plugin,
     .kind = OCTAVO_ADAPTER},
    {.value = nested("algorithm", "\"" OCTAVO_DEFAULT_ALGORITHMS "\"",
                     "what chooses ranges and corrects; one takes the place of the first default and leaves the others on, a list is taken "
                     "as it is"),
     .form = Form::plugins,
     .kind = OCTAVO_ALGORITHM},
    {.value = nested("device", "\"" OCTAVO_DEFAULT_DEVICE "\"", "what runs the model"), .form = Form::plugin, .kind = OCTAVO_DEVICE},
    {string("objective", "\"int8\"", "int8|latency", "all that accuracy allows in int8, or what is fastest")},
    {string(
        "export", "null", "onnx|openvino",
        "form of the written model: ONNX with QuantizeLinear and DequantizeLinear, or OpenVINO IR; without it IR where the model is one")},
    {real("max_noise", "20", 0, kMany,
          "percent of an output channel's span: operators whose input grid puts more noise into one stay in floating point")},
    {.value = nested("target", "null", "how much accuracy may be lost"), .form = Form::section, .keys = &kTarget},
    {.value = nested("ignore", "null", "operators that stay in floating point"), .form = Form::section, .keys = &kIgnore},
    {integer("batch", "1", 1, kMostBatch, "images that run together; a model whose batch size is fixed runs that (give 1 or the same)")},
    {integer("threads", "0", 0, kMostThreads, "threads that run the model, and that decode images; 0: all")},
    {string("unreadable_images", "\"error\"", "error|skip", "whether an image that cannot be decoded ends the run or is counted")},
    {path("output", "\"run\"", "folder for what is written")},
    {string("$schema", "null", nullptr, "file that octavo schema has written, for editors")},
};
constexpr KeyTable kConfig = {"the config", kConfigKeys};

std::string names_of(const KeyTable& table) {
    std::vector<std::string> names;
    for (const ConfigKey& key : table.keys) names.emplace_back(key.value.name);
    if (table.dataset_parameters) names.emplace_back("parameters of the data set");
    return join(names, ", ");
}

}  // namespace

const KeyTable& config_keys() {
    return kConfig;
}

const KeyTable& step_keys() {
    return kStep;
}

const ConfigKey* find_key(const KeyTable& table, std::string_view name) {
    for (const ConfigKey& key : table.keys)
        if (key.value.name == name) return &key;
    return nullptr;
}

std::string expected_of(const KeyTable& table) {
    return (table.exactly_one ? "an object with one of " : "an object with ") + names_of(table);
}

std::string expected_of(const ConfigKey& key) {
    switch (key.form) {
        case Form::value:
            return expected_text(key.value);
        case Form::section:
            return expected_of(*key.keys);
        case Form::sections:
            return (key.least_size > 0 ? "a list that is not empty, each element " : "a list, each element ") + expected_of(*key.keys);
        case Form::plugin:
        case Form::plugins: {
            const std::string plugin =
                "the name of " + kind_with_article(key.kind) + " plugin, or an object with the key \"plugin\" and its parameters";
            return key.form == Form::plugin ? plugin : plugin + ", or a list of those";
        }
    }
    return "";
}

}  // namespace octavo
