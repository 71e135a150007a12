// The options of octavo convert that say how a model is fed: what each refuses, and that nothing is written then.
#include "core/formats/onnx/writer.h"
#include "core/pipeline/npy.h"
#include "core/pipeline/stage_load.h"
#include "tests/cli/program.h"
#include "tests/support/graph_builder.h"
#include "tests/support/networks.h"

#include <boost/test/unit_test.hpp>

namespace {

using namespace octavo;
using namespace octavo::testing;

// Three channels, 4 x 4, a convolution, and a classifier for just that size; it holds 32 values in all where the batch is 1.
std::string classifier(const Folder& folder) {
    GraphBuilder builder;
    const TensorId y = builder.conv("conv", builder.input("data", {1, 3, 4, 4}), 3, 2, 3);
    const TensorId flat = builder.node("Reshape", "flat", {y, builder.integers("to", {-1, 32})});
    return folder.write("fc.onnx", write_onnx(builder.done({builder.node("Gemm", "fc", {flat, builder.random("w", {32, 5})})}, 1)));
}

// Shapes follow; two inputs, of which the second has one channel.
std::string two_inputs(const Folder& folder) {
    GraphBuilder builder;
    const TensorId a = builder.conv("a", builder.input("image", {-1, 3, 4, 4}), 3, 2, 3);
    const TensorId b = builder.conv("b", builder.input("mask", {-1, 1, 4, 4}), 1, 2, 3);
    return folder.write("two.onnx", write_onnx(builder.done({builder.node("Add", "sum", {a, b})})));
}

std::string gray(const Folder& folder) {
    GraphBuilder builder;
    return folder.write("gray.onnx", write_onnx(builder.done({builder.conv("a", builder.input("x", {-1, 1, 4, 4}), 1, 2, 3)})));
}

BOOST_AUTO_TEST_SUITE(convert_feeding)

BOOST_AUTO_TEST_CASE(what_is_wrong_with_an_option_is_said_and_nothing_is_written) {
    const Folder folder;
    const std::string fc = classifier(folder), two = two_inputs(folder), one = gray(folder), out = folder / "out.onnx";
    const std::string belongs = "; the model holds numbers that belong to its own input shape: export it for this one";
    struct Case {
        std::string model, options, message;
    };
    const Case cases[] = {
        {fc, "--mean 1,x,3", "--mean 1,x,3: found 'x', expected numbers such as 123.675,116.28,103.53"},
        {fc, "--mean 1,,3", "--mean 1,,3: found '', expected numbers such as 123.675,116.28,103.53"},
        {fc, "--mean nan", "--mean nan: found 'nan', expected numbers such as 123.675,116.28,103.53"},
        {fc, "--scale 0", "--scale 0: found '0', expected numbers to divide by, such as 58.395,57.12,57.375"},
        {fc, "--input-shape 1,3,0,8", "--input-shape 1,3,0,8: found '0', expected sizes such as 1,3,320,320, where the first may be N"},
        {fc, "--input-shape 1,3,N,8", "--input-shape 1,3,N,8: found 'N', expected sizes such as 1,3,320,320, where the first may be N"},
        {two, "--mean '1;mask=2'", "--mean 1;mask=2: found '1', expected the name of an input in front, NAME=1"},
        {two, "--mean 'mask=1;mask=2'", "--mean mask=1;mask=2: found input 'mask' twice"},
        {two, "--mean 1", two + ": --mean: found no name of an input, the model has 2, expected NAME=... with one of image, mask"},
        {two, "--scale mass=1", two + ": --scale: found input 'mass', expected one of image, mask, did you mean 'mask'?"},
        {two, "--input-shape data=1,3,4,4", two + ": --input-shape: found input 'data', expected one of image, mask"},
        {fc, "--mean 1,2", fc + ": --mean: found 2 values for input 'data' (1x3x4x4), expected one or 3, one a channel"},
        {one, "--scale 1,2", one + ": --scale: found 2 values for input 'x' (1x1x4x4), expected one"},
        {one, "--reverse-channels", one + ": --reverse-channels: found input 'x' (1x1x4x4), expected an image of three channels"},
        {fc, "--input-shape 3,4,4", fc + ": --input-shape: found 3 dimensions for input 'data', expected 4 as in 1x3x4x4"},
        {fc, "--input-shape 1,4,4,4",
         fc + ": --input-shape 1,4,4,4: Conv 'conv': weight 2x3x3x3 takes 3 channels a group, input 1x4x4x4 has 4" + belongs},
        {fc, "--input-shape 1,3,4,5", fc + ": --input-shape 1,3,4,5: Reshape 'flat': 1x2x4x5 does not take the shape -1x32" + belongs},
        {fc, "--input-shape 1,3,8,4",
         fc + ": --input-shape 1,3,8,4: Reshape 'flat': makes 2x32 of 1x2x8x4, expected a batch of 1 as before" + belongs},
    };
    for (const auto& [model, options, message] : cases) {
        const Outcome outcome = run(folder, "convert " + model + " " + out + " --device reference " + options);
        BOOST_TEST(outcome.code == 2, options);
        BOOST_TEST(outcome.err == "octavo: error: " + message + "\n");
        BOOST_TEST(outcome.out.empty());
        BOOST_TEST(!fs::exists(out));
    }
    const Outcome plan = run(folder, "convert " + fc + " " + (folder / "plan.json") + " --mean 1");
    BOOST_TEST(plan.code == 2);
    BOOST_TEST(plan.err == "octavo: error: --input-shape, --mean, --scale, --reverse-channels: found output " + (folder / "plan.json") +
                               ", expected a model, .onnx or .xml, for them to become part of\n");
}

BOOST_AUTO_TEST_CASE(a_model_is_not_written_over_itself) {
    const Folder folder;
    const std::string model = gray(folder), link = folder / "link.onnx";
    const auto size = fs::file_size(model);
    fs::create_symlink(model, link);
    for (const std::string& output : {model, link}) {
        const Outcome outcome = run(folder, "convert " + model + " " + output + " --device reference");
        BOOST_TEST(outcome.code == 2);
        BOOST_TEST(outcome.err == "octavo: error: found output " + output + ", which is the model itself; expected another name\n");
    }
    BOOST_TEST(fs::file_size(model) == size);
}

BOOST_AUTO_TEST_CASE(a_tensor_without_real_numbers_cannot_be_tapped) {
    const Folder folder;
    GraphBuilder builder;
    const TensorId best = builder.node("ArgMax", "best", {builder.conv("a", builder.input("data", {1, 1, 4, 4}), 1, 2, 3)});
    Graph graph = builder.done({builder.node("Cast", "cast", {best}, {{"to", std::int64_t{1}}})}, 1);
    const std::string tap = graph[best].name, model = folder.write("m.onnx", write_onnx(graph));
    const float values[16] = {};
    BOOST_REQUIRE(bool(write_npy(folder / "x.npy", OCTAVO_F32, Shape{1, 1, 4, 4}, std::as_bytes(std::span(values)))));
    const std::string out = folder / "out";
    const Outcome outcome =
        run(folder, "infer " + model + " --device onednn --input data=" + (folder / "x.npy") + " --output-dir " + out + " --tap " + tap);
    BOOST_TEST(outcome.code == 2);
    BOOST_TEST(outcome.err == "octavo: error: tensor '" + tap + "' holds no real numbers, which are all that a tap shows\n");
    BOOST_TEST(!fs::exists(out));
}

BOOST_AUTO_TEST_CASE(a_batch_that_operators_fix_cannot_be_free) {
    const Folder folder;
    GraphBuilder builder;
    const TensorId x = builder.conv("conv", builder.input("x", {1, 3, 4, 4}), 3, 2);
    const std::string model = folder.write(
        "m.onnx",
        write_onnx(builder.done({builder.node("Concat", "c", {x, builder.random("k", {1, 2, 4, 4})}, {{"axis", std::int64_t{1}}})}, 1)));
    const Outcome outcome = run(folder, "convert " + model + " " + (folder / "out.xml") + " --device reference --input-shape N,3,4,4");
    BOOST_TEST(outcome.code == 2);
    BOOST_TEST(outcome.err == "octavo: error: " + model +
                                  ": --input-shape N,3,4,4: found a free batch for input 'x', expected 1, at which "
                                  "operators fix it\n");
}

BOOST_AUTO_TEST_CASE(each_input_gets_what_its_name_says) {
    const Folder folder;
    const std::string out = folder / "out.xml";
    const Outcome outcome = run(folder, "convert " + two_inputs(folder) + " " + out +
                                            " --device reference --input-shape 'image=N,3,6,8;mask=N,1,6,8' --mean 'image=1,2,3;mask=4' "
                                            "--scale mask=5 --reverse-channels");
    BOOST_TEST(outcome.code == 0, outcome.err);
    const Model model = must(load_model(out));
    BOOST_TEST((model.executed[model.executed.inputs[0]].shape == Shape{1, 3, 6, 8}));
    BOOST_TEST((model.executed[model.executed.inputs[1]].shape == Shape{1, 1, 6, 8}));
    BOOST_TEST(ops_of(model.calibration) == "ScaleShift ScaleShift Conv Conv Add");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
