// What a plan becomes when operators of it go back to floating point.
#include "core/plan/rules.h"
#include "samples.h"

namespace octavo {
namespace {

using testing::sample_graph;
using testing::sample_plan;

NodeId id_of(const Graph& graph, std::string_view name) {
    for (std::size_t n = 0; n < graph.nodes.size(); ++n)
        if (graph.nodes[n].name == name) return static_cast<NodeId>(n);
    BOOST_FAIL("no node " << name);
    return NodeId{};
}

Plan without(const Graph& graph, const Plan& plan, std::initializer_list<const char*> names, Precision precision = Precision::fp32) {
    std::map<NodeId, OperatorPlan> floating;
    for (const char* name : names) floating[id_of(graph, name)] = {precision, Reason::accuracy};
    Plan made = in_floating_point(graph, plan, floating);
    const Result<void> fits = check_plan(made, graph);
    BOOST_TEST(static_cast<bool>(fits), (fits ? "" : fits.error().message()));
    return made;
}

std::string tensors_of(const Plan& plan) {
    std::string text;
    for (const auto& [name, tensor] : plan.tensors)
        text += name + (tensor.whole ? ":whole" : "") + (tensor.depthwise ? ":depthwise" : "") + " ";
    return text;
}

BOOST_AUTO_TEST_SUITE(floating)

BOOST_AUTO_TEST_CASE(grids_that_no_int8_operator_reads_are_dropped) {
    const Graph graph = sample_graph();
    const Plan plan = sample_plan(graph);
    const Plan made = without(graph, plan, {"out"}, Precision::bf16);
    // The pooling in front of it feeds nobody now, and so do the grids around it.
    BOOST_TEST((made.operators.at("out") == OperatorPlan{Precision::bf16, Reason::accuracy}));
    BOOST_TEST((made.operators.at("p") == OperatorPlan{Precision::fp32, Reason::feeds_no_int8}));
    BOOST_TEST((made.operators.at("d") == plan.operators.at("d")));
    BOOST_TEST(tensors_of(made) == "conv:depthwise x:whole ");
    BOOST_TEST((made.tensors.at("conv") == plan.tensors.at("conv")));
    BOOST_TEST(!made.weight_scale.contains("out.w"));
    BOOST_TEST((made.weight_scale.at("d.w") == plan.weight_scale.at("d.w")));
}

BOOST_AUTO_TEST_CASE(a_corrected_bias_goes_with_the_weights_it_corrects) {
    const Graph graph = sample_graph();
    const Plan plan = sample_plan(graph);
    BOOST_TEST(!without(graph, plan, {"conv"}).replaced.contains("conv.b"));
    BOOST_TEST(without(graph, plan, {"d"}).replaced.contains("conv.b"));
}

BOOST_AUTO_TEST_CASE(a_float_operator_between_int8_ones_reads_and_writes_their_grids) {
    const Graph graph = sample_graph();
    const Plan made = without(graph, sample_plan(graph), {"d"});
    BOOST_TEST(tensors_of(made) == "d:whole inner:whole p:whole x:whole ");
}

BOOST_AUTO_TEST_CASE(nothing_in_floating_point_changes_nothing_but_biases_that_lie_beside_their_steps) {
    const Graph graph = sample_graph();
    Plan plan = sample_plan(graph);
    snap_biases(graph, plan);
    BOOST_TEST((without(graph, plan, {}) == plan));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
