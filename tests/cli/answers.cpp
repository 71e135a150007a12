// What octavo evaluate and convert tell of what they did.
#include "tests/cli/program.h"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace {

using namespace octavo::testing;

const std::string kFolder = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/", kModel = kFolder + "classify.onnx",
                  kConfig = kFolder + "classify.json";

// The folder of a calibration of a few images.
std::string calibrated(const Folder& folder, const std::string& config) {
    const Outcome outcome = run(folder, "calibrate -q --limit 8 " + config + " -o " + (folder / "run"));
    BOOST_REQUIRE_MESSAGE((outcome.code == 0 || outcome.code == 5), outcome.err);  // 8 images may miss the config's target
    return folder / "run";
}

std::vector<std::vector<std::string>> rows_of(const std::string& table) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream cells(line);
        rows.emplace_back();
        for (std::string cell; std::getline(cells, cell, '\t');) rows.back().push_back(cell);
    }
    return rows;
}

BOOST_AUTO_TEST_SUITE(answers)

// What the predictions are decides, and not what images are annotated with.
BOOST_AUTO_TEST_CASE(a_detector_gives_a_line_a_box_on_images_without_annotations) {
    const Folder folder;
    boost::json::object config = boost::json::parse(file_text(kFolder + "detect.json")).as_object();
    for (const char* key : {"metric", "target", "validation", "calibration"}) config.erase(key);
    config["model"] = kFolder + "detect.onnx";
    config["dataset"] = {{"plugin", "images"}, {"images", kFolder + "detect/JPEGImages"}};
    if (boost::json::object* adapter = config["adapter"].if_object()) adapter->erase("classes");
    std::ofstream(folder / "unlabelled.json") << boost::json::serialize(config);
    const Outcome outcome = run(folder, "evaluate -q --limit 3 " + (folder / "unlabelled.json") + " --answers " + (folder / "boxes"));
    BOOST_REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
    const auto boxes = rows_of(file_text(folder / "boxes"));
    BOOST_REQUIRE_GT(boxes.size(), 1U);
    BOOST_TEST(boxes[0].size() == 7U);
}

BOOST_AUTO_TEST_CASE(a_classifier_gives_a_line_a_sample_and_a_detector_a_line_a_box) {
    const Folder folder;
    BOOST_TEST(run(folder, "evaluate -q --limit 3 " + kConfig + " --answers " + (folder / "classes")).code == 0);
    const auto classes = rows_of(file_text(folder / "classes"));
    BOOST_REQUIRE_EQUAL(classes.size(), 4U);
    BOOST_TEST(classes[0] == (std::vector<std::string>{"id", "class", "score", "label"}), boost::test_tools::per_element());
    for (std::size_t i = 1; i < 4; ++i) BOOST_TEST(std::stoi(classes[i][1]) >= 0);

    const Outcome outcome = run(folder, "evaluate -q --batch 2 --limit 3 " + kFolder + "detect.json --answers " + (folder / "boxes"));
    BOOST_TEST(outcome.code == 0, outcome.err);
    const auto boxes = rows_of(file_text(folder / "boxes"));
    BOOST_TEST(boxes[0] == (std::vector<std::string>{"id", "class", "score", "left", "top", "right", "bottom"}),
               boost::test_tools::per_element());
    BOOST_REQUIRE_GT(boxes.size(), 4U);
    std::set<std::string> ids;
    const std::set<std::string> known = {"stripes", "spots", "ring", "triangle", "square", "star", "cross", "heart"};
    for (std::size_t i = 1; i < boxes.size(); ++i) {
        BOOST_REQUIRE_EQUAL(boxes[i].size(), 7U);
        ids.insert(boxes[i][0]);
        BOOST_TEST(known.contains(boxes[i][1]), boxes[i][1]);
        BOOST_TEST(std::stod(boxes[i][2]) > 0);
        BOOST_TEST(std::stod(boxes[i][3]) < std::stod(boxes[i][5]));
        BOOST_TEST(std::stod(boxes[i][4]) < std::stod(boxes[i][6]));
    }
    BOOST_TEST(ids == (std::set<std::string>{"validation_0000", "validation_0001", "validation_0002"}), boost::test_tools::per_element());
}

// The boxes are the plan's, though fp32 runs beside it for the drawing.
BOOST_AUTO_TEST_CASE(boxes_are_the_same_with_and_without_drawings) {
    const Folder folder;
    const std::string config = kFolder + "detect.json", plan = " --plan " + calibrated(folder, config) + "/plan.json";
    const std::string copy = [&] {
        boost::json::object object = boost::json::parse(file_text(config)).as_object();
        object["model"] = kFolder + "detect.onnx";
        object["dataset"].as_object()["root"] = kFolder + "detect";
        object["output"] = folder / "out";
        return folder.write("c.json", boost::json::serialize(object));
    }();
    const std::string evaluate = "evaluate -q --limit 4 " + copy;
    BOOST_TEST(run(folder, evaluate + " --answers " + (folder / "fp32")).code == 0);
    BOOST_TEST(run(folder, evaluate + plan + " --answers " + (folder / "alone")).code == 0);
    const Outcome drawn = run(folder, evaluate + plan + " --draw 1 --answers " + (folder / "drawn"));
    BOOST_TEST(drawn.out.ends_with("drawn  1 image in " + (folder / "out/drawn") + "\n"), drawn.out);
    BOOST_TEST(file_text(folder / "alone") == file_text(folder / "drawn"));
    BOOST_TEST(file_text(folder / "alone") != file_text(folder / "fp32"));
}

BOOST_AUTO_TEST_CASE(it_is_said_which_form_of_the_model_the_figures_are_of) {
    const Folder folder;
    const std::string plan = calibrated(folder, kConfig) + "/plan.json", written = folder / "run/model.qdq.onnx";
    const std::string evaluate = "evaluate -q --limit 1 " + kConfig;
    const auto first_line = [&](const std::string& more) {
        const Outcome outcome = run(folder, evaluate + more);
        BOOST_TEST(outcome.code == 0, outcome.err);
        BOOST_TEST(outcome.out.find("\nimages  1\n") != std::string::npos, outcome.out);
        return outcome.out.substr(0, outcome.out.find('\n'));
    };
    BOOST_TEST(first_line("") == "model  " + kModel + ", fp32");
    BOOST_TEST(first_line(" --plan " + plan) == "model  " + kModel + ", 21 of 21 operators in int8 by " + plan);
    BOOST_TEST(first_line(" --model " + written) == "model  " + written + ", 21 of 21 operators in int8 by its own quantization");
    BOOST_TEST(first_line(" --plan none --model " + written) == "model  " + written + ", fp32");
    const auto json = boost::json::parse(run(folder, evaluate + " --json --plan " + plan).out);
    BOOST_TEST(json.at("plan").as_string() == plan);
    BOOST_TEST(json.at("int8_operators") == 21);
    BOOST_TEST(boost::json::parse(run(folder, evaluate + " --json").out).at("plan").is_null());
}

BOOST_AUTO_TEST_CASE(numbers_of_every_json_are_plain) {
    const Folder folder;
    const std::regex exponent("[0-9]E[0-9-]");
    for (const std::string& line : {"evaluate --limit 4 --json " + kConfig, "benchmark --seconds 0 --json " + kModel,
                                    "inspect --json " + kModel, "calibrate --limit 4 --json " + kConfig + " -o " + (folder / "run")}) {
        const Outcome outcome = run(folder, line);
        BOOST_TEST(!outcome.out.empty());
        BOOST_TEST(!std::regex_search(outcome.out, exponent), outcome.out);
        BOOST_TEST(!std::regex_search(outcome.err, exponent), outcome.err);
    }
}

BOOST_AUTO_TEST_CASE(convert_tells_of_what_it_wrote) {
    const Folder folder;
    const std::string plan = calibrated(folder, kConfig) + "/plan.json", out = folder / "out.onnx", read = folder / "read.json";
    const auto said = [&](const std::string& arguments) {
        const Outcome outcome = run(folder, "convert " + arguments);
        BOOST_TEST(outcome.code == 0, outcome.err);
        return outcome.out;
    };
    BOOST_TEST(said(kModel + " " + (folder / "f.onnx")).find("38 of 56 operators left, 0.4 MB; outputs differ by ") != std::string::npos);
    BOOST_TEST(said(kModel + " " + out + " --plan " + plan) == out + ": 21 of 21 operators in int8, 0.2 MB\n");
    BOOST_TEST(said(out + " " + read) == read + ": 21 of 21 operators in int8, 0.0 MB\n");
    const Outcome refused = run(folder, "convert " + kModel + " " + read + " --plan " + plan);
    BOOST_TEST(refused.code == 2);
    BOOST_TEST(refused.err == "octavo: error: --plan: found output " + read +
                                  ", which takes the plan in the file itself; expected a model, .onnx or .xml\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
