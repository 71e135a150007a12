// Proposals for the quickstart's network: what is found in a folder, what is tried, and that the config runs.
#include "core/pipeline/propose.h"
#include "core/pipeline/find_data.h"

#include "tests/support/built.h"
#include "tests/support/folder.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>

using namespace octavo;
namespace fs = std::filesystem;

namespace {

using namespace octavo::testing;

const std::string kQuickstart = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart";

Proposal proposed(const Folder& folder, const std::string& images, const std::optional<std::string>& list = {}) {
    const RunEvents none;
    Result<Proposal> proposal = propose({built_registry(), kQuickstart + "/classify.onnx", images, list, folder / "my.json", 32, none});
    BOOST_REQUIRE_MESSAGE(proposal, (proposal ? "" : proposal.error().message()));
    return std::move(proposal).value();
}

Config parsed(const Folder& folder, const Proposal& proposal) {
    Result<Config> config = parse_config(proposal.config, "my.json", folder.path.string(), built_registry());
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    return std::move(config).value();
}

// The first `count` images of each of the first two classes, as folder/CLASS/NAME or folder/NAME.
void copy_images(const Folder& folder, std::size_t count, bool in_classes) {
    std::vector<fs::path> classes;
    for (const auto& entry : fs::directory_iterator(kQuickstart + "/images"))
        if (entry.is_directory()) classes.push_back(entry.path());
    std::sort(classes.begin(), classes.end());
    classes.resize(2);
    for (const fs::path& from : classes) {
        std::vector<fs::path> files(fs::directory_iterator(from), fs::directory_iterator{});
        std::sort(files.begin(), files.end());
        files.resize(count);
        const fs::path to = in_classes ? folder.path / "images" / from.filename() : folder.path / "images";
        fs::create_directories(to);
        for (const fs::path& file : files) fs::copy_file(file, to / file.filename());
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(proposals)

BOOST_AUTO_TEST_CASE(lists_beside_the_images_are_found_and_the_trained_numbers_win) {
    const Folder folder;
    const Proposal proposal = proposed(folder, kQuickstart + "/images");
    const VariantsResult& trial = proposal.trial;
    BOOST_TEST(trial.images == 32);
    BOOST_TEST(trial.figure_name == "top1");
    BOOST_REQUIRE(!trial.ranking.empty());
    const Variant& best = trial.ranking.front().variant;
    BOOST_TEST(std::string(best.numbers->title) == "torchvision's mean and deviation");  // as configs/quickstart/classify.json says
    BOOST_TEST((best.order == ChannelOrder::rgb));
    BOOST_TEST(best.label_offset == 0);
    for (const TriedVariant& tried : trial.ranking) BOOST_TEST(tried.figure <= 100);
    BOOST_TEST(proposal.checks.empty());

    const Config config = parsed(folder, proposal);
    BOOST_TEST(config.dataset->name() == "imagenet");
    BOOST_TEST(config.calibration.dataset.json().find("calibration.txt") != std::string::npos);
    BOOST_REQUIRE_EQUAL(config.validation.size(), 1U);
    BOOST_TEST(config.validation[0].dataset.json().find("validation.txt") != std::string::npos);
    BOOST_REQUIRE(config.metric);
    const Normalize& normalize = std::get<Normalize>(config.preprocess.steps.back());
    BOOST_TEST(normalize.mean[0] == 123.675F);
}

BOOST_AUTO_TEST_CASE(images_without_labels_are_not_ranked) {
    const Folder folder;
    copy_images(folder, 3, false);
    const Proposal proposal = proposed(folder, folder / "images");
    BOOST_TEST(proposal.trial.ranking.empty());
    BOOST_REQUIRE_EQUAL(proposal.checks.size(), 1U);
    BOOST_TEST(proposal.checks[0].starts_with("nothing was tried, as there are no labels"));
    BOOST_TEST(proposal.config.find("// TO BE CHECKED") != std::string::npos);
    const Config config = parsed(folder, proposal);
    BOOST_TEST(config.dataset->name() == "images");
    BOOST_TEST(!config.metric);
    BOOST_TEST(config.calibration.limit == 3);
    BOOST_TEST(config.validation[0].skip == 3);
    const Result<Report> report = run_calibration(config, {});
    BOOST_REQUIRE_MESSAGE(report, (report ? "" : report.error().message()));
    BOOST_TEST(report->calibration_images == 3);
    BOOST_TEST(report->validation_images == 3);
    BOOST_TEST(!report->accuracy);
}

// However the tree is named; a detector's pictures are not cropped, and nobody is told that labels would help.
BOOST_AUTO_TEST_CASE(a_tree_with_boxes_is_recognized) {
    const Folder folder;
    const std::string tree = folder / "kit/VOC2012", from = kQuickstart + "/detect";
    for (const char* name : {"calibration_0000", "calibration_0001"}) {
        folder.write(std::string("kit/VOC2012/Annotations/") + name + ".xml", "not looked into");
        fs::create_directories(tree + "/JPEGImages");
        fs::copy_file(from + "/JPEGImages/" + name + ".jpg", tree + "/JPEGImages/" + name + ".jpg");
    }
    for (const char* name : {"val.txt", "train.txt", "cat_train.txt", "train.md"})
        folder.write(std::string("kit/VOC2012/ImageSets/Main/") + name, "calibration_0000\n");
    const RunEvents none;
    for (const std::string& images : {tree, tree + "/", tree + "/JPEGImages", folder / "kit"}) {
        const Result<Proposal> proposal =
            propose({built_registry(), kQuickstart + "/detect.onnx", images, {}, folder / "my.json", 8, none});
        BOOST_REQUIRE_MESSAGE(proposal, (proposal ? "" : proposal.error().message()));
        BOOST_REQUIRE_EQUAL(proposal->checks.size(), 3U);
        BOOST_TEST(proposal->checks[1].starts_with(tree + " is a tree of the VOC devkit"), proposal->checks[1]);
        BOOST_TEST(proposal->checks[1].find(R"({"plugin": "voc2007", "root": "kit/VOC2012", "set": one of train, val})") !=
                   std::string::npos);
        BOOST_TEST(proposal->checks[2].find("octavo init") == std::string::npos);
        const Config config = parsed(folder, *proposal);
        BOOST_REQUIRE_EQUAL(config.preprocess.steps.size(), 2U);
        BOOST_TEST(std::holds_alternative<Resize>(config.preprocess.steps[0]));
    }
    BOOST_TEST(!find_box_tree(built_registry(), tree + "/Annotations"));
    BOOST_TEST(!find_box_tree(built_registry(), "/nowhere"));
}

BOOST_AUTO_TEST_CASE(class_folders_are_seen) {
    const Folder folder;
    copy_images(folder, 4, true);
    const Proposal proposal = proposed(folder, folder / "images");
    BOOST_TEST(proposal.seen[1] == "Data set 'imagenet': 8 images in class folders with labels of 2 classes");
    BOOST_TEST(proposal.trial.images == 8);
    const Config config = parsed(folder, proposal);
    BOOST_TEST(config.calibration.limit == 4);
    BOOST_TEST(config.validation[0].skip == 4);
}

BOOST_AUTO_TEST_CASE(labels_that_the_model_does_not_have_are_named) {
    const Folder folder;
    copy_images(folder, 1, false);
    std::string text;
    for (const auto& entry : fs::directory_iterator(folder.path / "images"))
        text += entry.path().filename().string() + (text.empty() ? " 1\n" : " 1000\n");
    const Proposal proposal = proposed(folder, folder / "images", folder.write("list.txt", text));
    BOOST_TEST(proposal.trial.ranking.empty());
    BOOST_REQUIRE_EQUAL(proposal.checks.size(), 2U);
    BOOST_TEST(proposal.checks[0].starts_with("labels go from 1 to 1000, the model's classes from 0 to "));
    BOOST_TEST(proposal.checks[0].ends_with("count labels from 0"));
}

BOOST_AUTO_TEST_CASE(a_folder_without_images_is_refused) {
    const Folder folder;
    const RunEvents none;
    const Result<Proposal> proposal =
        propose({built_registry(), kQuickstart + "/classify.onnx", folder.path.string(), {}, folder / "my.json", 8, none});
    BOOST_REQUIRE(!proposal);
    BOOST_TEST((proposal.error().code() == Code::data));
    BOOST_TEST(proposal.error().message().find(folder.path.string()) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
