// The program as a user meets it: exit codes, what stands on stdout and stderr, and files.
#include "tests/cli/program.h"

#include "core/formats/onnx/reader.h"
#include "core/pipeline/npy.h"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

namespace {

const std::string kQuickstart = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/classify";

using namespace octavo::testing;

}  // namespace

BOOST_AUTO_TEST_SUITE(program)

BOOST_AUTO_TEST_CASE(help_and_version_are_printed) {
    const Folder folder;
    const Outcome help = run(folder, "--help");
    BOOST_TEST(help.code == 0);
    for (const char* verb : {"init", "calibrate", "evaluate", "benchmark", "infer", "operators", "inspect", "plugins", "check", "convert",
                             "errors", "schema", "verify"}) {
        BOOST_TEST(help.out.find(verb) != std::string::npos);
        const Outcome of_verb = run(folder, std::string(verb) + " --help");
        BOOST_TEST(of_verb.code == 0);
        BOOST_TEST(of_verb.out.starts_with("usage: octavo " + std::string(verb) + " "));
    }
    BOOST_TEST(run(folder, "--version").out.starts_with("octavo "));
}

BOOST_AUTO_TEST_CASE(init_writes_a_config_that_can_be_evaluated_and_overwrites_none) {
    const Folder folder;
    const std::string init = "init " + kQuickstart + ".onnx --images " + OCTAVO_SOURCE_DIR "/configs/quickstart/images --limit 4 --output ";
    const Outcome written = run(folder, init + (folder / "my.json"));
    BOOST_TEST(written.code == 0, written.err);
    BOOST_TEST(written.out.find("16 variants on 4 images, the best:") != std::string::npos, written.out);
    BOOST_TEST(run(folder, "evaluate " + (folder / "my.json") + " --limit 4 --quiet").out.find("\nimages  4\ntop1  ") != std::string::npos);
    const Outcome refused = run(folder, init + (folder / "my.json"));
    BOOST_TEST(refused.code == 2);
    BOOST_TEST(refused.err.find("exists already") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(mistakes_on_the_command_line_exit_with_2) {
    const Folder folder;
    const std::pair<const char*, const char*> cases[] = {
        {"calibrat",
         "octavo: error: found the verb 'calibrat', expected one of init, calibrate, check, evaluate, benchmark, verify, convert, infer, "
         "errors, operators, inspect, plugins, schema, did you mean 'calibrate'?\n"},
        {"init m.onnx", "octavo: error: expected --images DIR (octavo init --help)\n"},
        {"calibrate", "octavo: error: usage: octavo calibrate CONFIG [options] (octavo calibrate --help)\n"},
        {"calibrate x.json --batsh 3", "octavo: error: unrecognised option '--batsh', did you mean '--batch'? (octavo calibrate --help)\n"},
        {"evaluate x.json --thread=3",
         "octavo: error: unrecognised option '--thread=3', did you mean '--threads'? (octavo evaluate --help)\n"},
        {"infer m.onnx --zebra", "octavo: error: unrecognised option '--zebra' (octavo infer --help)\n"},
        {"check x.json -z", "octavo: error: unrecognised option '-z' (octavo check --help)\n"},
        {"calibrate x.json --batch many",
         "octavo: error: the argument ('many') for option '--batch' is invalid, expected a whole number (octavo calibrate --help)\n"},
        {"calibrate x.json --output ''", "octavo: error: --output: is empty, expected a value (octavo calibrate --help)\n"},
        {"inspect ''", "octavo: error: model: is empty, expected a value (octavo inspect --help)\n"},
        {"convert m.onnx m.tflite",
         "octavo: error: found output m.tflite, expected a name with .onnx, .xml or .json (the plan in the file)\n"},
        {"plugins describe", "octavo: error: plugins describe: expected the name of a plugin, as 'accuracy' or 'metric/accuracy'\n"},
        {"infer m.onnx", "octavo: error: expected --output-dir DIR (octavo infer --help)\n"},
    };
    for (const auto& [arguments, message] : cases) {
        const Outcome outcome = run(folder, arguments);
        BOOST_TEST(outcome.code == 2, arguments);
        BOOST_TEST(outcome.err == message);
        BOOST_TEST(outcome.out.empty());
    }
}

BOOST_AUTO_TEST_CASE(every_fault_of_a_config_is_a_line_of_its_own) {
    const Folder folder;
    std::ofstream(folder / "bad.json")
        << R"({"modle": "m.onnx", "dataset": {"plugin": "imagenet", "images": "."}, "batch": 0, "device": "reference"})";
    const Outcome outcome = run(folder, "calibrate " + (folder / "bad.json"));
    BOOST_TEST(outcome.code == 2);
    BOOST_TEST(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 3);
    BOOST_TEST(outcome.err.find("/batch: found 0, expected an integer from 1 to 1024 (") != std::string::npos);
    BOOST_TEST(outcome.err.find("did you mean 'model'? [E101-unknown-key]\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_damaged_model_exits_with_3_and_damaged_data_with_4) {
    const Folder folder;
    std::ofstream(folder / "m.onnx") << "no model";
    BOOST_TEST(run(folder, "inspect " + (folder / "m.onnx")).code == 3);
    std::ofstream(folder / "list.txt") << "absent.jpg 3\n";
    std::ofstream(folder / "c.json") << R"({"model": ")" << kQuickstart << R"(.onnx", "metric": "accuracy", "device": "reference",
        "validation": [{}], "dataset": {"plugin": "imagenet", "images": ".", "list": "list.txt"}})";
    const Outcome outcome = run(folder, "calibrate -q " + (folder / "c.json"));
    BOOST_TEST(outcome.code == 4);
    BOOST_TEST(outcome.err.find("absent.jpg: cannot open") != std::string::npos, outcome.err);
}

BOOST_AUTO_TEST_CASE(a_right_config_is_checked_and_shown_with_all_defaults) {
    const Folder folder;
    const Outcome outcome = run(folder, "check " + kQuickstart + ".json");
    BOOST_TEST(outcome.code == 0);
    BOOST_TEST(outcome.err.starts_with("all is right: "), outcome.err);
    const boost::json::value config = boost::json::parse(outcome.out);
    BOOST_TEST(config.at("threads") == 0);
    BOOST_TEST(config.at_pointer("/algorithm/0/percent").to_number<double>() == 99.999);
    BOOST_TEST(run(folder, "check --quiet " + kQuickstart + ".json").out.empty());
}

BOOST_AUTO_TEST_CASE(broken_configs_exit_with_2_and_the_codes_that_are_kept) {
    const Folder folder;
    const auto codes = [](const std::string& text) {
        std::string found;
        for (std::size_t at = 0; (at = text.find(" [E", at)) != std::string::npos; ++at) found += text.substr(at + 2, 4) + " ";
        return found;
    };
    std::size_t configs = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(std::string(OCTAVO_SOURCE_DIR) + "/tests/data/broken")) {
        if (entry.path().extension() != ".json") continue;
        const Outcome outcome = run(folder, "check " + entry.path().string());
        BOOST_TEST(outcome.code == 2, entry.path());
        BOOST_TEST(codes(outcome.err) == codes(file_text(fs::path(entry.path()).replace_extension(".txt").string())), entry.path());
        BOOST_TEST(outcome.out.empty());
        ++configs;
    }
    BOOST_TEST(configs >= 20U);
}

BOOST_AUTO_TEST_CASE(a_code_is_explained) {
    const Folder folder;
    BOOST_TEST(run(folder, "errors E101").out.starts_with("E101-unknown-key\n"));
    BOOST_TEST(run(folder, "errors E999").code == 2);
}

// Every plugin of the tree is in the reference; ./dev docs writes it. Device openvino is optional: without it its section is left out.
BOOST_AUTO_TEST_CASE(the_references_in_docs_are_up_to_date) {
    const Folder folder;
    const std::string docs = std::string(OCTAVO_SOURCE_DIR) + "/docs/", found = run(folder, "schema --markdown").out;
    const std::string optional = "### `openvino`\n";
    std::string written = file_text(docs + "config.md");
    if (found.find(optional) == std::string::npos) {
        const std::size_t begin = written.find(optional);
        BOOST_REQUIRE(begin != std::string::npos);
        written.erase(begin, written.find("\n### ", begin) + 1 - begin);
    }
    BOOST_TEST(written == found, "docs/config.md is not up to date: run ./dev docs");
    BOOST_TEST(file_text(docs + "errors.md") == run(folder, "errors").out, "docs/errors.md is not up to date: run ./dev docs");
}

BOOST_AUTO_TEST_CASE(the_page_of_operators_is_up_to_date) {
    const Folder folder;
    const Outcome outcome = run(folder, "operators --markdown");
    BOOST_TEST(outcome.code == 0);
    BOOST_TEST(outcome.out == file_text(std::string(OCTAVO_SOURCE_DIR) + "/docs/operators.md"),
               "docs/operators.md is not up to date: run ./dev docs");
}

BOOST_AUTO_TEST_CASE(plugins_are_listed_and_refusals_named) {
    const Folder folder;
    std::ofstream(folder / "broken.so") << "this is no library";
    const Outcome outcome = run(folder, "plugins list --plugin-path " + folder.path.string());
    BOOST_TEST(outcome.code == 0);
    for (const char* name : {"imagenet", "classes", "accuracy", "percentile", "bias_correction", "reference"})
        BOOST_TEST(outcome.out.find(name) != std::string::npos, name);
    BOOST_TEST(outcome.err.starts_with("octavo: warning: plugin " + (folder / "broken.so") + ": is no shared library: "));
}

BOOST_AUTO_TEST_CASE(a_calibration_is_evaluated_benchmarked_and_run_from_its_plan) {
    const Folder folder;
    const std::string common = " --device reference --limit 16 ";
    const Outcome calibrated = run(folder, "calibrate " + kQuickstart + ".json --json -o " + (folder / "run") + common);
    BOOST_TEST((calibrated.code == 0 || calibrated.code == 5));  // 16 images may miss the config's target
    const boost::json::value report = boost::json::parse(calibrated.out);
    const double int8 = report.at_pointer("/accuracy/int8/top1").to_number<double>();
    const double fp32 = report.at_pointer("/accuracy/fp32/top1").to_number<double>();

    const std::string plan = " --plan " + (folder / "run/plan.json");
    const auto top1 = [&](const std::string& more) {
        const Outcome outcome = run(folder, "evaluate " + kQuickstart + ".json --json -q" + common + more);
        BOOST_TEST(outcome.code == 0, outcome.err);
        return boost::json::parse(outcome.out).at_pointer("/figures/top1").to_number<double>();
    };
    BOOST_TEST(top1("") == fp32);
    BOOST_TEST(top1(plan) == int8);

    const Outcome benchmark = run(folder, "benchmark " + kQuickstart + ".onnx --device reference --seconds 0 --json" + plan);
    BOOST_TEST(benchmark.code == 0, benchmark.err);
    const boost::json::value figures = boost::json::parse(benchmark.out);
    BOOST_TEST(figures.at_pointer("/latency_ms/median").to_number<double>() > 0);
    BOOST_TEST(!figures.at_pointer("/operators").as_array().empty());
    const Outcome streams =
        run(folder, "benchmark " + kQuickstart + ".onnx --device reference --streams 3 --threads 3 --runs 4 --json" + plan);
    BOOST_TEST(streams.code == 0, streams.err);
    const boost::json::value together = boost::json::parse(streams.out);
    BOOST_TEST(together.at("runs").to_number<int>() == 12);
    BOOST_TEST(together.at("streams").to_number<int>() == 3);
    BOOST_TEST(together.at("throughput_per_s").to_number<double>() > 0);

    const std::string image = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/images/q00000003/validation_0163.jpg";
    const Outcome infer = run(folder, "infer " + kQuickstart + ".onnx --device reference --config " + kQuickstart + ".json --image " +
                                          image + " --output-dir " + (folder / "out") + plan);
    BOOST_TEST(infer.code == 0, infer.err);
    std::size_t files = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder / "out")) {
        const octavo::Result<octavo::Array> array = octavo::read_npy(entry.path().string());
        BOOST_REQUIRE(array);
        BOOST_TEST(array->shape[0] == 1);
        ++files;
    }
    BOOST_TEST(files == 1U);
}

BOOST_AUTO_TEST_CASE(evaluate_keeps_what_infer_computes_again) {
    const Folder folder;
    const Outcome kept = run(folder, "evaluate " + kQuickstart + ".json --device reference --limit 3 --quiet --arrays " +
                                         (folder / "kept") + " --answers " + (folder / "answers"));
    BOOST_TEST(kept.code == 0, kept.err);
    for (const char* number : {"0", "1", "2"}) {
        const std::string arrays = (folder / "kept/") + number;
        const Outcome again = run(folder, "infer " + kQuickstart + ".onnx --device reference --input " + arrays +
                                              "/input.npy --output-dir " + (folder / "again"));
        BOOST_TEST(again.code == 0, again.err);
        BOOST_TEST((file_text(arrays + "/logits.npy") == file_text(folder / "again/logits.npy")));
    }
    BOOST_TEST(!fs::exists(folder / "kept/3"));
    BOOST_TEST(file_text(folder / "answers").starts_with("id\tclass\tscore\tlabel\n"));
}

BOOST_AUTO_TEST_CASE(options_of_a_comparison_stand_together) {
    const Folder folder;
    const std::string model = "benchmark " + kQuickstart + ".onnx ";
    BOOST_TEST(run(folder, model + "--rounds 2").err == "octavo: error: --rounds: expected --compare besides\n");
    const Outcome mixed = run(folder, model + "--compare openvino --streams 2");
    BOOST_TEST(mixed.code == 2);
    BOOST_TEST(mixed.err.starts_with("octavo: error: --compare: found --streams besides"), mixed.err);
    const Outcome no_python = run(folder, "verify run --python " + (folder / "python"));
    BOOST_TEST(no_python.code == 2);
    BOOST_TEST(no_python.err.find("cannot be run: No such file or directory; name a Python 3 with --python") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_model_is_inspected_with_and_without_its_plan) {
    const Folder folder;
    const boost::json::value plain = boost::json::parse(run(folder, "inspect --json " + kQuickstart + ".onnx").out);
    std::int64_t products = 0, bytes = 0;
    for (const boost::json::value& one : plain.at("operators").as_array()) {
        products += one.at("multiply_adds").as_int64();
        bytes += one.at("weight_bytes").as_int64();
        BOOST_TEST(!one.as_object().contains("precision"));
    }
    BOOST_TEST(products > 0);
    BOOST_TEST(plain.at("multiply_adds") == products);
    BOOST_TEST(plain.at("weight_bytes") == bytes);
    BOOST_TEST(plain.at("parameters").as_int64() * 4 == bytes);
    const Outcome calibrated = run(folder, "calibrate -q " + kQuickstart + ".json --device reference --limit 4 -o " + (folder / "run"));
    BOOST_TEST((calibrated.code == 0 || calibrated.code == 5), calibrated.err);
    const boost::json::value planned =
        boost::json::parse(run(folder, "inspect --json " + kQuickstart + ".onnx --plan " + (folder / "run/plan.json")).out);
    BOOST_TEST(planned.at("multiply_adds") == products);
    BOOST_TEST(planned.at("weight_bytes").as_int64() < bytes / 2);
    BOOST_TEST(planned.at_pointer("/operators/0/precision") == "int8");
    BOOST_TEST(run(folder, "inspect " + kQuickstart + ".onnx").out.find(" million multiply-adds\n") != std::string::npos);
    BOOST_TEST(run(folder, "inspect --graph " + kQuickstart + ".onnx").out.starts_with("graph "));
}

BOOST_AUTO_TEST_CASE(a_converted_model_is_clean_and_converts_to_itself) {
    const Folder folder;
    const Outcome first = run(folder, "convert " + kQuickstart + ".onnx " + (folder / "a.onnx"));
    BOOST_TEST(first.code == 0, first.err);
    BOOST_TEST(run(folder, "convert --quiet " + (folder / "a.onnx") + " " + (folder / "b.onnx")).code == 0);
    BOOST_TEST(file_text(folder / "a.onnx") == file_text(folder / "b.onnx"));
    const octavo::Result<octavo::Graph> graph = octavo::read_onnx(folder / "a.onnx");
    BOOST_REQUIRE(graph);
    for (const octavo::Node& node : graph->nodes)
        BOOST_TEST((node.op != "BatchNormalization" && node.op != "Identity" && node.op != "Dropout" && node.op != "Constant"), node.op);
    BOOST_TEST(run(folder, "convert --weights fp16 " + (folder / "a.onnx") + " " + (folder / "a.xml")).code == 0);
    BOOST_TEST(fs::file_size(folder / "a.bin") < fs::file_size(folder / "a.onnx") * 2 / 3);
    BOOST_TEST(run(folder, "convert --weights fp16 " + (folder / "a.onnx") + " " + (folder / "b.onnx")).err.find("expected one of .xml") !=
               std::string::npos);
    std::ofstream(folder / "no.onnx") << "no model";
    BOOST_TEST(run(folder, "convert " + (folder / "no.onnx") + " " + (folder / "c.onnx")).code == 3);
    BOOST_TEST(!fs::exists(folder / "c.onnx"));
}

BOOST_AUTO_TEST_CASE(progress_is_lines_or_json) {
    const Folder folder;
    const std::string start = "evaluate " + kQuickstart + ".json --device reference --limit 2";
    BOOST_TEST(run(folder, start).err.starts_with("evaluate: 2 images\nevaluate     "));
    BOOST_TEST(run(folder, start + " --quiet").err.empty());
    std::istringstream lines(run(folder, start + " --json").err);
    std::string line;
    BOOST_REQUIRE(std::getline(lines, line));
    BOOST_TEST(boost::json::parse(line).at("total") == 2);
    while (std::getline(lines, line)) BOOST_TEST(boost::json::parse(line).at("stage") == "evaluate");
}

BOOST_AUTO_TEST_CASE(a_missed_target_exits_with_5_and_writes_its_outputs) {
    const Folder folder;
    std::string config = file_text(kQuickstart + ".json");
    const std::size_t target = config.find("\"points\": 0.5");
    BOOST_REQUIRE(target != std::string::npos);
    // No scale a channel, no correction, hardly any images: a drop is certain, more than nothing is too much, and no product may go back.
    config.replace(target, 14, "\"points\": 0.0}, \"min_int8_share\": 1.0");
    for (const std::string name : {"\"classify.onnx\"", "\"images\"}", "\"images\",", "\"calibration.txt\"", "\"validation.txt\""}) {
        const std::size_t place = config.find(name);
        if (place != std::string::npos) config.replace(place + 1, 0, std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/");
    }
    const std::size_t end = config.rfind('}');
    config.insert(end, R"(, "algorithm": [{"plugin": "minmax", "weights": "tensor"}])");
    std::ofstream(folder / "c.json") << config;
    const Outcome outcome = run(folder, "calibrate -q " + (folder / "c.json") + " --limit 150 -o " + (folder / "run"));
    BOOST_TEST(outcome.code == 5, outcome.err);
    BOOST_TEST(outcome.err.starts_with("octavo: error: the accuracy target is missed: top1 dropped by "));
    BOOST_TEST(fs::exists(folder / "run/plan.json"));
    BOOST_TEST(boost::json::parse(file_text(folder / "run/report.json")).at_pointer("/target/status").as_string() == "missed");
}

// The figures are the plan's over all images; fp32 stands beside it in the first ones that are drawn.
BOOST_AUTO_TEST_CASE(what_a_detector_finds_is_drawn) {
    const Folder folder;
    const std::string quickstart = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/";
    boost::json::object config = boost::json::parse(file_text(quickstart + "detect.json")).as_object();
    config["model"] = quickstart + "detect.onnx";
    config["dataset"].as_object()["root"] = quickstart + "detect";
    config["output"] = folder / "run";
    folder.write("c.json", boost::json::serialize(config));
    const std::string common = " -q " + (folder / "c.json") + " --limit 12";
    const Outcome calibrated = run(folder, "calibrate" + common);
    BOOST_TEST((calibrated.code == 0 || calibrated.code == 5), calibrated.err);  // 12 images may miss the config's target

    const auto boxes_of = [&](const std::string& title) {
        std::istringstream table(file_text(folder / "run/drawn/boxes.tsv"));
        std::string rows;
        for (std::string row; std::getline(table, row);)
            if (row.find("\t" + title + "\t") != std::string::npos) rows += row + "\n";
        return rows;
    };
    const std::string evaluate = "evaluate --batch 2" + common;
    const Outcome fp32 = run(folder, evaluate + " --draw 12");
    BOOST_TEST(fp32.code == 0, fp32.err);
    BOOST_TEST(fp32.out.ends_with("drawn  12 images in " + (folder / "run/drawn") + "\n"));
    const std::string all = boxes_of("fp32");
    fs::remove_all(folder / "run/drawn");

    const std::string plan = " --plan " + (folder / "run/plan.json");
    const Outcome drawn = run(folder, evaluate + plan + " --draw 3");
    BOOST_TEST(drawn.code == 0, drawn.err);
    BOOST_TEST(drawn.out == run(folder, evaluate + plan).out + "drawn  3 images in " + (folder / "run/drawn") + "\n");
    for (const char* name : {"validation_0000.jpg", "validation_0001.jpg", "validation_0002.jpg", "boxes.tsv"})
        BOOST_TEST(fs::exists(folder / ("run/drawn/" + std::string(name))), name);
    BOOST_TEST(std::distance(fs::directory_iterator(folder / "run/drawn"), {}) == 4);
    BOOST_TEST(!boxes_of("fp32").empty());
    BOOST_TEST(all.starts_with(boxes_of("fp32")));
    BOOST_TEST(!boxes_of("plan").empty());
}

BOOST_AUTO_TEST_CASE(nothing_runs_where_there_are_no_boxes_to_draw) {
    const Folder folder;
    const Outcome outcome = run(folder, "evaluate " + kQuickstart + ".json --draw 2");
    BOOST_TEST(outcome.code == 2);
    BOOST_TEST(outcome.err == "octavo: error: --draw: dataset 'imagenet': the annotation: found the type 'class', expected 'boxes'\n");
}

BOOST_AUTO_TEST_CASE(arrays_go_through_infer) {
    const Folder folder;
    const std::vector<std::int64_t> shape = {2, 3, 64, 64};
    const std::vector<std::byte> zeros(2 * 3 * 64 * 64 * 4);
    BOOST_REQUIRE(octavo::write_npy(folder / "x.npy", OCTAVO_F32, shape, zeros));
    const std::string start = "infer " + kQuickstart + ".onnx --device reference --output-dir " + (folder / "out");
    BOOST_TEST(run(folder, start + " --input " + (folder / "x.npy")).code == 0);
    BOOST_TEST(run(folder, start + " --input nothing=" + (folder / "x.npy")).code == 2);
    const Outcome tap = run(folder, start + " --input " + (folder / "x.npy") + " --tap nowhere");
    BOOST_TEST(tap.code == 2);
    BOOST_TEST(tap.err == "octavo: error: tensor 'nowhere' is not in the graph of this run\n");
    BOOST_TEST(run(folder, start + " --input " + (folder / "x.npy") + " --tap logit").err ==
               "octavo: error: tensor 'logit' is not in the graph of this run, did you mean 'logits'?\n");
    for (const char* name : {"/6/body/body.2/body.2.0/Conv", "/6/body/body.2/body.2.1/BatchNormalization"})
        BOOST_TEST(run(folder, start + " --input " + (folder / "x.npy") + " --tap " + name).err ==
                   "octavo: error: tensor '" + std::string(name) +
                       "' is not in the graph of this run, the operator of this name gives '/6/Add_output_0'\n");
}

BOOST_AUTO_TEST_SUITE_END()
