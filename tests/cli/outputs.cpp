// octavo evaluate --outputs: outputs that something else has computed are judged as those of a run are.
#include "core/pipeline/npy.h"
#include "tests/cli/program.h"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <numeric>

namespace {

using namespace octavo::testing;

const std::string kFolder = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/";

// What evaluate --json says, without what tells which form of the model it is of.
std::string judged(const Folder& folder, const std::string& arguments) {
    const Outcome outcome = run(folder, "evaluate -q --json " + arguments);
    BOOST_REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
    boost::json::object said = boost::json::parse(outcome.out).as_object();
    for (const char* key : {"plan", "outputs", "int8_operators"}) said.erase(key);
    return boost::json::serialize(said);
}

// Outputs of the classifier for 5 images in batches of 2, and the evaluation of them.
struct Kept {
    Folder folder;
    std::string kept = folder / "kept", index = kept + "/arrays.json", last = kept + "/2/logits.npy";
    std::string config = kFolder + "classify.json --limit 5 --batch 2";

    Kept() { BOOST_REQUIRE(run(folder, "evaluate -q " + config + " --arrays " + kept).code == 0); }

    void check_refused(int code, const std::string& message, const std::string& more = "") const {
        const Outcome outcome = run(folder, "evaluate -q --outputs " + kept + " " + (more.empty() ? config : more));
        BOOST_TEST(outcome.code == code, outcome.err);
        BOOST_TEST(outcome.err == "octavo: error: " + message + "\n");
        BOOST_TEST(outcome.out.empty());
    }
    void write_last(octavo_type type, std::vector<std::int64_t> shape) const {
        const std::int64_t count = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
        BOOST_REQUIRE(octavo::write_npy(last, type, shape, std::vector<std::byte>(static_cast<std::size_t>(count) * 4)));
    }
};

BOOST_AUTO_TEST_SUITE(outputs)

BOOST_AUTO_TEST_CASE(figures_of_a_classifier_and_of_a_detector_are_those_of_the_run) {
    const Folder folder;
    for (const std::string name : {"classify", "detect"}) {
        const std::string run_folder = folder / name, kept = run_folder + "/kept";
        const std::string config = kFolder + name + ".json --limit 13", common = config + " --batch 4 --answers " + (folder / "answers.");
        const int code = run(folder, "calibrate -q " + config + " -o " + run_folder).code;
        BOOST_REQUIRE((code == 0 || code == 5));  // 13 images may miss the config's target
        const std::string ran = judged(folder, common + "ran --plan " + run_folder + "/plan.json --arrays " + kept);
        fs::remove(kept + "/0/input.npy");  // inputs need not be there
        BOOST_TEST(judged(folder, common + "read --outputs " + kept) == ran);
        BOOST_TEST((name == "classify" || judged(folder, common + "fp32") != ran));  // 13 classes are the same in fp32
        BOOST_TEST(file_text(folder / "answers.read") == file_text(folder / "answers.ran"));
    }
}

BOOST_AUTO_TEST_CASE(it_is_said_whose_figures_they_are) {
    const Kept made;
    const std::string evaluate = "evaluate -q --outputs " + made.kept + " " + made.config;
    BOOST_TEST(
        run(made.folder, evaluate).out.starts_with("model  " + kFolder + "classify.onnx, outputs of " + made.kept + "\nimages  5\n"));
    const boost::json::value said = boost::json::parse(run(made.folder, evaluate + " --json").out);
    BOOST_TEST(said.at("outputs").as_string() == made.kept);
    BOOST_TEST(said.at("principal").as_string() == "top1");
    BOOST_TEST(said.at("units").at("top1").as_string() == "%");
    BOOST_TEST(said.at("int8_operators").is_null());
}

BOOST_AUTO_TEST_CASE(a_missing_or_damaged_index_is_named) {
    const Kept made;
    const std::string form =
        R"(expected what 'octavo evaluate --arrays' writes: {"files": {TENSOR: FILE, ...}, "images": [IMAGES OF A BATCH, ...]})";
    const std::string files = R"({"files": {"logits": "logits.npy"}, )";
    for (const auto& [text, message] : std::initializer_list<std::pair<std::string, std::string>>{
             {"{}", "/: lacks 'files'"},
             {R"({"files": [], "images": [1]})", "/files: found [], expected an object"},
             {R"({"files": {"logits": 3}, "images": [1]})", "/files/logits: found 3, expected a string"},
             {files + R"("images": 5})", "/images: found 5, expected a list of numbers"},
             {files + R"("images": [2, 0]})", "/images/1: found 0, expected a number of images, at least 1"},
             {R"({"files": {"input": "input.npy"}, "images": [2, 2, 1]})",
              "/files: found none of 'logits', expected a file of every output of the model"}}) {
        made.folder.write("kept/arrays.json", text);
        made.check_refused(2, made.index + ": " + message);
    }
    made.folder.write("kept/arrays.json", "{");
    const std::string err = run(made.folder, "evaluate -q --outputs " + made.kept + " " + made.config).err;
    BOOST_TEST(err.starts_with("octavo: error: " + made.index + ": found no JSON ("), err);
    fs::remove(made.index);
    made.check_refused(2, made.index + ": found nothing, " + form);
}

BOOST_AUTO_TEST_CASE(other_batches_than_the_data_set_gives_are_named) {
    const Kept made;
    const std::string config = kFolder + "classify.json", place = made.index + ": /images";
    made.check_refused(4, place + "/0: found 2 images, expected 3, as the data set and the batch size give",
                       config + " --limit 5 --batch 3");
    made.check_refused(4, place + "/2: found 1 image, expected 2, as the data set and the batch size give",
                       config + " --limit 6 --batch 2");
    made.check_refused(4, place + ": found 3 batches, expected 2: the data set has no more images", config + " --limit 4 --batch 2");
    made.folder.write("kept/arrays.json", R"({"files": {"logits": "logits.npy"}, "images": [2, 2]})");
    made.check_refused(4, place + ": found 2 batches, expected more: the data set has more images");
}

BOOST_AUTO_TEST_CASE(arrays_that_are_no_outputs_of_the_model_are_named) {
    const Kept made;
    const std::string place = made.last + ": output 'logits': found ", expected = ", expected f32 2x16";
    made.write_last(OCTAVO_F32, {1, 16});
    made.check_refused(4, place + "f32 1x16" + expected);
    made.write_last(OCTAVO_F32, {2, 7});
    made.check_refused(4, place + "f32 2x7" + expected);
    made.write_last(OCTAVO_S32, {2, 16});
    made.check_refused(4, place + "s32 2x16" + expected);
    made.folder.write("kept/2/logits.npy", "text");
    made.check_refused(4, made.last + ": not a usable .npy file: the first bytes are not those of NumPy");
    fs::remove(made.last);
    made.check_refused(4, made.last + ": cannot open: No such file or directory");
}

BOOST_AUTO_TEST_CASE(what_speaks_of_a_run_is_refused_besides) {
    const Kept made;
    for (const std::string option : {"--plan none", "--arrays other", "--draw 1"})
        made.check_refused(
            2, "found " + option.substr(0, option.find(' ')) + " with --outputs: nothing is run, outputs are judged as they are",
            made.config + " " + option);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
