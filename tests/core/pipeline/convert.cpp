// Converting models whose file has a fixed batch: what was written runs at the original's, and a batch that became free gives what images
// give alone. And one whose output is how many boxes it finds.
#include "core/pipeline/stage_convert.h"

#include "core/formats/onnx/writer.h"
#include "core/pipeline/stage_benchmark.h"
#include "tests/support/folder.h"
#include "tests/support/networks.h"

using namespace octavo;
using namespace octavo::testing;

namespace {

struct Outcome {
    Converted converted;
    Graph written;
};

Outcome convert_to(const char* name, const Graph& graph) {
    const Folder folder;
    const std::string model = folder.write("m.onnx", write_onnx(graph));
    Converted converted = must(convert({{model}, folder / name}, device("reference")));
    const FileContent& last = converted.files.back();
    Graph written = must(load_model(folder.write(name, last.bytes))).executed;
    return {std::move(converted), std::move(written)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(converting)

// A Slice of both images is taken out; without it the model takes any number.
BOOST_AUTO_TEST_CASE(two_images_are_compared_where_what_was_written_takes_any_number) {
    GraphBuilder builder;
    const TensorId conv = builder.conv("conv", builder.input("x", {2, 3, 4, 4}), 3, 2);
    const TensorId both =
        builder.node("Slice", "both", {conv, builder.integers("from", {0}), builder.integers("to", {2}), builder.integers("axis", {0})});
    const Outcome outcome = convert_to("out.onnx", builder.done({builder.node("Exp", "y", {both})}, 2));
    BOOST_TEST(outcome.converted.difference == 0);
    BOOST_TEST(ops_of(outcome.written) == "Conv Exp");
}

BOOST_AUTO_TEST_CASE(a_pyramid_for_one_image_is_written_for_any_number) {
    for (const std::int64_t size : {8, 7}) {  // twice the smaller one, and a size that no factor says
        GraphBuilder builder;
        const TensorId large = builder.conv("large", builder.input("x", {1, 3, size, size}), 3, 4, 3);
        const TensorId small = builder.node(
            "MaxPool", "small", {large}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}});
        const TensorId sizes = builder.integers("sizes", {1, 4, size, size});
        const TensorId up = builder.node("Resize", "up", {small, TensorId::none, TensorId::none, sizes}, {{"mode", std::string("linear")}});
        const Outcome outcome = convert_to("out.onnx", builder.done({builder.node("Add", "y", {up, large})}, 1));
        BOOST_TEST(outcome.converted.difference == 0);
        const Graph three = must(with_batch(outcome.written, 3));
        BOOST_TEST(three[three.outputs[0]].shape == (Shape{3, 4, size, size}), boost::test_tools::per_element());
    }
}

// On both devices it is what is left, not the 40 that there could be.
BOOST_AUTO_TEST_CASE(the_number_of_boxes_is_counted_as_the_model_runs) {
    GraphBuilder builder;
    const TensorId found = builder.node("NonMaxSuppression", "boxes",
                                        {builder.input("corners", {1, 50, 4}), builder.input("scores", {1, 2, 50}),
                                         builder.integers("most", {20}), builder.scalar("overlap", 0.3F), builder.scalar("score", 0.9F)});
    const TensorId count = builder.node("Gather", "count", {builder.node("Shape", "shape", {found}), builder.integers("zero", {0})});
    const Graph graph = builder.done({builder.node("Cast", "y", {count}, {{"to", std::int64_t{1}}})}, 1);
    const Outcome outcome = convert_to("out.onnx", graph);
    BOOST_TEST(ops_of(outcome.written) == "NonMaxSuppression Shape Gather Cast");
    std::vector<float> counts;
    for (const char* name : {"reference", "onednn"}) {
        Session session = must(Session::compile(device(name), must(with_batch(outcome.written, 1)), nullptr, {}));
        BOOST_REQUIRE(session.run(random_inputs(session.inputs())));
        counts.push_back(*static_cast<const float*>(session.output_views()[0].data));
    }
    BOOST_TEST(counts[0] > 0);
    BOOST_TEST(counts[0] < 20);
    BOOST_TEST(counts[1] == counts[0]);
}

BOOST_AUTO_TEST_SUITE_END()
