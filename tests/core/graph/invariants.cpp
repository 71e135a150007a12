// Each invariant, broken once: the message carries its number.
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using testing::GraphBuilder;

Graph sound() {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId a = builder.conv("a", x, 2, 2);
    const TensorId b = builder.node("Relu", "b", {a});
    return builder.done({builder.node("Add", "c", {a, b})});
}

struct Case {
    int number;
    const char* what;
    void (*damage)(Graph& graph);
};

const Case kCases[] = {
    {1, "an id behind the last tensor", [](Graph& graph) { graph.nodes[1].inputs[0] = static_cast<TensorId>(99); }},
    {1, "a node that writes nothing", [](Graph& graph) { graph.nodes[1].outputs.clear(); }},
    {1, "an output that is no tensor", [](Graph& graph) { graph.outputs = {TensorId::none}; }},
    {2, "two producers", [](Graph& graph) { graph.nodes[1].outputs = graph.nodes[0].outputs; }},
    {2, "a constant as input", [](Graph& graph) { graph.tensors[index(graph.inputs[0])].data = make_buffer(std::vector<float>(96)); }},
    {2, "a node that writes an input", [](Graph& graph) { graph.nodes[2].outputs = graph.inputs; }},
    {3, "a reader before its producer", [](Graph& graph) { std::swap(graph.nodes[0], graph.nodes[1]); }},
    {3, "a tensor that nobody writes", [](Graph& graph) { graph.nodes.erase(graph.nodes.begin()); }},
    {4, "two tensors of one name", [](Graph& graph) { graph.tensors[2].name = graph.tensors[1].name; }},
    {4, "a tensor without a name", [](Graph& graph) { graph.tensors[2].name.clear(); }},
    {5, "two nodes of one name", [](Graph& graph) { graph.nodes[1].name = graph.nodes[0].name; }},
    {6, "an operator that nobody knows", [](Graph& graph) { graph.nodes[1].op = "Relax"; }},
    {6, "too few inputs", [](Graph& graph) { graph.nodes[2].inputs.pop_back(); }},
    {7, "an attribute of another type", [](Graph& graph) { graph.nodes[0].attributes["group"] = 1.0F; }},
    {8, "a negative dimension", [](Graph& graph) { graph.tensors[index(graph.nodes[0].outputs[0])].shape[1] = -2; }},
    {8, "too many dimensions", [](Graph& graph) { graph.tensors[index(graph.inputs[0])].shape = Shape(9, 1); }},
    {8, "a size that overflows", [](Graph& graph) { graph.tensors[index(graph.inputs[0])].shape = Shape(4, std::int64_t{1} << 32); }},
    {9, "too few bytes", [](Graph& graph) { graph.tensors[1].shape[0] = 3; }},
    {10, "no outputs", [](Graph& graph) { graph.outputs.clear(); }},
    {10, "an output twice", [](Graph& graph) { graph.outputs.push_back(graph.outputs[0]); }},
};

BOOST_AUTO_TEST_SUITE(invariants)

BOOST_AUTO_TEST_CASE(a_sound_graph_keeps_them_all) {
    BOOST_TEST(bool(check_invariants(sound(), "fold_constants")));
}

BOOST_AUTO_TEST_CASE(each_violation_is_found_under_its_number) {
    for (const Case& one : kCases) {
        Graph graph = sound();
        one.damage(graph);
        const auto result = check_invariants(graph, "some_pass");
        BOOST_REQUIRE_MESSAGE(!result, one.what);
        BOOST_TEST(result.error().message().find("invariant " + std::to_string(one.number) + ":") != std::string::npos,
                   one.what << ": " << result.error().message());
        BOOST_TEST(result.error().message().starts_with("after some_pass: "));
        BOOST_TEST((result.error().code() == Code::internal));
    }
}

BOOST_AUTO_TEST_CASE(after_import_the_model_is_to_blame) {
    Graph graph = sound();
    graph.outputs.clear();
    BOOST_TEST((check_invariants(graph, "import").error().code() == Code::model));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
