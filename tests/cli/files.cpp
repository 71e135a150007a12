// Files as a user names them: what is not there, what is something else than was asked for, what cannot be written. One exit code each.
#include "core/pipeline/npy.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace {

using namespace octavo::testing;

const std::string kFolder = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/", kModel = kFolder + "classify.onnx",
                  kConfig = kFolder + "classify.json";
constexpr const char* kForms =
    "; expected a model: ONNX (.onnx), OpenVINO IR (.xml beside .bin), Caffe (.prototxt beside .caffemodel) or TensorFlow Lite (.tflite)\n";

void check_ends(const Outcome& outcome, int code, const std::string& message) {
    BOOST_TEST(outcome.code == code, outcome.err);
    BOOST_TEST(outcome.err.find(message) != std::string::npos, outcome.err << " says nothing of " << message);
}

// Command lines of all verbs that read a model, with MODEL for it.
std::vector<std::string> lines_with_a_model(const Folder& folder, const std::string& model) {
    const std::string images = kFolder + "images";
    return {"inspect " + model,
            "benchmark --seconds 0 " + model,
            "convert " + model + " " + (folder / "out.onnx"),
            "init " + model + " --images " + images + " -o " + (folder / "new.json"),
            "evaluate " + kConfig + " --model " + model,
            "infer " + model + " --input " + (folder / "x.npy") + " --output-dir " + (folder / "out")};
}

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(a_model_that_is_not_there_is_a_mistake_of_the_command_line_in_every_verb) {
    const Folder folder;
    folder.write("x.npy", "not looked into");
    for (const std::string& line : lines_with_a_model(folder, folder / "absent.onnx")) {
        const Outcome outcome = run(folder, line);
        check_ends(outcome, 2, "absent.onnx");
        BOOST_TEST(outcome.err.find(": found nothing") != std::string::npos, outcome.err);
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_model_is_told_the_forms_that_are_known) {
    const Folder folder;
    folder.write("x.npy", "not looked into");
    const std::pair<const char*, const char*> files[] = {{"a.onnx", "no model"},
                                                         {"b.onnx", "{\"model\": \"m.onnx\"}"},
                                                         {"c.bin", "\x89PNG\r\n\x1a\n and so on"},
                                                         {"d.pb",
                                                          "\x7f"
                                                          "ELF"},
                                                         {"e.onnx", ""},
                                                         {"noname", "\n\n"}};
    for (const auto& [name, text] : files)
        for (const std::string& line : lines_with_a_model(folder, folder.write(name, text))) check_ends(run(folder, line), 3, kForms);
}

BOOST_AUTO_TEST_CASE(what_is_given_in_place_of_a_config_is_named) {
    const Folder folder;
    const std::string binary = folder.write("my.bin",
                                            "\x7f"
                                            "ELF\x02");
    for (const std::string verb : {"check ", "calibrate ", "evaluate "}) {
        check_ends(run(folder, verb + kModel), 2,
                   kModel + ": found a model, expected a config (JSON); for a model alone: octavo init " + kModel + " --images DIR\n");
        check_ends(run(folder, verb + folder.path.string()), 2, ": found a folder, expected a config (JSON)\n");
        check_ends(run(folder, verb + (folder / "absent.json")), 2, "absent.json: found nothing, expected a config (JSON)\n");
        check_ends(run(folder, verb + binary), 2, ": found bytes that are no text, expected a config (JSON in UTF-8)\n");
    }
}

BOOST_AUTO_TEST_CASE(what_is_given_in_place_of_a_plan_is_named_in_every_verb) {
    const Folder folder;
    const std::string here = "expected a plan, here " + folder.write("run/plan.json", "{}") + "\n";
    const std::string report = folder.write("run/report.json", "{}");
    for (const std::string& line :
         {"inspect " + kModel, "benchmark " + kModel, "evaluate -q " + kConfig, "convert " + kModel + " " + (folder / "out.onnx")}) {
        check_ends(run(folder, line + " --plan " + (folder / "run")), 2, "run: found a folder, " + here);
        check_ends(run(folder, line + " --plan " + report), 2, "report.json: found JSON without a format, " + here);
    }
}

BOOST_AUTO_TEST_CASE(arrays_and_images_that_do_not_fit_are_named) {
    const Folder folder;
    const std::string infer = "infer " + kModel + " --output-dir " + (folder / "out");
    const auto array = [&](octavo_type type, std::vector<std::int64_t> shape) {
        std::size_t bytes = type == OCTAVO_S64 ? 8 : 4;
        for (const std::int64_t size : shape) bytes *= static_cast<std::size_t>(size);
        BOOST_REQUIRE(octavo::write_npy(folder / "x.npy", type, shape, std::vector<std::byte>(bytes)));
        return run(folder, infer + " --input " + (folder / "x.npy"));
    };
    const std::string place = (folder / "x.npy") + ": input 'input': found ";
    check_ends(array(OCTAVO_F32, {1, 3, 32, 64}), 4, place + "f32 1x3x32x64, expected f32 1x3x64x64\n");
    check_ends(array(OCTAVO_F32, {2, 3, 64, 65}), 4, place + "f32 2x3x64x65, expected f32 2x3x64x64\n");
    check_ends(array(OCTAVO_F32, {3, 64, 64}), 4, place + "f32 3x64x64, expected f32 1x3x64x64\n");
    check_ends(array(OCTAVO_S64, {1, 3, 64, 64}), 4, place + "s64 1x3x64x64, expected f32 1x3x64x64\n");
    check_ends(run(folder, infer + " --input " + folder.write("y.npy", "text")), 4, "y.npy: not a usable .npy file: ");
    check_ends(run(folder, infer + " --input " + (folder / "absent.npy")), 2, "absent.npy: found nothing, expected an array (.npy)\n");
    check_ends(run(folder, infer + " --config " + kConfig + " --image " + (folder / "absent.jpg")), 2,
               "absent.jpg: found nothing, expected an image\n");
}

// Nothing can be written below a file.
BOOST_AUTO_TEST_CASE(an_output_that_cannot_be_written_has_one_code_in_every_verb) {
    const Folder folder;
    const std::string below = folder.write("file", "") + "/below";
    BOOST_REQUIRE(
        octavo::write_npy(folder / "x.npy", OCTAVO_F32, std::vector<std::int64_t>{1, 3, 64, 64}, std::vector<std::byte>(3 * 64 * 64 * 4)));
    for (const std::string& line :
         {"schema -o " + below, "init " + kModel + " -q --limit 4 --images " + kFolder + "images -o " + below,
          "calibrate -q --limit 4 " + kConfig + " -o " + below, "convert " + kModel + " " + below + ".onnx",
          "infer " + kModel + " --input " + (folder / "x.npy") + " --output-dir " + below,
          "evaluate -q --limit 4 " + kConfig + " --answers " + below, "evaluate -q --limit 4 " + kConfig + " --arrays " + below})
        check_ends(run(folder, line), 2, below.substr(0, below.rfind('/')));
}

// The disk that is always full.
BOOST_AUTO_TEST_CASE(what_cannot_be_printed_is_an_error) {
    const Folder folder;
    for (const std::string line : {"schema", "--help", "--version", "plugins list"}) {
        const std::string command = std::string(OCTAVO_BINARY_DIR) + "/bin/octavo " + line + " >/dev/full 2>" + (folder / "err");
        const int status = std::system(command.c_str());
        BOOST_TEST(WEXITSTATUS(status) == 4, line);
        BOOST_TEST(file_text(folder / "err") == "octavo: error: standard output: found no room for what is printed; is the disk full?\n");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
