// Reading: forms of layers that our writer does not write, and files that are not what they seem.
#include "core/formats/openvino/reader.h"

#include "tests/core/formats/openvino/ir_test.h"
#include "tests/support/evaluate.h"
#include "tests/support/graph_builder.h"

#include <limits>
#include <random>

namespace octavo {
namespace {

using namespace testing;

std::string port(int id, std::initializer_list<int> dims) {
    std::string text = "<port id=\"" + std::to_string(id) + "\" precision=\"FP32\">";
    for (const int dim : dims) text += "<dim>" + std::to_string(dim) + "</dim>";
    return text + "</port>";
}

std::string constant(int id, const std::string& type, const std::string& shape, int offset, int size) {
    return "<layer id=\"" + std::to_string(id) + "\" name=\"c" + std::to_string(id) +
           "\" type=\"Const\" version=\"opset1\"><data element_type=\"" + type + "\" shape=\"" + shape + "\" offset=\"" +
           std::to_string(offset) + "\" size=\"" + std::to_string(size) + "\"/><output>" + port(0, {}) + "</output></layer>";
}

std::string edge(int from, int from_port, int to, int to_port) {
    return "<edge from-layer=\"" + std::to_string(from) + "\" from-port=\"" + std::to_string(from_port) + "\" to-layer=\"" +
           std::to_string(to) + "\" to-port=\"" + std::to_string(to_port) + "\"/>";
}

std::string net(const std::string& layers, const std::string& edges, const std::string& version = "11") {
    return "<net name=\"n\" version=\"" + version + "\"><layers>" + layers + "</layers><edges>" + edges + "</edges></net>";
}

const std::string kInput =
    "<layer id=\"0\" name=\"x\" type=\"Parameter\" version=\"opset1\"><data shape=\"?,2\" element_type=\"f32\"/><output>" +
    port(0, {-1, 2}) + "</output></layer>";
const std::string kResult = "<layer id=\"9\" name=\"r\" type=\"Result\" version=\"opset1\"><input>" + port(0, {-1, 2}) + "</input></layer>";

// x * w with a layer of this type between two inputs.
std::string binary(const std::string& type, const std::string& data = "") {
    return "<layer id=\"5\" name=\"y\" type=\"" + type + "\" version=\"opset1\">" + data + "<input>" + port(0, {-1, 2}) + port(1, {2, 2}) +
           "</input><output>" + port(2, {-1, 2}) + "</output></layer>";
}

BOOST_AUTO_TEST_SUITE(openvino_reader)

// i8 -> Convert -> Subtract -> Multiply, and a half float: (4 - 2) * 0.5 and so on, turned.
BOOST_AUTO_TEST_CASE(compressed_weights_become_float) {
    const auto between = [](int id, const std::string& type, const std::string& data, int inputs) {
        std::string text = "<layer id=\"" + std::to_string(id) + "\" name=\"l" + std::to_string(id) + "\" type=\"" + type +
                           "\" version=\"opset1\">" + data + "<input>";
        for (int i = 0; i < inputs; ++i) text += port(i, {2, 2});
        return text + "</input><output>" + port(inputs, {2, 2}) + "</output></layer>";
    };
    const std::string layers = kInput + constant(1, "i8", "2,2", 0, 4) + constant(2, "f16", "", 4, 2) + constant(3, "f32", "2, 1", 8, 8) +
                               between(4, "Convert", "<data destination_type=\"f32\"/>", 1) + between(6, "Subtract", "", 2) +
                               between(7, "Multiply", "", 2) + binary("MatMul", "<data transpose_a=\"false\" transpose_b=\"true\"/>") +
                               kResult;
    const std::string edges = edge(1, 0, 4, 0) + edge(4, 1, 6, 0) + edge(2, 0, 6, 1) + edge(6, 2, 7, 0) + edge(3, 0, 7, 1) +
                              edge(0, 0, 5, 0) + edge(7, 2, 5, 1) + edge(5, 2, 9, 0);
    std::string bytes = {4, 2, 0, 3};
    bytes += std::string("\x00\x40", 2) + std::string(2, '\0');  // 2.0 as half
    const float scales[] = {0.5F, 4};
    bytes.append(reinterpret_cast<const char*>(scales), sizeof scales);
    const Result<Graph> graph = read_ir(net(layers, edges), buffer_of(bytes));
    BOOST_REQUIRE_MESSAGE(graph, (graph ? "" : graph.error().message()));
    // weight: ((4-2) * .5, (2-2) * .5), ((0-2) * 4, (3-2) * 4)
    const std::vector<std::vector<float>> y = run_graph(*graph, {{1, 10}});
    BOOST_TEST(y.at(0) == (std::vector<float>{1, 32}), boost::test_tools::per_element());
}

// OpenVINO writes the largest double for a bound that is none.
BOOST_AUTO_TEST_CASE(a_clamp_may_have_one_side) {
    const std::string layer =
        "<layer id=\"5\" name=\"y\" type=\"Clamp\" version=\"opset1\"><data min=\"0\" "
        "max=\"1.7976931348623157e+308\"/><input>" +
        port(0, {-1, 2}) + "</input><output>" + port(1, {-1, 2}) + "</output></layer>";
    const Result<Graph> graph = read_ir(net(kInput + layer + kResult, edge(0, 0, 5, 0) + edge(5, 1, 9, 0)), Buffer{});
    BOOST_REQUIRE_MESSAGE(graph, (graph ? "" : graph.error().message()));
    BOOST_TEST(values_of(*graph, graph->nodes[0].inputs[2]) == std::vector<float>{std::numeric_limits<float>::max()});
}

// The name that the file gives a tensor is that tensor's, though a layer bears it, too.
BOOST_AUTO_TEST_CASE(a_name_of_a_second_port_comes_before_the_layers_own) {
    const std::string layer = "<layer id=\"5\" name=\"y\" type=\"Split\" version=\"opset1\"><data num_splits=\"2\"/><input>" +
                              port(0, {-1, 2}) + port(1, {}) + "</input><output>" + port(2, {-1, 1}) +
                              "<port id=\"3\" precision=\"FP32\" names=\"y\"><dim>-1</dim><dim>1</dim></port></output></layer>";
    const std::string edges = edge(0, 0, 5, 0) + edge(1, 0, 5, 1) + edge(5, 3, 9, 0);
    const std::string axis = std::string(1, '\1') + std::string(7, '\0');
    const Result<Graph> graph = read_ir(net(kInput + constant(1, "i64", "", 0, 8) + layer + kResult, edges), buffer_of(axis));
    BOOST_REQUIRE_MESSAGE(graph, (graph ? "" : graph.error().message()));
    BOOST_TEST((*graph)[graph->outputs[0]].name == "y");
}

// Where OpenVINO's filter is another than ONNX's.
BOOST_AUTO_TEST_CASE(an_antialiased_interpolate_that_shrinks_is_refused) {
    const auto read = [](int to) {
        const std::string layer =
            "<layer id=\"5\" name=\"y\" type=\"Interpolate\" version=\"opset11\"><data mode=\"linear\" antialias=\"true\" "
            "shape_calculation_mode=\"sizes\"/><input>" +
            port(0, {-1, 2}) + port(1, {2}) + "</input><output>" + port(2, {-1, to}) + "</output></layer>";
        const std::string edges = edge(0, 0, 5, 0) + edge(1, 0, 5, 1) + edge(5, 2, 9, 0);
        const std::int64_t sizes[] = {1, to};
        return refusal_of(net(kInput + constant(1, "i64", "2", 0, 16) + layer + kResult, edges),
                          std::string(reinterpret_cast<const char*>(sizes), sizeof sizes));
    };
    BOOST_TEST(read(1) == "Interpolate 'y': antialias, for which ONNX has other weights");
    BOOST_TEST(read(4) == "");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    const std::string good_edges = edge(0, 0, 5, 0) + edge(1, 0, 5, 1) + edge(5, 2, 9, 0);
    const auto with = [&](const std::string& constant_layer, const std::string& op, const std::string& edges) {
        return refusal_of(net(kInput + constant_layer + binary(op) + kResult, edges), std::string(8, '\0'));
    };
    const std::string two = constant(1, "f32", "2", 0, 8);
    BOOST_TEST(with(two, "Add", good_edges) == "");
    BOOST_TEST(with(two, "Bucketize", good_edges) == "unsupported layers: Bucketize 'y' (opset1): docs/openvino.md lists what is read");
    BOOST_TEST(with(constant(1, "f32", "2", 4, 8), "Add", good_edges) == "Const 'c1': bytes 4 to 12 of the .bin file, which has 8");
    BOOST_TEST(with(constant(1, "f32", "3", 0, 8), "Add", good_edges) == "Const 'c1': 8 bytes of f32, its shape needs 3 values");
    BOOST_TEST(with(constant(1, "f32", "4294967296,4294967296", 0, 8), "Add", good_edges) ==
               "Const 'c1': its shape is 4294967296x4294967296");
    BOOST_TEST(with(constant(1, "u4", "2", 0, 1), "Add", good_edges) == "Const 'c1': values of type 'u4', which is not supported");
    BOOST_TEST(with(two, "Add", edge(0, 0, 5, 0) + edge(5, 2, 9, 0)) == "Add 'y': no edge ends in its input 1");
    BOOST_TEST(with(two, "Add", good_edges + edge(7, 0, 5, 0)) == "edge from layer 7 to layer 5: there is no such layer");
    BOOST_TEST(with(two, "Add", good_edges + edge(1, 0, 5, 1)) == "edge from layer 1 to layer 5: another edge ends in the same port");
    BOOST_TEST(with(two, "Add", edge(5, 2, 5, 0) + edge(1, 0, 5, 1) + edge(5, 2, 9, 0)) ==
               "Add 'y': reads what it makes itself, by way of others");
    BOOST_TEST(refusal_of(net("", "", "9")) == "IR of version '9', expected an IR of version 2 to 7, 10 or 11");
    BOOST_TEST(refusal_of("<net").starts_with("no XML from byte "));
    BOOST_TEST(refusal_of("") == "no XML from byte 0 on: No document element found");
}

// Masks and lengths are numbers of the file: none of them may overflow.
BOOST_AUTO_TEST_CASE(indices_at_the_end_of_their_range_are_no_overflow) {
    const auto refused = [](const std::string& type, const std::string& data, std::vector<std::int64_t> numbers) {
        std::string layers = kInput, edges = edge(0, 0, 5, 0) + edge(5, 9, 9, 0), ports = port(0, {-1, 2});
        for (int i = 0; i < static_cast<int>(numbers.size()); ++i) {
            layers += constant(i + 1, "i64", type == "VariadicSplit" && i == 0 ? "" : "1", i * 8, 8);
            edges += edge(i + 1, 0, 5, i + 1);
            ports += port(i + 1, {1});
        }
        layers += "<layer id=\"5\" name=\"y\" type=\"" + type + "\" version=\"opset1\">" + data + "<input>" + ports + "</input><output>" +
                  port(9, {-1}) + "</output></layer>" + kResult;
        return refusal_of(net(layers, edges), std::string(reinterpret_cast<const char*>(numbers.data()), numbers.size() * 8));
    };
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    const std::string shrinks = R"(<data begin_mask="0" end_mask="0" shrink_axis_mask="1"/>)";
    BOOST_TEST(refused("StridedSlice", shrinks, {0, 1, 1}) == "");
    BOOST_TEST(refused("StridedSlice", shrinks, {kMost, 1, 1}) != "");
    BOOST_TEST(refused("VariadicSplit", "", {1, -1}) == "");
    BOOST_TEST(refused("VariadicSplit", "", {1, kMost}) != "");
}

IrModel small_model() {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId conv = builder.conv("conv", x, 2, 4, 3, 2);
    const TensorId pool = builder.node("GlobalAveragePool", "pool", {conv});
    const TensorId flat = builder.node("Reshape", "flat", {pool, builder.integers("shape", {0, -1})});
    return write_valid(builder.done({builder.node("Softmax", "y", {flat}, {{"axis", std::int64_t{1}}, {"opset", std::int64_t{13}}})}, 1));
}

BOOST_AUTO_TEST_CASE(a_file_cut_anywhere_is_an_error) {
    const IrModel whole = small_model();
    BOOST_REQUIRE(refusal_of(whole.xml, whole.binary) == "");
    const std::size_t end = whole.xml.rfind("</net>") + 6;
    for (std::size_t size = 0; size < end; ++size) BOOST_TEST(refusal_of(whole.xml.substr(0, size), whole.binary) != "", "cut at " << size);
    for (std::size_t size = 0; size < whole.binary.size(); ++size)
        BOOST_TEST(refusal_of(whole.xml, whole.binary.substr(0, size)) != "", "cut at " << size);
}

// Under the sanitizers this says more.
BOOST_AUTO_TEST_CASE(any_byte_may_be_anything) {
    const IrModel whole = small_model();
    std::mt19937 random(7);
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.xml.size(); ++at) {
        for (const char byte : {'0', '9', '-', '"', static_cast<char>(random() % 255 + 1)}) {
            std::string xml = whole.xml;
            xml[at] = byte;
            if (!refusal_of(xml, whole.binary).empty()) ++refused;
        }
    }
    BOOST_TEST(refused > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
