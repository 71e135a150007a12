// check_plan: a plan that fits passes, and each misfit is named; and the flat plan says what the plan says.
#include "tests/core/plan/samples.h"

#include <limits>

namespace octavo {
namespace {

using testing::sample_graph;
using testing::sample_plan;

struct Case {
    void (*damage)(Plan& plan);
    const char* message;  // behind "plan: "
};

const Case kCases[] = {
    {[](Plan& plan) {
         plan.tensors["xx"].whole = Quantization{{1}, {0}};
     },
     "names a tensor 'xx' that the graph lacks, did you mean 'x'?"},
    {[](Plan& plan) { plan.operators["convv"] = {}; }, "names an operator 'convv' that the graph lacks, did you mean 'conv'?"},
    {[](Plan& plan) { plan.weight_scale["w"] = {1}; }, "names a weight 'w' that the graph lacks, did you mean 'd.w'?"},
    {[](Plan& plan) { plan.replaced["q"] = {1}; }, "names a replaced constant 'q' that the graph lacks"},
    {[](Plan& plan) {
         plan.tensors["conv.w"].whole = Quantization{{1}, {0}};
     },
     "tensor 'conv.w' is no activation of float type"},
    {[](Plan& plan) { plan.tensors["x"].whole->scale[0] = 0; }, "tensor 'x' has scale 0.000000, expected finite positive numbers"},
    {[](Plan& plan) { plan.tensors["x"].whole->scale[0] = std::numeric_limits<float>::infinity(); },
     "tensor 'x' has scale inf, expected finite positive numbers"},
    {[](Plan& plan) { plan.tensors["x"].whole->zero_point[0] = 256; }, "tensor 'x' has zero point 256, expected 0 to 255"},
    {[](Plan& plan) { plan.tensors["x"].whole->zero_point.clear(); }, "tensor 'x' has 1 scale and 0 zero points"},
    {[](Plan& plan) {
         plan.tensors["x"].whole = Quantization{{1, 1, 1}, {0, 0, 0}};
     },
     "tensor 'x' has 3 scales for all of its readers, expected one"},
    {[](Plan& plan) {
         plan.tensors["conv"].depthwise = Quantization{{1, 1, 1}, {0, 0, 0}};
     },
     "tensor 'conv' has 3 scales, its shape is 3x2x4x4"},
    {[](Plan& plan) {
         plan.tensors["inner"].depthwise = Quantization{{1}, {0}};
     },
     "tensor 'inner' is inside an operator and has parameters by channel"},
    {[](Plan& plan) {
         plan.tensors["d"] = {std::nullopt, Quantization{{1, 1}, {0, 0}}};
     },
     "tensor 'd' has parameters by channel, but MaxPool 'p', which is no depthwise convolution, reads it in int8"},
    {[](Plan& plan) { plan.tensors.erase("x"); }, "Conv 'conv' is int8, but its input 'x' has no parameters"},
    {[](Plan& plan) { plan.tensors["d"].whole->zero_point[0] = 1; },
     "MaxPool 'p' is int8 and passes values on, but 'd' and 'p' have different parameters"},
    {[](Plan& plan) {
         plan.weight_scale["conv.w"] = {1, 1, 1};
     },
     "weight 'conv.w' has 3 scales, Conv 'conv' has 2 output channels"},
    {[](Plan& plan) { plan.weight_scale["conv.b"] = {1}; }, "weight 'conv.b' is the weight of no operator"},
    {[](Plan& plan) {
         plan.weight_scale["conv.w"] = {1, -1};
     },
     "weight 'conv.w' has scale -1.000000, expected finite positive numbers"},
    {[](Plan& plan) { plan.weight_scale.erase("conv.w"); }, "Conv 'conv' is int8, but its weight 'conv.w' has no scale"},
    {[](Plan& plan) { plan.replaced["conv.b"] = {1}; }, "replaced constant 'conv.b' has 1 value, expected 2"},
    {[](Plan& plan) {
         plan.replaced["conv.b"] = {1, std::numeric_limits<float>::quiet_NaN()};
     },
     "replaced constant 'conv.b' has values that are not finite"},
    {[](Plan& plan) { plan.replaced["x"] = {1}; }, "replaced constant 'x' is no constant of float type in the graph"},
};

BOOST_AUTO_TEST_SUITE(check)

BOOST_AUTO_TEST_CASE(a_plan_that_fits_passes) {
    const Graph graph = sample_graph();
    const auto result = check_plan(sample_plan(graph), graph);
    BOOST_TEST(bool(result), (result ? "" : result.error().message()));
}

BOOST_AUTO_TEST_CASE(each_misfit_is_named) {
    const Graph graph = sample_graph();
    for (const Case& one : kCases) {
        Plan plan = sample_plan(graph);
        one.damage(plan);
        const auto result = check_plan(plan, graph);
        BOOST_REQUIRE_MESSAGE(!result, one.message);
        BOOST_TEST(result.error().message() == std::string("plan: ") + one.message);
        BOOST_TEST((result.error().code() == Code::config));
    }
}

BOOST_AUTO_TEST_CASE(another_structure_is_refused_and_other_weights_are_not) {
    const Graph graph = sample_graph();
    Plan plan = sample_plan(graph);
    plan.graph_constants = "others";
    BOOST_TEST(bool(check_plan(plan, graph)));
    plan.graph_structure = "another";
    const auto result = check_plan(plan, graph);
    BOOST_REQUIRE(!result);
    BOOST_TEST(result.error().message().starts_with("plan: was made for another graph (structure another, this one is "));
}

BOOST_AUTO_TEST_CASE(the_structure_is_that_of_the_model_as_it_was_read) {
    Graph graph = sample_graph();
    const Plan plan = sample_plan(graph);
    graph.imported = fingerprint(graph);
    graph.nodes[0].attributes["activation"] = std::string("relu");  // what a pass may have done
    BOOST_TEST(bool(check_plan(plan, graph)));
}

BOOST_AUTO_TEST_CASE(operators_in_fp32_need_nothing) {
    const Graph graph = sample_graph();
    Plan plan;
    plan.graph_structure = fingerprint(graph).structure;
    BOOST_TEST(bool(check_plan(plan, graph)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(flat_plan)

BOOST_AUTO_TEST_CASE(it_says_by_index_what_the_plan_says_by_name) {
    const Graph graph = sample_graph();
    const Plan plan = sample_plan(graph);
    const FlatPlan flat(plan, graph);
    const octavo_plan& view = flat.view();
    const auto at = [&graph](const char* name) { return index(testing::tensor_named(graph, name)); };
    BOOST_TEST(view.size == sizeof(octavo_plan));
    BOOST_TEST(view.whole[at("x")].channels == 1);
    BOOST_TEST(view.whole[at("x")].scale[0] == 0.1F);
    BOOST_TEST(view.whole[at("x")].zero_point[0] == 128);
    BOOST_TEST(view.whole[at("conv")].channels == 0);
    BOOST_TEST((view.whole[at("conv")].scale == nullptr));
    BOOST_TEST(view.depthwise[at("conv")].channels == 2);
    BOOST_TEST(view.depthwise[at("conv")].zero_point[1] == 3);
    BOOST_TEST(view.weights[at("conv.w")].channels == 2);
    BOOST_TEST(view.weights[at("conv.w")].scale[1] == 0.25F);
    BOOST_TEST(view.weights[at("conv.w")].zero_point[1] == 0);
    BOOST_TEST(view.weights[at("conv.b")].channels == 0);
    BOOST_TEST(static_cast<const float*>(view.replaced[at("conv.b")])[1] == -2);
    BOOST_TEST((view.replaced[at("conv.w")] == nullptr));
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) BOOST_TEST(view.precision[n] == OCTAVO_INT8);
}

BOOST_AUTO_TEST_CASE(what_a_plan_does_not_name_is_fp32) {
    const Graph graph = sample_graph();
    const Plan plan;
    const FlatPlan flat(plan, graph);
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) BOOST_TEST(flat.view().precision[n] == OCTAVO_FP32);
}

BOOST_AUTO_TEST_CASE(depthwise_means_one_input_channel_a_group_and_more_than_one_group) {
    struct Conv {
        std::int64_t in, out, group;
        bool depthwise;
    };
    for (const Conv& one : {Conv{4, 4, 4, true}, {4, 8, 4, true}, {4, 4, 2, false}, {4, 4, 1, false}, {1, 4, 1, false}}) {
        testing::GraphBuilder builder;
        const TensorId y = builder.conv("conv", builder.input("x", {-1, one.in, 4, 4}), one.in, one.out, 3, one.group);
        const Graph graph = builder.done({y});
        BOOST_TEST(is_depthwise(graph, graph.nodes[0]) == one.depthwise, one.in << " to " << one.out << " in " << one.group);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
