// The runtime's library against the host: the same files, the same images, the same bits; from several streams at a time.
#include "core/formats/onnx/writer.h"
#include "core/image/decode.h"
#include "core/pipeline/stage_benchmark.h"
#include "core/pipeline/stage_convert.h"
#include "tests/core/runtime/calibrated.h"

#include <boost/test/data/test_case.hpp>

#include <algorithm>
#include <filesystem>
#include <thread>

using namespace octavo;
using namespace octavo::testing;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(runtimes)

BOOST_AUTO_TEST_CASE(the_version_is_that_of_the_build) {
    BOOST_TEST(std::string(octavo_runtime_version()).starts_with("0."));
}

BOOST_AUTO_TEST_CASE(a_run_folder_answers_as_the_host_does_in_int8_and_in_float32) {
    const Plan plan = must(load_plan(calibrated().folder / "plan.json"));
    const runtime::Model int8 = must(runtime::Model::load(calibrated().run()));
    const runtime::Model fp32 = must(runtime::Model::load(calibrated().run(), {.plan = "none", .device = "onednn"}));
    runtime::Stream int8_stream = must(int8.open({.threads = 1, .batch = 1})), fp32_stream = must(fp32.open({.threads = 1, .batch = 1}));
    for (const std::string& image : calibrated().images) {
        const std::vector<float> quantized = answer(int8_stream, image), exact = answer(fp32_stream, image);
        BOOST_TEST(quantized == calibrated().answer(image, &plan));
        BOOST_TEST(exact == calibrated().answer(image, nullptr));
        BOOST_TEST(quantized != exact);
    }
}

BOOST_AUTO_TEST_CASE(a_model_file_and_a_plan_make_the_same_as_the_run_folder) {
    const runtime::Model run = must(runtime::Model::load(calibrated().run()));
    const runtime::Model file = must(runtime::Model::load(kModel, {.plan = calibrated().folder / "plan.json", .device = "reference"}));
    runtime::Stream from_run = must(run.open()), from_file = must(file.open());
    const std::vector<float> expected = answer(from_run, calibrated().images[0]);
    Calibrated::must_be_done(from_file.set_tensor(from_file.inputs()[0].name, from_run.inputs()[0].tensor));
    Calibrated::must_be_done(from_file.run());
    BOOST_TEST(floats(from_file.outputs()[0]) == expected);
}

BOOST_AUTO_TEST_CASE(what_a_file_says_of_its_quantization_is_its_plan) {
    const Folder folder;
    const ConvertRequest request{{kModel, calibrated().folder / "plan.json"}, folder / "int8.xml"};
    for (const FileContent& file : must(convert(request, device("reference"))).files)
        folder.write(fs::path(file.path).filename().string(), file.bytes);
    const Model model = must(load_model(folder / "int8.xml"));
    BOOST_REQUIRE(model.own_plan);
    const auto host = [&](const Plan* plan, std::span<const std::vector<std::byte>> inputs) {
        Session session = must(Session::compile(device("onednn"), must(with_batch(model.executed, 1)), plan, {1, {}, false}));
        Calibrated::must_be_done(session.run(inputs));
        return row_major(session.output_views()[0]);
    };
    for (const bool is_float : {false, true}) {
        const runtime::Model loaded = must(runtime::Model::load(folder / "int8.xml", {.plan = is_float ? "none" : ""}));
        runtime::Stream stream = must(loaded.open());
        const std::span<float> input = must(runtime::values<float>(stream.inputs()[0]));
        for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>(i % 7) - 3.0F;
        Calibrated::must_be_done(stream.run());
        const auto bytes = std::as_bytes(input);
        BOOST_TEST(floats(stream.outputs()[0]) ==
                   host(is_float ? nullptr : &*model.own_plan, std::vector<std::vector<std::byte>>{{bytes.begin(), bytes.end()}}));
    }
}

BOOST_AUTO_TEST_CASE(inputs_and_outputs_are_described_and_rows_of_a_batch_are_independent) {
    const runtime::Model model = must(runtime::Model::load(calibrated().run()));
    runtime::Stream one = must(model.open()), three = must(model.open({.threads = 2, .batch = 3}));
    BOOST_REQUIRE(three.inputs().size() == 1U);
    BOOST_REQUIRE(three.outputs().size() == 1U);
    const octavo_tensor &input = three.inputs()[0].tensor, &output = three.outputs()[0].tensor;
    BOOST_TEST(shape_text(input) == "[3, 3, 64, 64]");
    BOOST_TEST(input.type == OCTAVO_F32);
    BOOST_TEST(input.strides[0] == 3 * 64 * 64);
    BOOST_TEST(shape_text(one.inputs()[0].tensor) == "[1, 3, 64, 64]");
    const Model host = must(load_model(kModel));
    BOOST_TEST(three.inputs()[0].name == host.executed[host.executed.inputs[0]].name);
    BOOST_TEST(three.outputs()[0].name == host.executed[host.executed.outputs[0]].name);
    for (std::int64_t row = 0; row < 3; ++row) must(three.set_image(row, bytes_of(calibrated().images[static_cast<std::size_t>(row)])));
    Calibrated::must_be_done(three.run());
    const std::vector<float> all = floats(three.outputs()[0]);
    for (std::int64_t row = 0; row < 3; ++row) {
        const auto first = all.begin() + row * output.strides[0];
        BOOST_TEST(std::vector<float>(first, first + output.strides[0]) == answer(one, calibrated().images[static_cast<std::size_t>(row)]));
    }
}

struct Layout {
    octavo_pixel_order order;
    int bytes, red, green, blue, padding;
};
std::ostream& operator<<(std::ostream& out, const Layout& layout) {
    return out << "order " << layout.order << ", padding " << layout.padding;
}
const Layout kLayouts[] = {
    {OCTAVO_RGB, 3, 0, 1, 2, 0}, {OCTAVO_BGR, 3, 2, 1, 0, 5}, {OCTAVO_RGBA, 4, 0, 1, 2, 0}, {OCTAVO_BGRA, 4, 2, 1, 0, 8}};

BOOST_DATA_TEST_CASE(pixels_in_any_order_are_the_picture_that_the_file_is, boost::unit_test::data::make(kLayouts), layout) {
    runtime::Stream stream = must(must(runtime::Model::load(calibrated().run())).open());
    const std::vector<std::byte> file = bytes_of(calibrated().images[0]);
    const octavo_geometry expected_geometry = must(stream.set_image(0, file));
    const std::vector<float> expected = floats(stream.inputs()[0]);
    std::ranges::fill(must(runtime::values<float>(stream.inputs()[0])), 0.0F);
    const Image image = must(decode_image(file, "image"));
    const int row_bytes = layout.bytes * image.width + layout.padding;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(row_bytes * image.height), 77);
    for (int y = 0; y < image.height; ++y)
        for (int x = 0; x < image.width; ++x) {
            std::uint8_t* const to = &pixels[static_cast<std::size_t>(y * row_bytes + x * layout.bytes)];
            to[layout.red] = image.row(y)[3 * x];
            to[layout.green] = image.row(y)[3 * x + 1];
            to[layout.blue] = image.row(y)[3 * x + 2];
        }
    const octavo_geometry geometry = must(stream.set_pixels(
        0, {sizeof(octavo_pixels), layout.order, image.width, image.height, layout.padding ? row_bytes : 0, pixels.data()}));
    BOOST_TEST(floats(stream.inputs()[0]) == expected);
    BOOST_TEST(geometry.scale_x == expected_geometry.scale_x);
    BOOST_TEST(geometry.offset_y == expected_geometry.offset_y);
    BOOST_TEST(geometry.source_width == image.width);
    BOOST_TEST(geometry.input_width == 64);
}

BOOST_AUTO_TEST_CASE(grey_pixels_are_a_picture_of_equal_channels) {
    runtime::Stream stream = must(must(runtime::Model::load(calibrated().run())).open());
    std::vector<std::uint8_t> grey(80 * 90), colour;
    for (std::size_t i = 0; i < grey.size(); ++i) grey[i] = static_cast<std::uint8_t>(i % 251);
    for (const std::uint8_t value : grey) colour.insert(colour.end(), 3, value);
    must(stream.set_pixels(0, {sizeof(octavo_pixels), OCTAVO_RGB, 80, 90, 0, colour.data()}));
    const std::vector<float> expected = floats(stream.inputs()[0]);
    must(stream.set_pixels(0, {sizeof(octavo_pixels), OCTAVO_GREY, 80, 90, 0, grey.data()}));
    BOOST_TEST(floats(stream.inputs()[0]) == expected);
}

BOOST_AUTO_TEST_CASE(tensors_are_copied_whatever_their_strides_and_types) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {2, 3, 2, 2});
    const TensorId i = builder.graph.add_tensor({"i", OCTAVO_S64, {2}, {}, false});
    builder.graph.inputs.push_back(i);
    const Folder folder;
    const TensorId y = builder.node("Gather", "y", {x, i}, {{"axis", std::int64_t{1}}});
    const std::string model = folder.write("gather.onnx", write_onnx(builder.done({y}, 1)));
    runtime::Stream stream = must(must(runtime::Model::load(model)).open());
    std::vector<float> channels_last(24);  // value: its place in NCHW
    octavo_tensor view{};
    view.rank = 4;
    view.type = OCTAVO_F32;
    view.data = channels_last.data();
    std::ranges::copy(std::initializer_list<std::int64_t>{2, 3, 2, 2}, view.shape);
    std::ranges::copy(std::initializer_list<std::int64_t>{12, 1, 6, 3}, view.strides);
    for (std::int64_t place = 0; place < 24; ++place)
        channels_last[static_cast<std::size_t>(place / 12 * 12 + place / 4 % 3 + place / 2 % 2 * 6 + place % 2 * 3)] =
            static_cast<float>(place);
    Calibrated::must_be_done(stream.set_tensor("x", view));
    std::int64_t chosen[] = {2, 0};
    octavo_tensor dense{OCTAVO_S64, 1, {2}, {}, chosen};  // strides left at 0
    Calibrated::must_be_done(stream.set_tensor("i", dense));
    Calibrated::must_be_done(stream.run());
    BOOST_TEST(floats(stream.outputs()[0]) == (std::vector<float>{8, 9, 10, 11, 0, 1, 2, 3, 20, 21, 22, 23, 12, 13, 14, 15}));
    chosen[0] = 3;
    Calibrated::must_be_done(stream.set_tensor("i", dense));
    check_refused(stream.run(), Code::model, "y");

    check_refused(runtime::values<float>(stream.inputs()[1]), Code::config, "'i': holds s64, asked for f32");

    check_refused(stream.set_tensor("ii", dense), Code::config,
                  "input 'ii': the model has none of this name, expected one of x, i, did you mean 'i'?");
    dense.type = OCTAVO_S32;
    check_refused(stream.set_tensor("i", dense), Code::data, "input 'i': found s32 [2], expected s64 [2]");
    view.shape[1] = 4;
    check_refused(stream.set_tensor("x", view), Code::data, "input 'x': found f32 [2, 4, 2, 2], expected f32 [2, 3, 2, 2]");
    view.rank = 1000;
    check_refused(stream.set_tensor("x", view), Code::data, "found rank 1000");
    dense = {OCTAVO_S64, 1, {2}, {}, nullptr};
    check_refused(stream.set_tensor("i", dense), Code::data, "input 'i': found no data");
    octavo_error error{};
    BOOST_TEST(octavo_stream_set_tensor(nullptr, "i", &dense, &error) == static_cast<octavo_status>(Code::config));
    BOOST_TEST(error.text == std::string("stream: found NULL"));
}

BOOST_AUTO_TEST_CASE(streams_run_side_by_side_and_outlive_their_model) {
    constexpr int kStreams = 4, kRounds = 3;
    std::vector<std::vector<float>> expected;
    {
        runtime::Stream alone = must(must(runtime::Model::load(calibrated().run())).open({.threads = 1}));
        for (const std::string& image : calibrated().images) expected.push_back(answer(alone, image));
    }
    std::vector<std::vector<std::byte>> files;
    for (const std::string& image : calibrated().images) files.push_back(bytes_of(image));
    std::vector<int> wrong(kStreams, -1);  // Boost.Test's checks are for one thread
    {
        const auto model = std::make_shared<runtime::Model>(must(runtime::Model::load(calibrated().run())));
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < kStreams; ++t)
            threads.emplace_back([&, model, t] {
                const Result<runtime::Model> own = runtime::Model::load(calibrated().run());
                Result<runtime::Stream> stream = (t > 1 && own ? *own : *model).open({.threads = t % 2 == 0 ? 1 : 2});
                if (!stream) return;
                int differ = 0;
                for (std::size_t n = 0; n < kRounds * kImages; ++n) {
                    const std::size_t i = (n + t) % kImages;
                    const bool done = stream->set_image(0, files[i]) && stream->run();
                    const auto found = runtime::values<const float>(stream->outputs()[0]);
                    differ += !done || !std::ranges::equal(*found, expected[i]);
                }
                wrong[t] = differ;
            });
    }
    BOOST_TEST(wrong == std::vector<int>(kStreams, 0), boost::test_tools::per_element());
    std::optional<runtime::Model> model = must(runtime::Model::load(calibrated().run()));
    runtime::Stream stream = must(model->open());
    model.reset();
    BOOST_TEST(answer(stream, calibrated().images[0]) == expected[0]);
}

BOOST_AUTO_TEST_CASE(memory_is_given_back) {
    const auto round = [] {
        runtime::Stream stream = must(must(runtime::Model::load(calibrated().run())).open({.threads = 1, .batch = 8}));
        must(stream.set_image(7, bytes_of(calibrated().images[0])));
        Calibrated::must_be_done(stream.run());
    };
    for (int i = 0; i < 10; ++i) round();  // libraries, pools of threads and of memory
    const std::int64_t before = process_memory().steady_bytes;
    for (int i = 0; i < 60; ++i) round();
    BOOST_TEST(process_memory().steady_bytes - before < 16'000'000);
}

BOOST_AUTO_TEST_SUITE_END()
