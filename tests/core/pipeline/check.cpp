// What can be known before the calibration is said before it: by octavo check without an image, by a run at its first one.
#include "core/pipeline/stage_check.h"

#include "core/pipeline/rehearsal.h"
#include "core/pipeline/run.h"
#include "core/pipeline/stage_samples.h"
#include "tests/support/built.h"
#include "tests/support/folder.h"

#include <octavo/metric.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <fstream>
#include <optional>
#include <ostream>

using namespace octavo;
using namespace octavo::testing;

namespace {

// The quickstart's data with another adapter, metric or algorithm.
std::string text_with(const std::string& name, const std::string& keys) {
    const std::string data = name == "detect" ? R"("dataset": {"plugin": "voc2007", "root": "VOC", "set": "val"})"
                                              : R"("dataset": {"plugin": "imagenet", "images": "images", "list": "validation.txt"})";
    return R"({"model": ")" + name + R"(.onnx", )" + data + R"(, "device": "reference", "calibration": {"limit": 8}, )" +
           R"("validation": [{"limit": 8}], "preprocess": [{"resize": {"width": 64, "height": 64}}], )" + keys + "}";
}

Result<Config> config_with(const std::string& name, const std::string& keys) {
    const std::string folder = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart";
    return parse_config(text_with(name, keys), "my.json", folder, built_registry());
}

// Everything that is said without an image.
Result<void> checked(const Config& config) {
    OCTAVO_TRY(const Ready ready, make_ready(config));
    return rehearse_on_zeros(config, ready.model, ready.device);
}

struct Mistake {
    const char* keys;
    const char* said;
};
std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
    return out << mistake.keys;
}

// Remembers the first score of each prediction, or finds fault with all of them.
class Listening final : public Metric {
public:
    static Result<std::unique_ptr<Listening>> create(const Values&) { return std::make_unique<Listening>(); }
    void reset() override {}
    Result<double> add(const octavo_blob& prediction, const octavo_blob& annotation) override {
        if (fault) return Error(*fault, "refused");
        OCTAVO_TRY(const std::span<const float> scores, values_of<float>(prediction, OCTAVO_BLOB_CLASS_SCORES, "the prediction"));
        heard.emplace_back(scores[0], class_of(annotation).value_or(-1));
        return 1.0;
    }
    Result<std::vector<Figure>> result() const override { return std::vector<Figure>(); }

    static inline std::vector<std::pair<float, std::int64_t>> heard;
    static inline std::optional<Code> fault;
};

const octavo_plugin kListening = describe<Listening>("listening", "1", "a metric for this test", {});
const LoadedPlugin kListeningPlugin{&kListening, "listening.so"};

const Mistake kMistakes[] = {
    {R"("metric": "accuracy", "adapter": {"plugin": "classes", "output": "nope"})", "/adapter: adapter 'classes': the model has no output"},
    {R"("metric": "accuracy", "adapter": {"plugin": "classes", "label_offset": 16})", "/adapter: adapter 'classes': output 'logits'"},
    {R"("metric": "mean_average_precision", "adapter": "ssd")", "/adapter: adapter 'ssd': found the outputs 'logits' [1, 16]"},
    {R"("metric": "mean_average_precision", "adapter": "detection_output")", "/adapter: adapter 'detection_output': "},
    {R"("metric": "mean_average_precision")", "/metric: metric 'mean_average_precision': the prediction: found"},
    {R"("metric": {"plugin": "accuracy", "top": [1, 50]})", "/metric: metric 'accuracy': \"top\" holds 50"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(checks)

BOOST_AUTO_TEST_CASE(what_is_right_passes) {
    const Result<Config> config = config_with("classify", R"("metric": "accuracy")");
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    const Result<void> result = checked(*config);
    BOOST_TEST(static_cast<bool>(result), (result ? "" : result.error().message()));
}

BOOST_DATA_TEST_CASE(adapters_and_metrics_that_do_not_fit_are_told_without_an_image, boost::unit_test::data::make(kMistakes), mistake) {
    const Result<Config> config = config_with("classify", mistake.keys);
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    const Result<void> result = checked(*config);
    BOOST_REQUIRE(!result);
    const std::string text = result.error().message();
    BOOST_TEST(text.starts_with("my.json:1:"), text);
    BOOST_TEST(text.find(mistake.said) != std::string::npos, text);
    BOOST_TEST(text.ends_with(" [E202-refused]"), text);
}

BOOST_DATA_TEST_CASE(a_run_tells_them_at_its_first_image, boost::unit_test::data::make(kMistakes), mistake) {
    const testing::Folder folder;
    Result<Config> config = config_with("classify", mistake.keys);
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    config->output = folder / "run";
    std::int64_t images = 0;
    RunEvents events;
    events.advance = [&](std::int64_t done) { images = done; };
    const Result<Report> report = run_calibration(*config, events);
    BOOST_REQUIRE(!report);
    BOOST_TEST(report.error().message().find(mistake.said) != std::string::npos, report.error().message());
    BOOST_TEST(images == 0);
    BOOST_TEST(!std::filesystem::exists(config->output));
}

// A picture and its own annotation, whatever was calibrated on.
BOOST_AUTO_TEST_CASE(a_metric_rehearses_with_the_first_validation_image) {
    const testing::Folder folder;
    Result<Config> config = config_with("classify", R"("adapter": "classes", "output": ")" + (folder / "run") + "\"");
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    config->metric = PluginUse{&kListeningPlugin, {}};
    config->calibration.skip = 40;
    config->validation[0].skip = 3;
    Listening::heard.clear();
    BOOST_REQUIRE(run_calibration(*config, {}));
    BOOST_REQUIRE_EQUAL(Listening::heard.size(), 17U);  // the rehearsal, then fp32 and int8 on 8 images
    BOOST_TEST(std::abs(Listening::heard[0].first - Listening::heard[1].first) < 1e-3F);
    BOOST_TEST(Listening::heard[0].second == Listening::heard[1].second);
}

// Zeros belong to no annotation: what they look like to it says nothing of the run.
BOOST_AUTO_TEST_CASE(of_what_a_metric_says_of_zeros_only_what_is_about_the_config_counts) {
    Result<Config> config = config_with("classify", R"("adapter": "classes")");
    BOOST_REQUIRE(config);
    config->metric = PluginUse{&kListeningPlugin, {}};
    for (const Code code : {Code::config, Code::model, Code::data}) {
        Listening::fault = code;
        BOOST_TEST(static_cast<bool>(checked(*config)) == (code != Code::config));
    }
    Listening::fault.reset();
}

BOOST_AUTO_TEST_CASE(algorithms_that_need_ranges_cannot_come_first) {
    int count = 0;
    for (const LoadedPlugin& plugin : built_registry().plugins) {
        if (plugin.kind() != OCTAVO_ALGORITHM) continue;
        const std::string name(plugin.name());
        for (const std::string& algorithm : {"\"" + name + "\"", "[\"" + name + "\", \"percentile\"]"}) {
            const Result<Config> config = config_with("classify", "\"algorithm\": " + algorithm);
            BOOST_TEST(static_cast<bool>(config) == !needs_ranges(plugin), name);
            if (!config) BOOST_TEST(config.error().message().find("[\"percentile\", \"" + name + "\"]") != std::string::npos);
        }
        BOOST_TEST(static_cast<bool>(config_with("classify", R"("algorithm": ["minmax", ")" + name + "\"]")));
        count += needs_ranges(plugin) ? 1 : 0;
    }
    BOOST_TEST(count == 2);  // bias_correction and refine
}

BOOST_AUTO_TEST_CASE(an_output_that_cannot_be_written_is_told_first) {
    const testing::Folder folder;
    std::ofstream(folder / "file") << "in the way";
    for (const char* output : {"file", "file/below", "file/far/below"}) {
        Result<Config> config = config_with("classify", R"("output": ")" + (folder / output) + "\"");
        BOOST_REQUIRE(config);
        const Result<Ready> ready = make_ready(*config);
        BOOST_REQUIRE(!ready);
        BOOST_TEST(static_cast<int>(ready.error().code()) == 2);
        BOOST_TEST(ready.error().message().find("/output: found '" + (folder / "file") + "', which is no folder") != std::string::npos,
                   ready.error().message());
    }
}

BOOST_AUTO_TEST_CASE(a_run_does_not_write_over_what_it_reads) {
    for (const char* name : {"model.qdq.onnx", "plan.json"}) {
        const testing::Folder folder;
        std::filesystem::copy_file(std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/classify.onnx", folder / name);
        Result<Config> config = config_with("classify", R"("export": "openvino", "output": ")" + (folder / "") + "\"");
        BOOST_REQUIRE(config);
        config->model = folder / name;
        const Result<Ready> ready = make_ready(*config);
        BOOST_REQUIRE(!ready);
        BOOST_TEST(ready.error().message().find("/output: found the folder of") != std::string::npos, ready.error().message());
        BOOST_TEST(std::filesystem::exists(folder / name));
    }
}

BOOST_AUTO_TEST_CASE(everything_that_can_be_found_is_told_at_once) {
    const testing::Folder folder;
    std::ofstream(folder / "file") << "no list\n";
    const std::string data = R"("dataset": {"plugin": "imagenet", "images": ")" + (folder / "file") + "\"}";
    const std::string text = R"({"model": "classify.onnx", "preprocess": [{"crop": [32, 32]}], "ignore": {"names": ["nobody"]}, )" + data +
                             R"(, "device": "reference", "output": ")" + (folder / "file") + "\"}";
    const Result<Config> config = parse_config(text, "my.json", std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart", built_registry());
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    const Result<Ready> ready = make_ready(*config);
    BOOST_REQUIRE(!ready);
    for (const char* part : {"/output: found", "no such folder", "/preprocess: found pictures of 32x32", "/ignore/names/0: found"})
        BOOST_TEST(ready.error().message().find(part) != std::string::npos, part << " in " << ready.error().message());
}

BOOST_AUTO_TEST_SUITE_END()
