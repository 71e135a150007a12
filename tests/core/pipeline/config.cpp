// Configs: what is read, and the messages for what cannot be. Two plugins of every kind that a config names are made up here.
#include "core/pipeline/config.h"
#include "tests/support/folder.h"

#include <octavo/parameters.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace octavo;
namespace fs = std::filesystem;

namespace {

constexpr octavo_parameter kImages[] = {path("images", nullptr, "folder of the images"), path("list", "null", "file of names")};
constexpr octavo_parameter kTop[] = {integers("top", "[1]", 1, 1000, "ranks that count")};
constexpr octavo_parameter kPercent[] = {real("percent", "99.999", 50, 100, "share that is kept")};

octavo_plugin plugin(octavo_kind kind, const char* name, std::span<const octavo_parameter> table) {
    return {sizeof(octavo_plugin), OCTAVO_ABI_VERSION, kind, name, "1", "", table.data(), static_cast<std::int32_t>(table.size()), nullptr};
}

// The default plugins by the names that the build gives them, and one other algorithm and device.
const Registry& registry() {
    static const octavo_plugin plugins[] = {plugin(OCTAVO_DATASET, "pictures", kImages),
                                            plugin(OCTAVO_ADAPTER, "classes", {}),
                                            plugin(OCTAVO_METRIC, "accuracy", kTop),
                                            plugin(OCTAVO_ALGORITHM, "bias_correction", {}),
                                            plugin(OCTAVO_ALGORITHM, "percentile", kPercent),
                                            plugin(OCTAVO_ALGORITHM, "widest", {}),
                                            plugin(OCTAVO_DEVICE, "onednn", {}),
                                            plugin(OCTAVO_DEVICE, "slow", {})};
    static const Registry made = [] {
        Registry all;
        for (const octavo_plugin& one : plugins) all.plugins.push_back({&one, "x.so"});
        return all;
    }();
    return made;
}

// A folder with the model that configs name; the same for all of them, since messages name it.
const std::string& config_folder() {
    static const testing::Folder folder;
    static const std::string path = folder.path.string();
    if (!fs::exists(path + "/m.onnx")) folder.write("m.onnx", "model");
    return path;
}

Result<Config> parse(const std::string& text, const Overrides& overrides = {}) {
    return parse_config(text, "my.json", config_folder(), registry(), overrides);
}

// A complete config with `more` in it.
std::string with(const std::string& more) {
    return R"({"model": "m.onnx", "dataset": {"plugin": "pictures", "images": "i"}, "metric": "accuracy")" +
           (more.empty() ? "" : ", " + more) + "}";
}

Config good(const std::string& text, const Overrides& overrides = {}) {
    Result<Config> config = parse(text, overrides);
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    return std::move(config).value();
}

std::string message(const std::string& text) {
    const Result<Config> config = parse(text);
    BOOST_REQUIRE(!config);
    BOOST_TEST(static_cast<int>(config.error().code()) == 2);
    return config.error().message();
}

std::vector<std::string> algorithms(const Config& config) {
    std::vector<std::string> names;
    for (const PluginUse& use : config.algorithms) names.emplace_back(use.plugin->name());
    return names;
}
const auto each = boost::test_tools::per_element();

}  // namespace

BOOST_AUTO_TEST_SUITE(configs)

BOOST_AUTO_TEST_CASE(model_dataset_and_metric_are_enough) {
    const Config config = good(with(""));
    BOOST_TEST(config.calibration.limit == 300);
    BOOST_TEST(config.calibration.skip == 0);
    BOOST_REQUIRE_EQUAL(config.validation.size(), 1U);
    BOOST_TEST(config.validation[0].skip == 300);  // what calibration leaves
    BOOST_TEST(config.validation[0].limit == 0);
    const std::vector<std::string> expected = {"percentile", "bias_correction"};
    BOOST_TEST(algorithms(config) == expected, each);
    BOOST_TEST(config.device.plugin->name() == "onednn");
    BOOST_TEST(config.adapter->plugin->name() == "classes");
    BOOST_TEST((config.objective == Objective::int8));
    BOOST_TEST(config.batch == 1);
    BOOST_TEST(!config.target);
    BOOST_TEST(!config.skip_unreadable);
}

BOOST_AUTO_TEST_CASE(a_config_that_says_everything_is_read_whole) {
    const Config config = good(R"({ // comments are welcome
        "model": "./m.onnx",
        "dataset": {"plugin": "pictures", "images": "i", "list": "a.txt"},
        "calibration": {"limit": 20, "skip": 5},
        "validation": [{"skip": 25}, {"list": "b.txt", "limit": 7}],
        "preprocess": [{"resize": {"shorter_side": 256}}, {"crop": [200, 224]},
                       {"normalize": {"mean": [1, 2, 3], "scale": 0.5, "order": "BGR"}}],
        "adapter": {"plugin": "classes"}, "metric": {"plugin": "accuracy", "top": [1, 5]},
        "algorithm": ["widest", {"plugin": "percentile", "percent": 99}],
        "device": {"plugin": "slow"}, "target": {"max_drop": {"percent": 1.5}}, "objective": "latency",
        "batch": 4, "threads": 2, "unreadable_images": "skip", "output": "../out",
    })");
    const std::string folder = config_folder();
    BOOST_TEST(config.model == folder + "/m.onnx");
    BOOST_TEST(config.output == fs::path(folder).parent_path().string() + "/out");
    BOOST_TEST(config.calibration.limit == 20);
    BOOST_TEST(config.calibration.skip == 5);
    BOOST_REQUIRE_EQUAL(config.validation.size(), 2U);
    BOOST_TEST(Values(kImages, config.validation[0].dataset.data()).text("list") == folder + "/a.txt");
    BOOST_TEST(Values(kImages, config.validation[1].dataset.data()).text("list") == folder + "/b.txt");
    BOOST_TEST(Values(kImages, config.validation[1].dataset.data()).text("images") == folder + "/i");
    BOOST_TEST(config.validation[1].limit == 7);
    BOOST_REQUIRE_EQUAL(config.preprocess.steps.size(), 3U);
    BOOST_TEST(std::get<ShorterSide>(std::get<Resize>(config.preprocess.steps[0]).to).length == 256);
    BOOST_TEST(std::get<Crop>(config.preprocess.steps[1]).height == 200);
    BOOST_TEST(std::get<Crop>(config.preprocess.steps[1]).width == 224);
    const Normalize& normalize = std::get<Normalize>(config.preprocess.steps[2]);
    BOOST_TEST(normalize.mean[2] == 3.0F);
    BOOST_TEST(normalize.scale[1] == 0.5F);
    BOOST_TEST((normalize.order == ChannelOrder::bgr));
    const std::vector<std::string> expected = {"widest", "percentile"};
    BOOST_TEST(algorithms(config) == expected, each);
    BOOST_TEST(config.device.plugin->name() == "slow");
    BOOST_REQUIRE(config.target);
    BOOST_TEST((config.target->unit == Target::Unit::percent));
    BOOST_TEST(config.target->max_drop == 1.5);
    BOOST_TEST((config.objective == Objective::latency));
    BOOST_TEST(config.batch == 4);
    BOOST_TEST(config.threads == 2);
    BOOST_TEST(config.skip_unreadable);
    BOOST_TEST(boost::json::parse(config.json).at_pointer("/algorithm/1/percent").to_number<double>() == 99);
}

BOOST_AUTO_TEST_CASE(one_algorithm_takes_the_place_of_the_one_that_chooses_ranges) {
    const std::vector<std::string> kept = {"widest", "bias_correction"}, alone = {"widest"};
    BOOST_TEST(algorithms(good(with(R"("algorithm": "widest")"))) == kept, each);
    BOOST_TEST(algorithms(good(with(R"("algorithm": {"plugin": "widest"})"))) == kept, each);
    BOOST_TEST(algorithms(good(with(R"("algorithm": ["widest"])"))) == alone, each);
}

BOOST_AUTO_TEST_CASE(the_command_line_stands_above_the_config) {
    Overrides overrides;
    overrides.algorithm = "widest,";
    overrides.device = "slow";
    overrides.objective = "latency";
    overrides.limit = 50;
    overrides.batch = 8;
    overrides.output = "/elsewhere";
    const Config config = good(with(R"("device": "onednn", "output": "x", "validation": [{"limit": 3}, {}])"), overrides);
    BOOST_TEST(algorithms(config) == std::vector<std::string>{"widest"}, each);
    BOOST_TEST(config.device.plugin->name() == "slow");
    BOOST_TEST(config.calibration.limit == 50);
    BOOST_TEST(config.validation[0].limit == 3);
    BOOST_TEST(config.validation[1].limit == 50);
    BOOST_TEST(config.batch == 8);
    BOOST_TEST(config.output == "/elsewhere");
}

BOOST_AUTO_TEST_CASE(a_limit_on_the_command_line_does_not_move_what_validation_starts_with) {
    Overrides overrides;
    overrides.limit = 10;
    BOOST_TEST(good(with(""), overrides).validation[0].skip == 300);
}

BOOST_AUTO_TEST_CASE(each_fault_has_its_message) {
    const std::string folder = config_folder();
    const std::pair<std::string, std::string> cases[] = {
        {R"("objectiv": "int8")",
         "/objectiv: found an unknown key, expected one of model, dataset, calibration, validation, preprocess, metric, adapter, device, "
         "algorithm, objective, batch, threads, unreadable_images, target, output; did you mean 'objective'?"},
        {R"("objective": "speed")", "/objective: found \"speed\", expected one of int8, latency"},
        {R"("objective": "int")", "/objective: found \"int\", expected one of int8, latency; did you mean 'int8'?"},
        {R"("batch": 0)", "/batch: found 0, expected an integer from 1 to 1024"},
        {R"("batch": "8")", "/batch: found \"8\", expected an integer from 1 to 1024"},
        {R"("threads": -1)", "/threads: found -1, expected an integer from 0 to 1024"},
        {R"("calibration": 300)", "/calibration: found 300, expected an object with limit, skip and changed dataset parameters"},
        {R"("calibration": {"limit": 0})", "/calibration/limit: found 0, expected an integer from 1 to 1000000000"},
        {R"("calibration": {"lst": "a"})",
         "/calibration/lst: found a key that dataset 'pictures' does not know, expected one of images, list; did you mean 'list'?"},
        {R"("validation": {"skip": 3})",
         "/validation: found {\"skip\": 3}, expected a list of objects with limit, skip and changed dataset parameters"},
        {R"("validation": [{"skip": -3}])", "/validation/0/skip: found -3, expected an integer from 0 to 1000000000"},
        {R"("device": "onedn")", "/device: found \"onedn\", expected a device plugin (onednn, slow); did you mean 'onednn'?"},
        {R"("device": {"name": "onednn"})",
         "/device/plugin: found nothing, expected the name of a device plugin, or an object with the key \"plugin\""},
        {R"("algorithm": [])", "/algorithm: found [], expected at least one algorithm"},
        {R"("algorithm": ["widest", {"plugin": "percentile", "percent": 10}])",
         "/algorithm/1/percent: found 10, expected a number from 50 to 100 (share that is kept)"},
        {R"("adapter": {"plugin": "boxes"})", "/adapter/plugin: found \"boxes\", expected an adapter plugin (classes)"},
        {R"("preprocess": [{"resize": 256}])",
         "/preprocess/0/resize: found 256, expected an object with shorter_side, or with width and height"},
        {R"("preprocess": [{"resize": {"width": 3}}])",
         "/preprocess/0/resize: found {\"width\": 3}, expected either shorter_side, or width and height"},
        {R"("preprocess": [{"crop": 224, "resize": {}}])",
         "/preprocess/0: found {\"crop\": 224, \"resize\": {}}, expected an object with one key: resize, crop or normalize"},
        {R"("preprocess": [{"cropp": 224}])",
         "/preprocess/0/cropp: found an unknown key, expected one of resize, crop, normalize; did you mean 'crop'?"},
        {R"("preprocess": [{"normalize": {"mean": [1, 2]}}])",
         "/preprocess/0/normalize/mean: found [1, 2], expected a number, or a list of three, one a channel in the order that enters the "
         "network"},
        {R"("preprocess": [{"normalize": {"order": "rgb"}}])", "/preprocess/0/normalize/order: found \"rgb\", expected one of RGB, BGR"},
        {R"("target": {"max_drop": 1.0})", "/target/max_drop: found 1, expected {\"points\": 1.0} or {\"percent\": 1.0}"},
        {R"("target": {"max_drop": {"points": 1, "percent": 1}})",
         "/target/max_drop: found {\"points\": 1, \"percent\": 1}, expected either points or percent"},
        {R"("unreadable_images": true)", "/unreadable_images: found true, expected one of error, skip"},
    };
    for (const auto& [more, expected] : cases) BOOST_TEST(message(with(more)) == "my.json: " + expected);
}

BOOST_AUTO_TEST_CASE(everything_that_is_missing_is_named_at_once) {
    BOOST_TEST(message("{}") ==
               "my.json: /model: found nothing, expected the path of an ONNX file\n"
               "my.json: /dataset: found nothing, expected an object with the key \"plugin\" and the parameters of that data set");
    BOOST_TEST(message(R"({"model": "absent.onnx", "dataset": {"plugin": "pictures"}, "target": {"max_drop": {"points": 1}}})") ==
               "my.json: /model: found no file " + config_folder() +
                   "/absent.onnx, expected the path of an ONNX file\n"
                   "my.json: /dataset/images: found nothing, expected a path (folder of the images)\n"
                   "my.json: /metric: found nothing, expected a metric, since /target speaks of its principal figure");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_named_by_line_and_column) {
    BOOST_TEST(message("{\n  \"model\": m.onnx\n}").starts_with("my.json:2:12: not JSON: "));
    BOOST_TEST(message("[1]") == "my.json: found [1], expected a JSON object");
    BOOST_TEST(message("{\"model\": \"m.onnx\"").starts_with("my.json:1:19: not JSON: "));
    BOOST_TEST(message("{} x") == "my.json:1:4: not JSON: text behind the end");
}

BOOST_AUTO_TEST_CASE(a_missing_config_is_an_error_of_the_command_line) {
    const Result<Config> config = read_config("/nowhere/my.json", registry());
    BOOST_REQUIRE(!config);
    BOOST_TEST(static_cast<int>(config.error().code()) == 2);
    BOOST_TEST(config.error().message().starts_with("/nowhere/my.json: "));
}

BOOST_AUTO_TEST_SUITE_END()
