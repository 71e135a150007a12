// Whole runs of the quickstart's network on the reference device: what is written, and that it does not depend on how it was computed.
#include "core/pipeline/run.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/plan/costs.h"
#include "core/plan/plan_json.h"
#include "tests/core/pipeline/quickstart_runs.h"

#include <octavo/metric.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace octavo;
namespace fs = std::filesystem;

namespace {

using namespace octavo::testing;

Report calibrated(const Overrides& overrides) {
    Result<Config> config = read_config(quickstart("classify.json"), built_registry(), overrides);
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    config->target.reset();
    Result<Report> report = run_calibration(*config, {});
    BOOST_REQUIRE_MESSAGE(report, (report ? "" : report.error().message()));
    return std::move(report).value();
}

// The largest score of the last sample, as a figure and, in its note, as text; and one row of a table.
class Largest final : public Metric {
public:
    static Result<std::unique_ptr<Largest>> create(const Values&) { return std::make_unique<Largest>(); }
    void reset() override {}
    Result<double> add(const octavo_blob& prediction, const octavo_blob&) override {
        OCTAVO_TRY(const std::span<const float> scores, values_of<float>(prediction, OCTAVO_BLOB_CLASS_SCORES, "the prediction"));
        largest_ = *std::max_element(scores.begin(), scores.end());
        return NAN;
    }
    Result<std::vector<Figure>> result() const override {
        return std::vector<Figure>{{"largest", largest_, "", true, true, "", "exactly " + std::to_string(largest_)},
                                   {"cat", 50, "%", false, true, "classes", "half"}};
    }

private:
    float largest_ = 0;
};

// Finds fault with every sample but the first.
class Refusing final : public Metric {
public:
    static Result<std::unique_ptr<Refusing>> create(const Values&) { return std::make_unique<Refusing>(); }
    void reset() override {}
    Result<double> add(const octavo_blob&, const octavo_blob&) override {
        if (is_first_) return is_first_ = false, 0.0;
        return Error(Code::data, "refused");
    }
    Result<std::vector<Figure>> result() const override { return std::vector<Figure>(); }

private:
    bool is_first_ = true;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(runs)

BOOST_AUTO_TEST_CASE(a_run_writes_model_plan_and_report) {
    const Folder folder;
    const std::string output = folder.path.string();
    for (const char* stale : {"model.int8.xml", "model.int8.bin"}) std::ofstream(folder / stale) << "of an earlier run";
    const Report report = calibrated(overrides_for(output));
    BOOST_REQUIRE(report.accuracy);
    BOOST_TEST(report.accuracy->images == 24);
    BOOST_TEST(report.calibration_images == 24);
    BOOST_TEST(report.snr_db > 15.0);
    BOOST_TEST(report.accuracy->figures[0].fp32 > 60.0);
    for (const std::string& file : report.files) BOOST_TEST(fs::exists(file), file);
    const Result<Plan> plan = load_plan(output + "/plan.json");
    BOOST_REQUIRE(plan);
    BOOST_TEST(plan->algorithm == (std::vector<std::string>{"percentile", "bias_correction"}), boost::test_tools::per_element());
    BOOST_TEST(!plan->replaced.empty());
    const boost::json::value root = boost::json::parse(content(output + "/report.json"));
    BOOST_TEST(root.at_pointer("/accuracy/images").as_int64() == 24);
    BOOST_TEST(root.at_pointer("/files").as_array().size() == report.files.size());
    for (const fs::directory_entry& entry : fs::directory_iterator(folder.path))
        BOOST_TEST((std::find(report.files.begin(), report.files.end(), entry.path().string()) != report.files.end()),
                   entry.path() << " is left behind");
}

BOOST_AUTO_TEST_CASE(a_stop_while_costs_are_measured_leaves_the_plan) {
    const Folder folder;
    Overrides overrides = overrides_for(folder.path.string());
    overrides.device = "onednn";
    overrides.objective = "latency";
    const Result<Config> config = read_config(quickstart("classify.json"), built_registry(), overrides);
    BOOST_REQUIRE(config);
    std::stop_source source;
    RunEvents events;
    events.stop = source.get_token();
    events.begin = [&source](const std::string& stage, std::int64_t) {
        if (stage == "costs") source.request_stop();
    };
    const Result<Report> report = run_calibration(*config, events);
    BOOST_REQUIRE_MESSAGE(report, (report ? "" : report.error().message()));
    BOOST_TEST(report->interrupted == "costs");
    BOOST_TEST(!report->accuracy);
    BOOST_TEST(fs::exists(folder / "plan.json"));
    BOOST_TEST(fs::exists(folder / "report.json"));
    BOOST_TEST(!fs::exists(folder / "costs.json"));
}

BOOST_AUTO_TEST_CASE(no_report_of_an_earlier_run_stays_beside_a_plan_that_could_not_be_measured) {
    const Folder folder;
    std::ofstream(folder / "report.json") << "{}";
    Result<Config> config = read_config(quickstart("classify.json"), built_registry(), overrides_for(folder.path.string()));
    BOOST_REQUIRE(config);
    const octavo_plugin descriptor = describe<Refusing>("refusing", "1", "a metric for this test", {});
    const LoadedPlugin plugin{&descriptor, "refusing.so"};
    config->metric = PluginUse{&plugin, {}};
    BOOST_TEST(!run_calibration(*config, {}));
    BOOST_TEST(fs::exists(folder / "plan.json"));
    BOOST_TEST(!fs::exists(folder / "report.json"));
}

BOOST_AUTO_TEST_CASE(openvino_ir_is_written_by_a_plan_that_rounds_no_sum_that_a_residual_is_added_to) {
    double ratios[2] = {};
    for (const bool is_ir : {false, true}) {
        const Folder folder;
        Overrides overrides = overrides_for(folder.path.string());
        if (is_ir) overrides.export_as = "openvino";
        ratios[is_ir] = calibrated(overrides).snr_db;
        for (const char* name : {"model.int8.xml", "model.int8.bin"}) BOOST_TEST(fs::exists(folder.path / name) == is_ir, name);
        BOOST_TEST(fs::exists(folder.path / "model.qdq.onnx") == !is_ir);
        const Result<Plan> plan = load_plan(folder.path.string() + "/plan.json");
        BOOST_REQUIRE(plan);
        BOOST_TEST((plan->residual_sums == (is_ir ? ResidualSums::real : ResidualSums::rounded)));
    }
    BOOST_TEST(ratios[1] > ratios[0]);
}

// Times cannot be foretold, so those that were measured are changed, as if an operator were much faster in floating point.
BOOST_AUTO_TEST_CASE(costs_beside_the_plan_decide_what_is_fastest) {
    const Folder folder;
    Overrides overrides = overrides_for(folder.path.string());
    overrides.device = "onednn";
    overrides.objective = "latency";
    const Report report = calibrated(overrides);
    const std::string path = *overrides.output + "/costs.json", plan_path = *overrides.output + "/plan.json";
    BOOST_TEST((std::find(report.files.begin(), report.files.end(), path) != report.files.end()));
    BOOST_REQUIRE(!report.front.empty());
    BOOST_TEST(report.front.back().name == "fp32");
    BOOST_TEST(std::count_if(report.front.begin(), report.front.end(), [](const ReportPoint& point) { return point.is_chosen; }) == 1);

    Result<Costs> costs = load_costs(path);
    BOOST_REQUIRE_MESSAGE(costs, (costs ? "" : costs.error().message()));
    const auto slow = std::find_if(report.operators.begin(), report.operators.end(),
                                   [](const ReportOperator& one) { return one.type == "Conv" && one.precision == "int8"; });
    BOOST_REQUIRE((slow != report.operators.end()));
    for (auto& [name, times] : costs->operators) times = {{Precision::fp32, 2}, {Precision::int8, name == slow->name ? 1000 : 1}};
    costs->plans = PlanTimes{2, 1};
    BOOST_REQUIRE(bool(write_atomically(path, to_json(*costs), Code::config)));
    const Report again = calibrated(overrides);
    const std::string plan = content(plan_path);
    const Result<Plan> loaded = load_plan(plan_path);
    BOOST_REQUIRE(loaded);
    for (const auto& [name, decided] : loaded->operators)
        BOOST_TEST((decided.reason == Reason::speed) == (name == slow->name), name << ": " << reason_text(decided.reason));
    BOOST_TEST(again.warnings.front().find("costs.json") != std::string::npos, again.warnings.front());
    calibrated(overrides);
    BOOST_TEST((content(plan_path) == plan), "the same costs gave another plan");
    const std::string kept = content(path);
    BOOST_REQUIRE(bool(write_atomically(path, std::string_view("{ cut off"), Code::config)));
    calibrated(overrides);
    BOOST_TEST(static_cast<bool>(load_costs(path)), "costs that cannot be read were not measured anew");
    BOOST_REQUIRE(bool(write_atomically(path, std::string_view(kept), Code::config)));
    overrides.batch = 5;
    const Report together = calibrated(overrides);
    BOOST_TEST((content(plan_path) == plan), "images that run together gave another plan");
    BOOST_REQUIRE(together.front.size() == again.front.size());
    for (std::size_t i = 0; i + 1 < again.front.size(); ++i)  // the last is fp32
        BOOST_TEST(std::abs(together.front[i].snr_db - again.front[i].snr_db) < 0.01, together.front[i].name);
    overrides.batch.reset();

    for (std::string Costs::*key : {&Costs::device, &Costs::isa, &Costs::int8_operators}) {
        Costs others = *costs;
        others.*key = "another";
        BOOST_REQUIRE(bool(write_atomically(path, to_json(others), Code::config)));
        calibrated(overrides);
        const Result<Costs> anew = load_costs(path);
        BOOST_REQUIRE(anew);
        BOOST_TEST(((*anew).*key != "another"));
    }
    BOOST_TEST(load_costs(path)->device.find("\"int8_kernels\":\"fastest\"") != std::string::npos, "costs of other kernels could be taken");
}

BOOST_AUTO_TEST_CASE(tables_and_notes_of_a_metric_are_reported_and_samples_without_scores_turn_neither_right_nor_wrong) {
    const octavo_plugin descriptor = describe<Largest>("largest", "1", "a metric for this test", {});
    const LoadedPlugin plugin{&descriptor, "largest.so"};
    const Folder folder;
    Result<Config> config = read_config(quickstart("classify.json"), built_registry(), overrides_for(folder.path.string()));
    BOOST_REQUIRE(config);
    config->target.reset();
    config->metric = PluginUse{&plugin, {}};
    const Result<Report> report = run_calibration(*config, {});
    BOOST_REQUIRE_MESSAGE(report, (report ? "" : report.error().message()));
    BOOST_REQUIRE(report->accuracy);
    BOOST_TEST(!report->accuracy->right_to_wrong);
    BOOST_TEST(!report->accuracy->wrong_to_right);
    BOOST_REQUIRE(report->accuracy->figures.size() == 2U);
    const ReportFigure &largest = report->accuracy->figures[0], &cat = report->accuracy->figures[1];
    BOOST_TEST(largest.note == "fp32: exactly " + std::to_string(largest.fp32) + ", int8: exactly " + std::to_string(largest.int8));
    BOOST_TEST(cat.group == "classes");
    BOOST_TEST(cat.note == "half");
}

BOOST_AUTO_TEST_CASE(batch_and_threads_change_no_byte_of_what_is_written) {
    const Folder folder;
    Overrides first = overrides_for((folder.path / "a").string()), second = overrides_for((folder.path / "b").string());
    first.batch = 1;
    first.threads = 1;
    second.batch = 7;
    second.threads = 2;
    calibrated(first);
    calibrated(second);
    for (const char* name : {"plan.json", "plan.delta.bin", "model.qdq.onnx"})
        BOOST_TEST((content(*first.output + "/" + name) == content(*second.output + "/" + name)), name << " differs");
}

BOOST_AUTO_TEST_CASE(the_order_of_the_images_changes_no_byte_of_what_is_written) {
    const Folder folder;
    const std::string quickstart = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart";
    std::vector<std::string> lines = split(content(quickstart + "/calibration.txt"), '\n');
    lines.resize(24);
    for (const char* name : {"a", "b"}) {
        folder.write(std::string(name) + ".txt", join(lines, "\n") + "\n");
        std::reverse(lines.begin(), lines.end());
        std::rotate(lines.begin(), lines.begin() + 5, lines.end());
        boost::json::object root = boost::json::parse(content(quickstart + "/classify.json")).as_object();
        root["dataset"].as_object()["list"] = (folder.path / (std::string(name) + ".txt")).string();
        root["algorithm"] = {"percentile", "bias_correction", {{"plugin", "refine"}, {"images", 8}}};
        Overrides overrides;
        overrides.output = (folder.path / name).string();
        Result<Config> config = parse_config(boost::json::serialize(root), "config", quickstart, built_registry(), overrides);
        BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
        config->target.reset();
        config->validation.resize(1);
        config->validation[0].limit = 8;
        const Result<Report> report = run_calibration(*config, {});
        BOOST_REQUIRE_MESSAGE(report, (report ? "" : report.error().message()));
    }
    for (const char* name : {"plan.json", "plan.delta.bin", "model.qdq.onnx"})
        BOOST_TEST((content((folder.path / "a" / name).string()) == content((folder.path / "b" / name).string())), name << " differs");
}

BOOST_AUTO_TEST_CASE(a_trailing_comma_leaves_the_correction_out) {
    const Folder folder;
    Overrides overrides = overrides_for(folder.path.string());
    overrides.algorithm = "minmax,";
    const Report report = calibrated(overrides);
    BOOST_TEST(report.algorithm == std::vector<std::string>{"minmax"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_metric_without_labels_is_refused_before_the_calibration) {
    const Folder folder;
    const std::string text = R"({"model": "classify.onnx", "dataset": {"plugin": "images", "images": "images"}, "metric": "accuracy",
                                 "calibration": {"limit": 2}, "output": ")" +
                             (folder / "run") + "\"}";
    const Result<Config> config = parse_config(text, "my.json", std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart", built_registry());
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    std::vector<std::string> stages;
    RunEvents events;
    events.begin = [&](const std::string& stage, std::int64_t) { stages.push_back(stage); };
    const Result<Report> report = run_calibration(*config, events);
    BOOST_REQUIRE(!report);
    BOOST_TEST((report.error().code() == Code::config));
    BOOST_TEST(
        report.error().message().starts_with("my.json: validation: the samples have no labels, so metric 'accuracy' cannot be measured"));
    BOOST_TEST(stages == std::vector<std::string>{"load"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(preprocessing_that_does_not_fit_is_warned_of) {
    const Folder folder;
    Overrides overrides;
    overrides.output = folder.path.string();
    overrides.limit = 16;
    Result<Config> config = read_config(quickstart("classify.json"), built_registry(), overrides);
    BOOST_REQUIRE(config);
    config->target.reset();
    std::get<Normalize>(config->preprocess.steps.back()).scale.fill(1e-6F);  // every image is the same grey
    const Result<Report> report = run_calibration(*config, {});
    BOOST_REQUIRE(report);
    const auto is_it = [](const std::string& warning) { return warning.find("guessing among the") != std::string::npos; };
    BOOST_TEST(std::count_if(report->warnings.begin(), report->warnings.end(), is_it) == 1);
}

// From one scale a tensor: what is to be gained there is far more than images make by chance.
BOOST_AUTO_TEST_CASE(refining_comes_nearer_to_fp32_and_is_the_same_whatever_batch_and_threads) {
    const Folder folder;
    Overrides plain = overrides_for((folder.path / "plain").string()), first = overrides_for((folder.path / "a").string()),
              second = overrides_for((folder.path / "b").string());
    plain.device = first.device = second.device = "onednn";
    first.batch = 1;
    first.threads = 1;
    second.batch = 7;
    Overrides refining = plain;
    refining.algorithm = "minmax,refine";
    const std::string root = OCTAVO_SOURCE_DIR;
    const auto ratio = [&](const Overrides& overrides, bool refines) {
        Result<Config> config = read_config(root + "/tests/e2e/careless.json", built_registry(), overrides);
        BOOST_REQUIRE(config);
        config->target.reset();
        Result<Config> refined = read_config(root + "/configs/quickstart/classify.json", built_registry(), refining);
        BOOST_REQUIRE(refined);
        if (refines) config->algorithms.push_back(std::move(refined->algorithms.back()));
        const Result<Report> report = run_calibration(*config, {});
        BOOST_REQUIRE(report);
        return report->snr_db;
    };
    const double before = ratio(plain, false), after = ratio(first, true);
    BOOST_TEST(after > before + 1.5);  // on images that it did not see
    BOOST_TEST(std::abs(ratio(second, true) - after) < 0.001);
    for (const char* name : {"plan.json", "plan.delta.bin", "model.qdq.onnx"})
        BOOST_TEST((content(*first.output + "/" + name) == content(*second.output + "/" + name)), name << " differs");
}

BOOST_AUTO_TEST_CASE(ignored_operators_stay_in_floating_point) {
    const Folder folder;
    Result<Config> config = read_config(quickstart("classify.json"), built_registry(), overrides_for(folder.path.string()));
    BOOST_REQUIRE(config);
    config->target.reset();
    config->ignore = {{"/0/0.2/Relu"}, {"/[56]/.*"}, {"GlobalAveragePool"}};  // the first by a part that was fused into a convolution
    const Result<Report> report = run_calibration(*config, {});
    BOOST_REQUIRE_MESSAGE(report, (report ? "" : report.error().message()));
    std::size_t ignored = 0;
    for (const ReportOperator& one : report->operators) {
        const bool expected =
            one.name.starts_with("/0/") || one.name.starts_with("/5/") || one.name.starts_with("/6/") || one.type == "GlobalAveragePool";
        BOOST_TEST((one.reason == "ignored by the config") == expected, one.name);
        ignored += expected ? 1 : 0;
    }
    BOOST_TEST(ignored > 6U);
}

BOOST_AUTO_TEST_CASE(what_is_to_be_ignored_must_be_there) {
    const Folder folder;
    Result<Config> config = read_config(quickstart("classify.json"), built_registry(), overrides_for(folder.path.string()));
    BOOST_REQUIRE(config);
    config->ignore = {{"/0/0.2/Rellu"}, {"conv"}, {"Convv"}};
    const Result<Report> report = run_calibration(*config, {});
    BOOST_REQUIRE(!report);
    BOOST_TEST(static_cast<int>(report.error().code()) == 2);
    const std::string message = report.error().message();
    for (const char* text :
         {": /ignore/names/0: found \"/0/0.2/Rellu\", expected the name of an operator of the model; did you mean '/0/0.2/Relu'? [",
          ": /ignore/patterns/0: found \"conv\", expected a pattern that some operator's whole name fits [",
          ": /ignore/operators/0: found \"Convv\", expected an operator of the model: Conv, "})
        BOOST_TEST(message.find(text) != std::string::npos, message);
    BOOST_TEST((message.find("did you mean 'Conv'?") != std::string::npos), message);
}

// A config cannot say so, but an algorithm in front of them may set no ranges.
BOOST_AUTO_TEST_CASE(what_needs_ranges_says_that_there_are_none) {
    for (const std::string name : {"bias_correction", "refine"}) {
        const Folder folder;
        Overrides overrides = overrides_for(folder.path.string());
        overrides.algorithm = "percentile," + name;
        Result<Config> config = read_config(quickstart("classify.json"), built_registry(), overrides);
        BOOST_REQUIRE(config);
        config->algorithms.erase(config->algorithms.begin());
        const Result<Report> report = run_calibration(*config, {});
        BOOST_REQUIRE(!report);
        BOOST_TEST(static_cast<int>(report.error().code()) == 2);
        BOOST_TEST(report.error().message().starts_with("algorithm '" + name + "': "), report.error().message());
    }
}

BOOST_AUTO_TEST_SUITE_END()
