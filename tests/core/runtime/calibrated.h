// What the tests of the runtime share: a run of the quickstart, what the host answers on its images, and short words for the interface.
#pragma once

#include "core/base/files.h"
#include "core/pipeline/run.h"
#include "core/pipeline/stage_load.h"
#include "core/pipeline/stage_samples.h"
#include "tests/support/folder.h"
#include "tests/support/networks.h"

#include <octavo/runtime.h>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace octavo::testing {

inline const std::string kQuickstart = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart";
inline const std::string kModel = kQuickstart + "/classify.onnx";
inline constexpr std::size_t kImages = 12;

inline Config quickstart(const std::string& output) {
    static const Registry registry = load_plugins(find_plugin_libraries({std::string(OCTAVO_BINARY_DIR) + "/bin", {}, ""}));
    Overrides overrides;
    overrides.output = output;
    overrides.limit = 24;
    Config config = must(read_config(kQuickstart + "/classify.json", registry, overrides));
    config.target.reset();
    return config;
}

// A run of the quickstart, made once, with what the host answers on some of its images.
struct Calibrated {
    Calibrated() : config(quickstart(folder.path.string())) {
        must(run_calibration(config, {}));
        const std::string list = must(read_text(kQuickstart + "/validation.txt", Code::data));
        for (std::size_t at = 0; images.size() < kImages; at = list.find('\n', at) + 1)
            images.push_back(kQuickstart + "/images/" + list.substr(at, list.find(' ', at) - at));
    }

    std::vector<float> answer(const std::string& image, const Plan* plan) const {
        const Model model = must(load_model(config.model));
        Session session = must(Session::compile(device("onednn"), must(with_batch(model.executed, 1)), plan, {1, {}, false}));
        must_be_done(session.run(must(batch_of_image(image, config.preprocess, session.inputs())).inputs));
        return row_major(session.output_views()[0]);
    }
    static void must_be_done(const Result<void>& result) { BOOST_REQUIRE_MESSAGE(result, (result ? "" : result.error().message())); }

    std::string run() const { return folder.path.string(); }
    std::string text(const char* name) const { return must(read_text(folder / name, Code::data)); }

    Folder folder;
    Config config;
    std::vector<std::string> images;
};

inline const Calibrated& calibrated() {
    static const Calibrated made;
    return made;
}

inline std::vector<std::byte> bytes_of(const std::string& path) {
    const MappedFile file = must(map_file(path, Code::data));
    return {file.bytes().begin(), file.bytes().end()};
}

inline std::vector<float> floats(const octavo_port& port) {
    const auto found = must(runtime::values<const float>(port));
    return {found.begin(), found.end()};
}

inline std::vector<float> answer(runtime::Stream& stream, const std::string& image) {
    must(stream.set_image(0, bytes_of(image)));
    Calibrated::must_be_done(stream.run());
    return floats(stream.outputs()[0]);
}

template <class T>
void check_refused(const Result<T>& result, Code code, const std::string& part) {
    BOOST_REQUIRE_MESSAGE(!result, "was not refused: " << part);
    BOOST_TEST(static_cast<int>(result.error().code()) == static_cast<int>(code));
    BOOST_TEST(result.error().message().find(part) != std::string::npos, "'" << result.error().message() << "' says nothing of '" << part);
}

}  // namespace octavo::testing
