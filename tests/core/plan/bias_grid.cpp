#include "core/plan/rules.h"
#include "tests/support/graph_builder.h"

using namespace octavo;
using namespace octavo::testing;

namespace {

// One 1x1 convolution of two channels with the given biases, input scale 0.5, weight scales 0.25 and 0.125: steps of 0.125 and 0.0625.
struct Case {
    Graph graph;
    Plan plan;

    Case(std::vector<float> biases, float result_scale) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {1, 1, 2, 2});
        const TensorId w = builder.constant("w", {2, 1, 1, 1}, {1, 1}), b = builder.constant("b", {2}, std::move(biases));
        builder.graph.outputs = {builder.node("Conv", "c", {x, w, b})};
        graph = builder.graph;
        BOOST_REQUIRE(infer_shapes(graph, 1));
        plan.operators["c"] = {Precision::int8, Reason::default_int8};
        plan.tensors["x"].whole = Quantization{{0.5F}, {0}};
        plan.weight_scale["w"] = {0.25F, 0.125F};
        if (result_scale > 0) plan.tensors["c"].whole = Quantization{{result_scale}, {0}};
    }
    std::vector<float> snapped() {
        snap_biases(graph, plan);
        return plan.replaced.at("b");
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bias_grid)

BOOST_AUTO_TEST_CASE(biases_move_to_the_nearest_step_of_input_scale_times_weight_scale) {
    BOOST_TEST(Case({0.2F, -0.1F}, 10.0F).snapped() == (std::vector<float>{0.25F, -0.125F}), boost::test_tools::per_element());
    BOOST_TEST(Case({0.2F, -0.1F}, 0.0F).snapped() == (std::vector<float>{0.25F, -0.125F}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_corrected_bias_is_what_moves) {
    Case corrected({0.2F, -0.1F}, 10.0F);
    corrected.plan.replaced["b"] = {1.0F, 0.03F};
    BOOST_TEST(corrected.snapped() == (std::vector<float>{1.0F, 0.0F}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(steps_that_are_coarse_beside_the_result_leave_a_bias_alone) {
    // twice the result's step of 0.04 lies between the two channels' steps
    BOOST_TEST(Case({0.2F, -0.1F}, 0.04F).snapped() == (std::vector<float>{0.2F, -0.125F}), boost::test_tools::per_element());
}

// An input that was zero on all calibration images has no range; the result, being real, has no step to compare with.
BOOST_AUTO_TEST_CASE(a_dead_input_leaves_biases_fine) {
    Case dead({0.2F, -0.1F}, 0.0F);
    dead.plan.tensors["x"].whole = make_quantization(0, 0);
    const std::vector<float> snapped = dead.snapped();
    BOOST_TEST(snapped[0] == 0.2F, boost::test_tools::tolerance(0.01F));
    BOOST_TEST(snapped[1] == -0.1F, boost::test_tools::tolerance(0.01F));
}

BOOST_AUTO_TEST_CASE(an_operator_in_floating_point_keeps_its_bias) {
    Case floating({0.2F, -0.1F}, 10.0F);
    floating.plan.operators["c"].precision = Precision::fp32;
    snap_biases(floating.graph, floating.plan);
    BOOST_TEST(floating.plan.replaced.empty());
}

BOOST_AUTO_TEST_SUITE_END()
