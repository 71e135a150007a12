// What becomes of a whole network: names, inputs, outputs, phases, forms of all years.
#include "core/passes/passes.h"
#include "tests/core/formats/caffe/caffe_test.h"
#include "tests/support/folder.h"
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using namespace testing;

std::string names_of(const Graph& graph, const std::vector<TensorId>& ids) {
    std::string text;
    for (const TensorId id : ids) text += (text.empty() ? "" : " ") + graph[id].name;
    return text;
}

// "Conv conv: x conv/weight -> y" a line, nodes in order.
std::string nodes_of(const Graph& graph) {
    std::string text;
    for (const Node& node : graph.nodes)
        text += node.op + " " + node.name + ": " + names_of(graph, node.inputs) + " -> " + names_of(graph, node.outputs) + "\n";
    return text;
}

const std::string kTwo = input_text("x", {1, 2});
const std::string kOne = blob_proto({{1}, {1}});

BOOST_AUTO_TEST_SUITE(caffe_reader)

BOOST_AUTO_TEST_CASE(the_last_layer_in_place_keeps_the_name_of_the_blob) {
    const Graph graph = read_valid(kTwo +
                                   "layer { name: 'a' type: 'Power' bottom: 'x' top: 'a' power_param { shift: 1 } }\n"
                                   "layer { name: 'a_relu' type: 'ReLU' bottom: 'a' top: 'a' }\n"
                                   "layer { name: 'a_abs' type: 'AbsVal' bottom: 'a' top: 'a' }\n"
                                   "layer { name: 'b' type: 'TanH' bottom: 'a' top: 'b' }\n"
                                   "layer { name: 'c' type: 'Sigmoid' bottom: 'a' top: 'c' }\n");
    BOOST_TEST(nodes_of(graph) ==
               "Add a: x a/shift -> a.2\nRelu a_relu: a.2 -> a_relu\nAbs a_abs: a_relu -> a\nTanh b: a -> b\nSigmoid c: a -> c\n");
    BOOST_TEST(names_of(graph, graph.outputs) == "b c");
}

BOOST_AUTO_TEST_CASE(an_input_that_is_written_over_keeps_its_name) {
    const Graph graph = read_valid(kTwo +
                                   "layer { name: 'half' type: 'Power' bottom: 'x' top: 'x' power_param { scale: 0.5 } }\n"
                                   "layer { name: 'y' type: 'TanH' bottom: 'x' top: 'y' }\n");
    BOOST_TEST(nodes_of(graph) == "Mul half: x half/scale -> half\nTanh y: half -> y\n");
    BOOST_TEST(names_of(graph, graph.inputs) == "x");
}

BOOST_AUTO_TEST_CASE(training_and_ends_are_left_out) {
    const Graph graph = read_valid(
        "name: 'net'\n"
        "layer { name: 'data' type: 'Data' top: 'data' top: 'label' include { phase: TRAIN } data_param { source: 'lmdb' } }\n"
        "layer { name: 'data' type: 'MemoryData' top: 'data' top: 'label' include { phase: TEST }"
        " memory_data_param { batch_size: 1 channels: 2 height: 1 width: 1 } }\n"
        "layer { name: 'gone' type: 'NoSuchLayer' bottom: 'data' top: 'data' exclude { phase: TEST } }\n"
        "layer { name: 'staged' type: 'NoSuchLayer' bottom: 'data' top: 'data' include { stage: 'deploy' } }\n"
        "layer { name: 'fc' type: 'Sigmoid' bottom: 'data' top: 'fc' exclude { phase: TRAIN } }\n"
        "layer { name: 'unused' type: 'TanH' bottom: 'data' top: 'unused' }\n"
        "layer { name: 'silence' type: 'Silence' bottom: 'unused' bottom: 'label' }\n"
        "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'fc' bottom: 'label' top: 'loss' }\n"
        "layer { name: 'accuracy' type: 'Accuracy' bottom: 'fc' bottom: 'label' top: 'accuracy' include { phase: TEST } }\n");
    BOOST_TEST(graph.name == "net");
    BOOST_TEST(names_of(graph, graph.inputs) == "data");
    BOOST_TEST(graph[graph.inputs[0]].shape == (Shape{1, 2, 1, 1}), boost::test_tools::per_element());
    BOOST_TEST(names_of(graph, graph.outputs) == "fc");
}

BOOST_AUTO_TEST_CASE(inputs_at_the_top_have_four_numbers_or_a_shape) {
    const std::string layer = "layer { name: 'y' type: 'Concat' bottom: 'a' bottom: 'b' top: 'y' }";
    const Graph old = read_valid("input: 'a' input: 'b' input_dim: [1, 2, 3, 4] input_dim: [1, 1, 3, 4]" + layer);
    BOOST_TEST(old[old.outputs[0]].shape == (Shape{1, 3, 3, 4}), boost::test_tools::per_element());
    const Graph newer = read_valid("input: 'a' input_shape { dim: 1 dim: 2 } input: 'b' input_shape { dim: 1 dim: 1 }" + layer);
    BOOST_TEST(newer[newer.outputs[0]].shape == (Shape{1, 3}), boost::test_tools::per_element());
    BOOST_TEST(refusal_of("input: 'a' input: 'b' input_dim: [1, 2, 3, 4]" + layer) == "2 inputs with 1 shapes");
    BOOST_TEST(refusal_of("input: 'a' input: 'b'" + layer) ==
               "Input 'a': the file does not say its shape: give it an input_param with a shape");
    BOOST_TEST(
        refusal_of(input_text("a", {1, 0}) + layer).starts_with("Input 'a': dimension 1 of 'a' is 0: only the batch size may be free"));
    const Graph free = read_valid(input_text("a", {0, 2}) + input_text("b", {-1, 1}) + layer);
    BOOST_TEST(free[free.inputs[0]].free_batch);
}

BOOST_AUTO_TEST_CASE(what_is_given_fills_open_shapes) {
    Tensor tensor;
    tensor.shape = {1, 3, 2, 2};
    const std::string layer = "layer { name: 'data' type: 'Data' top: 'data' } layer { name: 'y' type: 'TanH' bottom: 'data' top: 'y' }";
    BOOST_TEST(refusal_of(layer) == "Data 'data': the file does not say its shape: give it an input_param with a shape");
    const Result<Graph> graph = read_caffe(layer, buffer_of(caffemodel({})), {{"data", tensor}});
    BOOST_REQUIRE(graph);
    BOOST_TEST((*graph)[graph->outputs[0]].shape == tensor.shape, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_before_2015_are_read) {
    const std::string text =
        "input: 'x' input_dim: [1, 2, 1, 1]\n"
        "layers { name: 'fc' type: INNER_PRODUCT bottom: 'x' top: 'fc' inner_product_param { num_output: 1 } }\n"
        "layers { name: 'prob' type: SOFTMAX bottom: 'fc' top: 'prob' }\n"
        "layers { name: 'loss' type: SOFTMAX_LOSS bottom: 'fc' top: 'loss' }\n";
    std::string four;  // num, channels, height, width; floats one by one
    pbf_writer out(four);
    for (const auto& [field, dim] : {std::pair(1U, 1), std::pair(2U, 1), std::pair(3U, 1), std::pair(4U, 2)}) out.add_int32(field, dim);
    out.add_float(5, 2);
    out.add_float(5, 3);
    const Graph graph = read_valid(text, caffemodel({{"fc", {four, kOne}}}, true));
    BOOST_TEST(ops_of(graph) == "Flatten Gemm Softmax");
    BOOST_TEST(values_of(graph, tensor_named(graph, "fc/weight")) == (std::vector<float>{2, 3}), boost::test_tools::per_element());
    BOOST_TEST(names_of(graph, graph.outputs) == "prob");
    BOOST_TEST(refusal_of("layers { layer { name: 'conv' type: 'conv' } bottom: 'x' top: 'y' }")
                   .starts_with("line 1: a layer in the form of 2013"));
}

BOOST_AUTO_TEST_CASE(blobs_of_every_form_hold_the_same) {
    const std::vector<double> doubles = {2, 3};
    const std::vector<float> first = {2}, second = {3};
    std::string narrowed, runs, mixed;
    pbf_writer out(narrowed), parts(runs), one(mixed);
    out.add_packed_double(8, doubles.begin(), doubles.end());
    parts.add_packed_float(5, first.begin(), first.end());
    parts.add_packed_float(5, second.begin(), second.end());
    one.add_float(5, 2);
    one.add_packed_float(5, second.begin(), second.end());
    for (pbf_writer* writer : {&out, &parts, &one}) writer->add_message(7, shape_proto({2}));
    for (const std::string& blob : {narrowed, runs, mixed, blob_proto({{1, 1, 1, 2}, {2, 3}})})
        for (const char* before : {"a", "ab", "abc", "abcd"}) {  // views into the file and copies, by how the bytes lie
            const Graph graph = read_valid(layer_text("type: 'PReLU'", {{1, 2}}), caffemodel({{before, {kOne}}, {"l", {blob}}}));
            BOOST_TEST(values_of(graph, tensor_named(graph, "l/slope")) == (std::vector<float>{2, 3}), boost::test_tools::per_element());
        }
}

// A target that says 1 for the batch of the file is one that passes free.
BOOST_AUTO_TEST_CASE(a_leading_one_of_a_reshape_survives_and_the_batch_becomes_free) {
    Graph graph = read_valid(layer_text("type: 'Reshape' reshape_param { shape { dim: 1 dim: -1 dim: 2 } }", {{1, 2, 2, 2}}));
    BOOST_TEST(graph[graph.outputs[0]].shape == (Shape{1, 4, 2}), boost::test_tools::per_element());
    BOOST_REQUIRE(run_passes(graph));
    BOOST_REQUIRE(infer_shapes(graph, 5));
    BOOST_TEST(graph[graph.outputs[0]].shape == (Shape{5, 4, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(either_name_finds_both_files) {
    const Folder folder;
    const std::string prototxt = folder.write("net.v1.prototxt", kTwo + "layer { name: 'y' type: 'TanH' bottom: 'x' top: 'y' }");
    const std::string caffemodel_path = folder / "net.v1.caffemodel";
    const auto message = [](const std::string& path) {
        const Result<Graph> graph = read_caffe(path);
        return graph ? ops_of(*graph) : graph.error().message();
    };
    BOOST_TEST(message(prototxt).starts_with(caffemodel_path));
    BOOST_TEST(message(prototxt).ends_with(": a Caffe model is two files of one name, .prototxt and .caffemodel"));
    folder.write("net.v1.caffemodel", caffemodel({}));
    BOOST_TEST(message(prototxt) == "Tanh");
    BOOST_TEST(message(caffemodel_path) == "Tanh");
    folder.write("net.v1.caffemodel", "\x0A\x7F");
    BOOST_TEST(message(prototxt) ==
               caffemodel_path + ": the file is truncated or no Caffe model: a field reaches beyond its message's end");
    folder.write("net.v1.prototxt", "layer {");
    BOOST_TEST(message(caffemodel_path) == prototxt + ": line 1: the file ends, expected a field's name");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
