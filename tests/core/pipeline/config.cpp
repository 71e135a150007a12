// Configs: what is read, and the messages for what cannot be. Whole broken files stand in tests/data/broken, each with what is said of it.
#include "core/pipeline/config.h"
#include "core/pipeline/config_keys.h"
#include "core/pipeline/stage_check.h"
#include "tests/support/folder.h"
#include "tests/support/golden.h"
#include "tests/support/registry.h"

#include <octavo/parameters.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace octavo;
using testing::kImages;
namespace fs = std::filesystem;

namespace {

// A folder with the files that configs name; the same for all of them, since messages name it.
const std::string& config_folder() {
    static const testing::Folder folder;
    static const std::string path = folder.path.string();
    if (fs::exists(path + "/m.onnx")) return path;
    for (const char* name : {"m.onnx", "a.txt", "b.txt", "i/1.jpg"}) folder.write(name, "not looked into");
    return path;
}

Result<Config> parse(const std::string& text, const Overrides& overrides = {}) {
    return parse_config(text, "my.json", config_folder(), testing::made_up_registry(), overrides);
}

// A complete config with `more` in it.
std::string with(const std::string& more) {
    return R"({"model": "m.onnx", "dataset": {"plugin": "imagenet", "images": "i"}, "metric": "accuracy")" +
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
        "dataset": {"plugin": "imagenet", "images": "i", "list": "a.txt"},
        "calibration": {"limit": 20, "skip": 5},
        "validation": [{"skip": 25}, {"list": "b.txt", "limit": 7}],
        "preprocess": [{"resize": {"shorter_side": 256}}, {"crop": [200, 224]},
                       {"normalize": {"mean": [1, 2, 3], "scale": 0.5, "order": "BGR"}}],
        "adapter": {"plugin": "classes"}, "metric": {"plugin": "accuracy", "top": [1, 5]},
        "algorithm": ["widest", {"plugin": "percentile", "percent": 99}],
        "device": {"plugin": "slow"}, "target": {"max_drop": {"percent": 1.5}}, "objective": "latency", "export": "openvino",
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
    BOOST_TEST(config.target->limit == 1.5);
    BOOST_TEST((config.objective == Objective::latency));
    BOOST_TEST((config.export_as == ModelForm::openvino));
    BOOST_TEST(config.batch == 4);
    BOOST_TEST(config.threads == 2);
    BOOST_TEST(config.skip_unreadable);
    BOOST_TEST(boost::json::parse(config.json).at_pointer("/algorithm/1/percent").to_number<double>() == 99);
}

BOOST_AUTO_TEST_CASE(what_the_report_shows_is_a_config_that_means_the_same_in_any_folder) {
    for (const char* more : {"", R"("validation": [{"list": "a.txt"}, {"list": "b.txt", "skip": 2, "limit": 7}])",
                             R"("calibration": {"list": "b.txt", "limit": 3}, "adapter": "classes", "algorithm": {"plugin": "widest"})",
                             R"("target": {"max_drop": {"points": 1}}, "ignore": {"operators": ["Gemm"]}, "output": "out")"}) {
        const Config config = good(with(more));
        const Result<Config> again = parse_config(config.json, "report.json", "/nowhere", testing::made_up_registry(), {});
        BOOST_REQUIRE_MESSAGE(again, (again ? "" : again.error().message()));
        BOOST_TEST(boost::json::parse(again->json) == boost::json::parse(config.json));
        BOOST_REQUIRE_EQUAL(again->validation.size(), config.validation.size());
        for (std::size_t i = 0; i < config.validation.size(); ++i) {
            BOOST_TEST(again->validation[i].dataset.json() == config.validation[i].dataset.json());
            BOOST_TEST(again->validation[i].skip == config.validation[i].skip);
            BOOST_TEST(again->validation[i].limit == config.validation[i].limit);
        }
    }
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
    overrides.export_as = "onnx";
    overrides.limit = 50;
    overrides.batch = 8;
    overrides.output = "/elsewhere";
    const Config config =
        good(with(R"("device": "onednn", "export": "openvino", "output": "x", "validation": [{"limit": 3}, {}])"), overrides);
    BOOST_TEST(algorithms(config) == std::vector<std::string>{"widest"}, each);
    BOOST_TEST(config.device.plugin->name() == "slow");
    BOOST_TEST((config.export_as == ModelForm::onnx));
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

BOOST_AUTO_TEST_CASE(every_finding_names_line_column_pointer_and_code) {
    BOOST_TEST(
        message(
            "{\n  \"modle\": \"m.onnx\",\n  \"dataset\": {\"plugin\": \"imagenet\", \"images\": \"i\"},\n  /* \u00e9 */ \"batch\": 0\n}") ==
        "my.json:1:1: /model: found nothing, expected a path (ONNX, OpenVINO IR, Caffe or TensorFlow Lite model) [E102-missing-key]\n"
        "my.json:2:3: /modle: found an unknown key, expected one of model, dataset, calibration, validation, preprocess, "
        "metric, adapter, algorithm, device, objective, export, max_noise, target, ignore, batch, threads, unreadable_images, output, "
        "$schema; did "
        "you mean "
        "'model'? "
        "[E101-unknown-key]\n"
        "my.json:4:20: /batch: found 0, expected an integer from 1 to 1024 (images that run together; a model whose batch size is fixed "
        "runs that (give 1 or the same)) [E104-impossible-value]");
}

BOOST_AUTO_TEST_CASE(a_ratio_is_a_target_that_needs_no_metric) {
    const Result<Config> config = parse(with(R"("target": {"min_snr_db": 25, "search_images": 40}, "ignore": {"patterns": ["conv.*"]})"));
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    BOOST_TEST((config->target->unit == Target::Unit::snr_db));
    BOOST_TEST(config->target->limit == 25);
    BOOST_TEST(config->target->search_images == 40);
    BOOST_TEST(config->target->most_evaluations == 100);
    BOOST_TEST(config->ignore.patterns == std::vector<std::string>{"conv.*"}, boost::test_tools::per_element());
    BOOST_TEST(message(with(R"("target": {"search_images": 9})")).find("expected either max_drop or min_snr_db") != std::string::npos);
    BOOST_TEST(message(with(R"("ignore": {"patterns": ["conv("]})")).find("expected a regular expression (") != std::string::npos);
}

// Whatever the table declares is read: a value that is wrong for every form is found.
BOOST_AUTO_TEST_CASE(every_declared_key_is_checked) {
    for (const ConfigKey& key : config_keys().keys) {
        const std::string text = "{\"" + std::string(key.value.name) + "\": [[]]}";
        BOOST_TEST(message(text).find(": /" + std::string(key.value.name)) != std::string::npos, text);
        BOOST_TEST(message(text).find("E103-wrong-type") != std::string::npos, text);
    }
}

BOOST_AUTO_TEST_CASE(what_an_option_has_set_is_said_of_the_option) {
    Overrides overrides;
    overrides.batch = 0;
    const Result<Config> config = parse(with("\"batch\": 7"), overrides);
    BOOST_REQUIRE(!config);
    BOOST_TEST(config.error().message() ==
               "--batch: /batch: found 0, expected an integer from 1 to 1024 (images that run together; a model whose batch size is fixed "
               "runs that (give 1 or the same)) [E104-impossible-value]");
}

// Whoever reads what octavo check prints sees everything that acts.
BOOST_AUTO_TEST_CASE(options_that_are_not_given_are_shown_with_what_they_are) {
    const Config config = good(with(R"("preprocess": [{"resize": {"width": 8, "height": 8, "filter": "nearest"}},
        {"letterbox": {"width": 8, "height": 9}}, {"normalize": {}}], "target": {"min_snr_db": 20}, "ignore": {"operators": ["Conv"]})"));
    const boost::json::value shown = boost::json::parse(config.json);
    BOOST_TEST(shown.at("preprocess") == boost::json::parse(R"([
        {"resize": {"width": 8, "height": 8, "filter": "nearest", "library": "pillow"}},
        {"letterbox": {"width": 8, "height": 9, "fill": 114, "place": "centre", "round": "nearest", "library": "pillow", "filter": "bilinear"}},
        {"normalize": {"mean": 0, "scale": 1, "order": "RGB"}}])"));
    BOOST_TEST(shown.at("target") ==
               boost::json::parse(R"({"min_snr_db": 20, "search_images": 500, "max_evaluations": 100, "min_int8_share": 0.0})"));
    BOOST_TEST(shown.at("ignore") == boost::json::parse(R"({"names": [], "patterns": [], "operators": ["Conv"]})"));
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_and_comments_change_nothing) {
    BOOST_TEST(good("\xEF\xBB\xBF// first\n" + with("/* \"batch\": 3 */ \"threads\": 2,")).threads == 2);
}

BOOST_AUTO_TEST_CASE(each_broken_config_gets_its_message) {
    const fs::path folder = fs::path(OCTAVO_SOURCE_DIR) / "tests/data/broken";
    std::size_t count = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() != ".json") continue;
        const Result<Config> config = read_config(entry.path().string(), testing::made_up_registry());
        Error error;
        if (!config) {
            error = config.error();
        } else {  // wrong only together with the model
            const Result<Model> model = load_model(config->model);
            BOOST_REQUIRE(model);
            const Result<void> checked = check_model(*config, *model);
            BOOST_REQUIRE_MESSAGE(!checked, entry.path());
            error = checked.error();
        }
        BOOST_TEST(static_cast<int>(error.code()) == 2);
        testing::check_golden(fs::path(entry.path()).replace_extension(".txt").string(), error.message() + "\n");
        ++count;
    }
    BOOST_TEST(count >= 20U);
}

BOOST_AUTO_TEST_CASE(a_missing_config_is_an_error_of_the_command_line) {
    const Result<Config> config = read_config("/nowhere/my.json", testing::made_up_registry());
    BOOST_REQUIRE(!config);
    BOOST_TEST(static_cast<int>(config.error().code()) == 2);
    BOOST_TEST(config.error().message().starts_with("/nowhere/my.json: "));
}

BOOST_AUTO_TEST_SUITE_END()
