// What the runtime looks for, what it refuses and what it says; through the C interface where callers may be older than the library.
#include "core/formats/onnx/writer.h"
#include "tests/core/runtime/calibrated.h"
#include "tests/support/golden.h"

#include <cstddef>
#include <filesystem>

using namespace octavo;
using namespace octavo::testing;
namespace fs = std::filesystem;

namespace {

// The run's files in another folder.
void copy_run(const Folder& to, bool with_model) {
    for (const char* name : {"plan.json", "plan.delta.bin", "report.json"}) to.write(name, calibrated().text(name));
    if (with_model) fs::copy_file(kModel, to / "classify.onnx");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtimes)

BOOST_AUTO_TEST_CASE(a_folder_that_holds_its_model_needs_no_other) {
    const Folder folder;
    copy_run(folder, true);
    folder.write("report.json", replaced(calibrated().text("report.json"), kQuickstart, "/nowhere"));
    runtime::Stream there = must(must(runtime::Model::load(folder.path.string())).open());
    runtime::Stream here = must(must(runtime::Model::load(calibrated().run())).open());
    BOOST_TEST(answer(there, calibrated().images[1]) == answer(here, calibrated().images[1]));
    fs::remove(folder / "classify.onnx");
    check_refused(runtime::Model::load(folder.path.string()), Code::config, "/nowhere/classify.onnx: found nothing, expected a model");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_loaded_is_said) {
    const Folder folder;
    const std::string here = folder.path.string();
    check_refused(runtime::Model::load("/no/such/model.onnx"), Code::config, "/no/such/model.onnx: found nothing, expected a model");
    check_refused(runtime::Model::load(here), Code::config, here + "/report.json");
    folder.write("report.json", "{\"configs\": {}}");
    check_refused(runtime::Model::load(here), Code::config,
                  "report.json:1:1: /config: found nothing, expected the report of a calibration");
    folder.write("report.json", "{\"config\": {}}");
    check_refused(runtime::Model::load(here), Code::config, "report.json:1:12: /config/model: found nothing, expected ");
    folder.write("report.json", "{\"config\": {\"model\": \"m.onnx\", \"preprocess\": 3}}");
    check_refused(runtime::Model::load(here), Code::config, "/config/preprocess: found 3, expected ");
    folder.write("report.json", "{\"config\": {\"model\": \"m.onnx\", \"preprocess\": [{\"crap\": 3}]}}");
    check_refused(runtime::Model::load(here), Code::config, "/config/preprocess/0/crap: found an unknown key");
    folder.write("report.json", "[");
    check_refused(runtime::Model::load(here), Code::config, "report.json:1:2");

    copy_run(folder, false);
    folder.write("plan.json", replaced(calibrated().text("plan.json"), "\"constants\": \"", "\"constants\": \"0"));
    check_refused(runtime::Model::load(here), Code::config, "plan.json: was made for other weights than the model has");
    folder.write("plan.json", replaced(calibrated().text("plan.json"), "\"structure\": \"", "\"structure\": \"0"));
    check_refused(runtime::Model::load(here), Code::config, "plan.json: ");
    folder.write("plan.json", "no plan");
    check_refused(runtime::Model::load(here), Code::config, "plan.json: found no JSON");
    fs::remove(folder / "plan.json");
    check_refused(runtime::Model::load(here), Code::config, here + "/plan.json");
    check_refused(runtime::Model::load(kModel, {.plan = "other.json"}), Code::config, "other.json");
    // Device openvino may stand between them.
    check_refused(runtime::Model::load(kModel, {.device = "onedn"}), Code::config, "device: found 'onedn', expected one of onednn, ");
    check_refused(runtime::Model::load(kModel, {.device = "onedn"}), Code::config, "reference; did you mean 'onednn'?");
    check_refused(runtime::Model::load(kModel, {.device = "mine", .plugins = here + "/mine.so"}), Code::config,
                  here + "/mine.so: there is no such file");
}

BOOST_AUTO_TEST_CASE(streams_refuse_what_they_cannot_do) {
    const runtime::Model model = must(runtime::Model::load(calibrated().run()));
    check_refused(model.open({.threads = -1}), Code::config, "threads: found -1, expected 0 to 1024");
    check_refused(model.open({.batch = 1'000'000}), Code::config, "batch: found 1000000, expected 0 to 1024");
    runtime::Stream stream = must(model.open({.threads = 1, .batch = 2}));
    const std::vector<std::byte> image = bytes_of(calibrated().images[0]);
    check_refused(stream.set_image(2, image), Code::config, "row 2: the batch has rows 0 to 1");
    check_refused(stream.set_image(-1, image), Code::config, "row -1");
    check_refused(stream.set_image(1, {}), Code::data, "row 1: ");
    check_refused(stream.set_image(1, std::span(image).first(100)), Code::data, "row 1: ");
    const std::uint8_t pixel[4] = {};
    const auto set = [&](octavo_pixels pixels) { return stream.set_pixels(0, pixels); };
    const auto order = static_cast<octavo_pixel_order>(7);
    check_refused(set({sizeof(octavo_pixels), order, 1, 1, 0, pixel}), Code::config, "pixels: found order 7");
    check_refused(set({sizeof(octavo_pixels), OCTAVO_RGB, 1, 1, 0, nullptr}), Code::config, "pixels: found no data");
    check_refused(set({sizeof(octavo_pixels), OCTAVO_RGB, 0, 1, 0, pixel}), Code::data, "pixels: found 0x1");
    check_refused(set({sizeof(octavo_pixels), OCTAVO_RGB, 1, -5, 0, pixel}), Code::data, "pixels: found 1x-5");
    check_refused(set({sizeof(octavo_pixels), OCTAVO_RGB, 70000, 1, 0, pixel}), Code::data, "pixels: image of 70000x1 pixels is too large");
    check_refused(set({sizeof(octavo_pixels), OCTAVO_RGB, 1, 1, 2, pixel}), Code::config, "rows of 2 bytes, expected 3 or more");
    check_refused(set({0, OCTAVO_RGB, 1, 1, 0, pixel}), Code::config, "pixels: found size 0, expected ");

    runtime::Stream plain = must(must(runtime::Model::load(kModel)).open());
    check_refused(plain.set_image(0, image), Code::config, "says nothing of preprocessing");
}

BOOST_AUTO_TEST_CASE(a_fixed_batch_is_kept) {
    GraphBuilder builder;
    const TensorId y = builder.node("Transpose", "y", {builder.input("x", {4, 2})}, {{"perm", std::vector<std::int64_t>{1, 0}}});
    const Folder folder;
    const runtime::Model model = must(runtime::Model::load(folder.write("transpose.onnx", write_onnx(builder.done({y}, 1)))));
    BOOST_TEST(shape_text(must(model.open()).inputs()[0].tensor) == "[4, 2]");
    check_refused(model.open({.batch = 2}), Code::model, "its batch size is fixed at 4, asked for 2");
}

BOOST_AUTO_TEST_CASE(callers_that_know_less_of_a_struct_are_understood) {
    octavo_model_options options{};
    options.size = offsetof(octavo_model_options, device);  // a version without device and plugins
    options.plan = "none";
    options.device = "not to be read";
    octavo_model* model = nullptr;
    octavo_error error{};
    BOOST_REQUIRE_MESSAGE(octavo_model_load(kModel.c_str(), &options, &model, &error) == 0, error.text);
    octavo_model_free(model);

    BOOST_REQUIRE_MESSAGE(octavo_model_load(calibrated().run().c_str(), nullptr, &model, &error) == 0, error.text);
    octavo_stream* stream = nullptr;
    BOOST_REQUIRE_MESSAGE(octavo_stream_open(model, nullptr, &stream, &error) == 0, error.text);
    const std::vector<std::byte> image = bytes_of(calibrated().images[0]);
    octavo_geometry geometry{};
    geometry.size = offsetof(octavo_geometry, scale_x);  // a version that ends there
    geometry.scale_x = -1;
    for (int call = 0; call < 2; ++call) {
        BOOST_TEST(octavo_stream_set_image(stream, 0, image.data(), image.size(), &geometry, &error) == 0);
        BOOST_TEST(geometry.source_width > 0);
        BOOST_TEST(geometry.size == offsetof(octavo_geometry, scale_x));
        BOOST_TEST(geometry.scale_x == -1);
    }
    geometry.size = 0;
    BOOST_TEST(octavo_stream_set_image(stream, 0, image.data(), image.size(), &geometry, &error) ==
               static_cast<octavo_status>(Code::config));
    octavo_stream_close(stream);
    octavo_model_free(model);

    options.size = 0;
    BOOST_TEST(octavo_model_load(kModel.c_str(), &options, &model, nullptr) == static_cast<octavo_status>(Code::config));
    BOOST_TEST(octavo_model_load(nullptr, nullptr, &model, &error) == static_cast<octavo_status>(Code::config));
    BOOST_TEST(error.text == std::string("path: found NULL"));
    octavo_model_free(nullptr);
    octavo_stream_close(nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
