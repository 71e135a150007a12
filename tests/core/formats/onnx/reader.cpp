// Reading ONNX files: what becomes of constants, names, order and versions.
#include "tests/core/formats/onnx/onnx_test.h"
#include "tests/support/graph_builder.h"

#include "core/base/files.h"
#include "tests/support/folder.h"

#include <filesystem>

namespace octavo {
namespace {

using namespace testing;

ModelParts relu_model() {
    return {{node_proto("Relu", "r", {"x"}, {"y"})}, {}, {value_info("x", {-1, 2})}, {value_info("y", {-1, 2})}};
}

// y = x + c
std::string model_with_constant(const std::string& initializer) {
    return model_proto({{node_proto("Add", "a", {"x", "c"}, {"y"})}, {initializer}, {value_info("x", {-1, 2})}, {value_info("y", {})}});
}

std::vector<float> read_constant(const std::string& initializer) {
    const Graph graph = read_valid(model_with_constant(initializer));
    return values_of(graph, tensor_named(graph, "c"));
}

std::string two_bytes_each(const std::vector<std::uint16_t>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * 2};
}

BOOST_AUTO_TEST_SUITE(onnx_reader)

BOOST_AUTO_TEST_CASE(a_small_model_becomes_the_graph_that_it_says) {
    const std::string bytes = model_proto({{node_proto("Conv", "conv", {"x", "w", ""}, {"h"}, {int_attribute("group", 1)}),
                                            node_proto("LeakyRelu", "act", {"h"}, {"y"}, {float_attribute("alpha", 0.5F)})},
                                           {float_tensor("w", {3, 2, 1, 1}, {1, 2, 3, 4, 5, 6})},
                                           {value_info("x", {-1, 2, 4, 5})},
                                           {value_info("y", {})}});
    BOOST_TEST(dump(read_valid(bytes)) ==
               "graph g\n"
               "input x f32 *x2x4x5\n"
               "constant w f32 3x2x1x1\n"
               "node conv Conv (x, w) -> (h f32 1x3x4x5) {group=1}\n"
               "node act LeakyRelu (h) -> (y f32 1x3x4x5) {alpha=0.5}\n"
               "output y\n");
}

BOOST_AUTO_TEST_CASE(raw_data_is_used_in_place_where_it_is_aligned) {
    bool in_place = false;
    bool copied = false;
    for (const std::string name : {"a", "ab", "abc", "abcd"}) {  // the name moves the data
        const std::string bytes = model_proto({{node_proto("Add", name, {"x", "c"}, {"y"})},
                                               {float_tensor("c", {2}, {3, -4})},
                                               {value_info("x", {-1, 2})},
                                               {value_info("y", {})}});
        const Buffer file = buffer_of(bytes);
        const Result<Graph> graph = read_onnx(file, "m");
        BOOST_REQUIRE(graph);
        BOOST_TEST(values_of(*graph, tensor_named(*graph, "c")) == (std::vector<float>{3, -4}), boost::test_tools::per_element());
        const std::byte* data = (*graph)[tensor_named(*graph, "c")].data.data;
        BOOST_TEST(reinterpret_cast<std::uintptr_t>(data) % alignof(float) == 0U);
        (data >= file.data && data < file.data + file.size_bytes ? in_place : copied) = true;
    }
    BOOST_TEST((in_place && copied));
}

BOOST_AUTO_TEST_CASE(half_precision_is_widened_and_double_narrowed) {
    // 1, -2, 65504, the least subnormal 2^-24, negative zero, infinity
    const std::vector<float> half =
        read_constant(raw_tensor("c", 10, {3, 2}, two_bytes_each({0x3C00, 0xC000, 0x7BFF, 0x0001, 0x8000, 0x7C00})));
    BOOST_TEST(half == (std::vector<float>{1, -2, 65504, 0x1p-24F, -0.0F, INFINITY}), boost::test_tools::per_element());
    BOOST_TEST(std::signbit(half[4]));
    BOOST_TEST(read_constant(raw_tensor("c", 16, {2}, two_bytes_each({0x3F80, 0xC040}))) == (std::vector<float>{1, -3}),
               boost::test_tools::per_element());
    const std::vector<double> doubles = {0.5, -1e300};
    const std::string raw(reinterpret_cast<const char*>(doubles.data()), 16);
    BOOST_TEST(read_constant(raw_tensor("c", 11, {2}, raw)) == (std::vector<float>{0.5F, -INFINITY}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(values_may_stand_in_repeated_fields) {
    Proto floats;
    floats.out.add_int64(1, 2);
    floats.out.add_int32(2, 1);
    floats.out.add_float(4, 7);  // one packed, one not
    const std::vector<float> packed = {8};
    floats.out.add_packed_float(4, packed.begin(), packed.end());
    floats.out.add_string(8, "c");
    BOOST_TEST(read_constant(floats.bytes) == (std::vector<float>{7, 8}), boost::test_tools::per_element());
    Proto halves;
    halves.out.add_int64(1, 2);
    halves.out.add_int32(2, 10);
    const std::vector<std::int32_t> bits = {0x3C00, 0xBC00};
    halves.out.add_packed_int32(5, bits.begin(), bits.end());
    halves.out.add_string(8, "c");
    BOOST_TEST(read_constant(halves.bytes) == (std::vector<float>{1, -1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(constant_nodes_and_initialized_inputs_are_constants) {
    ModelParts parts = {{node_proto("Constant", "", {}, {"c"}, {float_attribute("value_float", 2)}),
                         node_proto("Add", "a", {"x", "c"}, {"h"}), node_proto("Add", "b", {"h", "d"}, {"y"})},
                        {float_tensor("d", {1}, {5})},
                        {value_info("x", {-1, 2}), value_info("d", {1})},
                        {value_info("y", {})}};
    const Graph graph = read_valid(model_proto(parts));
    BOOST_TEST(graph.inputs.size() == 1U);
    BOOST_TEST(values_of(graph, tensor_named(graph, "c")) == std::vector<float>{2}, boost::test_tools::per_element());
    BOOST_TEST(values_of(graph, tensor_named(graph, "d")) == std::vector<float>{5}, boost::test_tools::per_element());
    BOOST_TEST(graph[tensor_named(graph, "c")].shape.empty());
    BOOST_TEST(ops_of(graph) == "Add Add");
}

BOOST_AUTO_TEST_CASE(external_data_is_mapped_from_beside_the_model) {
    const Folder folder;
    const std::vector<float> weights = {9, 1, 2, 9};
    folder.write("weights.bin", {reinterpret_cast<const char*>(weights.data()), 16});
    const std::string path = folder.write("m.onnx", model_with_constant(external_tensor("c", {2}, "weights.bin", "4", "8")));
    const Result<Graph> graph = read_onnx(path);
    BOOST_REQUIRE_MESSAGE(graph, (graph ? "" : graph.error().message()));
    BOOST_TEST(values_of(*graph, tensor_named(*graph, "c")) == (std::vector<float>{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(external_data_outside_of_the_folder_or_file_is_refused) {
    const Folder folder;
    folder.write("weights.bin", "12345678");
    const auto message = [&](const std::string& location, const std::string& offset, const std::string& length) {
        const std::string path = folder.write("m.onnx", model_with_constant(external_tensor("c", {2}, location, offset, length)));
        const Result<Graph> graph = read_onnx(path);
        return graph ? std::string("read") : graph.error().message().substr(path.size() + 2);
    };
    const std::string start = "initializer 'c': external data '";
    for (const std::string location : {"../weights.bin", "/etc/passwd", "a/../../b", "", "a\\b"}) {
        BOOST_TEST(message(location, "", "") == start + location + "' lies outside the model's folder, expected a path relative to it");
    }
    BOOST_TEST(message("weights.bin", "4", "8") == start + "weights.bin' has 8 bytes, the tensor wants 8 from byte 4 on");
    BOOST_TEST(message("weights.bin", "18446744073709551615", "") ==
               start + "weights.bin' has 8 bytes, the tensor wants 0 from byte 18446744073709551615 on");
    BOOST_TEST(message("weights.bin", "-1", "") == "initializer 'c': external data with the number '-1', expected digits");
    BOOST_TEST(message("weights.bin", "4", "") == "initializer 'c': 4 bytes of float32, its dimensions need 8");
    BOOST_TEST(message("absent.bin", "", "").find("absent.bin") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nodes_get_names_that_are_unique) {
    ModelParts parts = {{node_proto("Relu", "", {"x"}, {"a"}), node_proto("Relu", "n", {"a"}, {"b"}), node_proto("Relu", "n", {"b"}, {"c"}),
                         node_proto("Relu", "Relu_0", {"c"}, {"y"})},
                        {},
                        {value_info("x", {-1, 2})},
                        {value_info("y", {})}};
    const Graph graph = read_valid(model_proto(parts));
    std::vector<std::string> names;
    for (const Node& node : graph.nodes) names.push_back(node.name);
    BOOST_TEST(names == (std::vector<std::string>{"Relu_0.2", "n", "n_2", "Relu_0"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nodes_in_any_order_are_sorted) {
    ModelParts parts = {{node_proto("Add", "last", {"a", "b"}, {"y"}), node_proto("Relu", "second", {"a"}, {"b"}),
                         node_proto("Relu", "first", {"x"}, {"a"})},
                        {},
                        {value_info("x", {-1, 2})},
                        {value_info("y", {})}};
    const Graph graph = read_valid(model_proto(parts));
    BOOST_TEST(graph.nodes[0].name == "first");
    BOOST_TEST(graph.nodes[1].name == "second");
    BOOST_TEST(graph.nodes[2].name == "last");
}

BOOST_AUTO_TEST_CASE(a_cycle_is_an_error) {
    ModelParts parts = relu_model();
    parts.nodes = {node_proto("Add", "a", {"x", "z"}, {"y"}), node_proto("Relu", "b", {"y"}, {"z"})};
    BOOST_TEST(refusal(model_proto(parts)) == "m.onnx: Add 'a': reads what it makes itself, by way of others");
}

BOOST_AUTO_TEST_CASE(all_unsupported_operators_are_named_at_once) {
    ModelParts parts = relu_model();
    parts.nodes = {node_proto("Nonsense", "one", {"x"}, {"a"}), node_proto("Relu", "r", {"a"}, {"b"}),
                   node_proto("FusedConv", "two", {"b"}, {"c"}, {}, "com.microsoft"), node_proto("Loop", "", {"c"}, {"y"})};
    BOOST_TEST(refusal(model_proto(parts)) ==
               "m.onnx: unsupported operators: Nonsense 'one', com.microsoft.FusedConv 'two', Loop 'Loop_3': "
               "'octavo operators' lists what is supported");
}

BOOST_AUTO_TEST_CASE(all_operators_that_cannot_be_inferred_are_named_at_once) {
    ModelParts parts = relu_model();
    parts.nodes = {node_proto("Softmax", "s", {"x"}, {"a"}, {int_attribute("axis", 5)}), node_proto("Relu", "r", {"a"}, {"b"}),
                   node_proto("Flatten", "f", {"x"}, {"c"}, {int_attribute("axis", 9)}), node_proto("Sum", "y", {"b", "c"}, {"y"})};
    BOOST_TEST(refusal(model_proto(parts)) ==
               "m.onnx: 2 operators cannot run:\n"
               "  Softmax 's': axis 5 lies outside of a shape of rank 2\n"
               "  Flatten 'f': axis 9 lies outside of a shape of rank 2");
}

BOOST_AUTO_TEST_CASE(the_value_of_a_constant_of_shape_becomes_an_input) {
    ModelParts parts = relu_model();
    const std::string value = raw_tensor("", 7, {1}, std::string("\x05\0\0\0\0\0\0\0", 8));
    parts.nodes = {node_proto("Shape", "s", {"x"}, {"shape"}),
                   node_proto("ConstantOfShape", "y", {"shape"}, {"y"}, {tensor_attribute("value", value)})};
    const Graph graph = read_valid(model_proto(parts));
    BOOST_REQUIRE(graph.nodes[1].inputs.size() == 2U);
    const Tensor& fill = graph[graph.nodes[1].inputs[1]];
    BOOST_TEST(fill.type == OCTAVO_S64);
    BOOST_TEST(fill.data.as<std::int64_t>()[0] == 5);
}

BOOST_AUTO_TEST_CASE(given_values_fix_what_the_model_leaves_open) {
    const Folder folder;
    ModelParts parts = relu_model();
    parts.inputs = {value_info("x", {2, 0}), value_info("target", {2}, 7)};
    parts.nodes = {node_proto("Identity", "i", {"target"}, {"shape"}), node_proto("Reshape", "y", {"x", "shape"}, {"y"})};
    const std::string path = folder.write("m.onnx", model_proto(parts));
    BOOST_TEST(!read_onnx(path));
    const InputValues given = {{"x", {"x", OCTAVO_F32, {2, 6}, make_buffer(std::vector<float>(12)), false}},
                               {"target", {"target", OCTAVO_S64, {2}, make_buffer(std::vector<std::int64_t>{4, 3}), false}}};
    const Result<Graph> graph = read_onnx(path, given);
    BOOST_REQUIRE_MESSAGE(graph, (graph ? "" : graph.error().message()));
    BOOST_TEST(graph->inputs.size() == 1U);
    BOOST_TEST((*graph)[graph->inputs[0]].shape == (Shape{2, 6}), boost::test_tools::per_element());
    const Result<Border> border = read_onnx_border(path);
    BOOST_REQUIRE(border);
    BOOST_TEST(border->inputs.size() == 2U);
    BOOST_TEST(border->inputs[1].type == "int64");
}

BOOST_AUTO_TEST_CASE(softmax_remembers_its_opset) {
    ModelParts parts = relu_model();
    parts.nodes = {node_proto("Softmax", "s", {"x"}, {"y"})};
    parts.opset = 11;
    const Graph graph = read_valid(model_proto(parts));
    BOOST_TEST(attribute_or(graph.nodes[0], "opset", std::int64_t{0}) == 11);
}

struct BadModel {
    ModelParts parts;
    std::string message;
};

BOOST_AUTO_TEST_CASE(what_does_not_fit_together_is_named) {
    ModelParts unknown = relu_model();
    unknown.nodes = {node_proto("Relu", "r", {"z"}, {"y"})};
    ModelParts twice = relu_model();
    twice.nodes.push_back(node_proto("Relu", "r2", {"x"}, {"y"}));
    ModelParts no_output = relu_model();
    no_output.outputs = {value_info("q", {})};
    ModelParts none = relu_model();
    none.outputs.clear();
    ModelParts old = relu_model();
    old.opset = 6;
    ModelParts free = relu_model();
    free.inputs = {value_info("x", {-1, 2, 0})};
    ModelParts text = relu_model();
    text.inputs = {value_info("x", {1}, 8)};
    ModelParts huge = relu_model();
    huge.initializers = {raw_tensor("c", 1, {1LL << 40, 1LL << 40}, "")};
    ModelParts negative = relu_model();
    negative.initializers = {raw_tensor("c", 1, {-4}, "")};
    ModelParts little = relu_model();
    little.initializers = {raw_tensor("c", 1, {3}, "12345678")};
    ModelParts strings = relu_model();
    strings.initializers = {raw_tensor("c", 8, {1}, "")};
    const std::vector<BadModel> cases = {
        {unknown, "m.onnx: Relu 'r': reads 'z', which nothing makes"},
        {twice, "m.onnx: tensor 'y' is defined twice"},
        {no_output, "m.onnx: output 'q': nothing makes it"},
        {none, "m.onnx: no outputs, expected at least one"},
        {old, "m.onnx: opset 6, expected 7 to 28: convert the model with onnx.version_converter"},
        {free, "m.onnx: input 'x': dimension 2 is free: only the batch size may be, fix the others (octavo convert --input-shape)"},
        {text, "m.onnx: input 'x': its type is data type 8, which is not supported"},
        {huge, "m.onnx: initializer 'c': dimensions too large for any memory"},
        {negative, "m.onnx: initializer 'c': a dimension of -4, expected none below 0"},
        {little, "m.onnx: initializer 'c': 8 bytes of float32, its dimensions need 12"},
        {strings, "m.onnx: initializer 'c': values of data type 8, which is not supported"},
    };
    for (const BadModel& bad : cases) BOOST_TEST(refusal(model_proto(bad.parts)) == bad.message);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
