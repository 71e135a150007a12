// Data sets of boxes as the host opens and reads them.
#pragma once

#include "core/pipeline/find_data.h"
#include "core/pipeline/stage_samples.h"
#include "tests/core/image/samples.h"

#include <octavo/blob.h>

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace octavo::testing {

inline Result<DatasetHandle> open_dataset(const std::string& name, const boost::json::object& given) {
    static const Registry registry = [] {
        const std::string folder = std::string(OCTAVO_BINARY_DIR) + "/lib/octavo/datasets/";
        const std::vector<std::string> files = {folder + "voc2007.so", folder + "coco.so"};
        return load_plugins(files);
    }();
    const LoadedPlugin* plugin = registry.find(OCTAVO_DATASET, name);
    BOOST_REQUIRE_MESSAGE(plugin, name << " is not built");
    OCTAVO_TRY(const ParameterValues values, parameters_of(*plugin, given));
    return DatasetHandle::create(*plugin, values);
}

inline std::string small_jpeg() {  // 10x6
    const std::vector<std::byte> bytes = test::bytes_of(test::kColourJpeg);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// "code: message" of what cannot be opened.
inline std::string refusal(const std::string& name, const boost::json::object& given) {
    const Result<DatasetHandle> dataset = open_dataset(name, given);
    return dataset ? "opened" : std::to_string(static_cast<int>(dataset.error().code())) + ": " + dataset.error().message();
}

inline std::vector<octavo_box> boxes_of(const octavo_sample& sample) {
    const auto boxes = values_of<octavo_box>(sample.annotation, OCTAVO_BLOB_BOXES, "the annotation");
    BOOST_REQUIRE(boxes);
    return {boxes->begin(), boxes->end()};
}

// "LABEL LEFT TOP RIGHT BOTTOM" a box, with "difficult" or "crowd" behind it; then the note.
inline std::string told(const Result<octavo_sample>& sample) {
    if (!sample) return std::to_string(static_cast<int>(sample.error().code())) + ": " + sample.error().message();
    std::string text;
    for (const octavo_box& box : boxes_of(*sample)) {
        char line[200];
        std::snprintf(line, sizeof line, "%d %g %g %g %g%s%s; ", box.label, static_cast<double>(box.left), static_cast<double>(box.top),
                      static_cast<double>(box.right), static_cast<double>(box.bottom), box.difficult ? " difficult" : "",
                      box.crowd ? " crowd" : "");
        text += line;
        BOOST_TEST(box.score == 1.0F);
    }
    return text + (sample->note ? sample->note : "");
}

// As a run reads them, for images of 10x6 pixels.
inline Result<SamplesDone> read_all(const DatasetHandle& dataset, bool skip_unreadable) {
    const std::vector<Port> ports = {{"x", OCTAVO_F32, {2, 3, 6, 10}}};
    const Preprocess none;
    return for_each_batch({dataset, 0, dataset.count(), none, ports, 2, skip_unreadable}, [](const Batch&) -> Result<void> { return {}; });
}

}  // namespace octavo::testing
