// A plan that was written comes back out of the file.
#include "core/formats/grids/grids.h"

#include "core/passes/passes.h"
#include "tests/core/formats/openvino/ir_test.h"
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using namespace testing;

Result<std::optional<Plan>> plan_in(Graph graph) {
    OCTAVO_TRY(const Grids grids, take_grids(graph));
    OCTAVO_CHECK_OK(run_passes(graph));
    OCTAVO_CHECK_OK(fuse_residuals(graph));
    std::optional<Plan> plan = plan_from(graph, grids);
    if (plan) OCTAVO_CHECK_OK(check_plan(*plan, graph));
    return plan;
}

// conv -> depthwise by channel -> pooling -> conv in floating point, since its weight lies on no grid.
struct Network {
    GraphBuilder builder;
    Plan plan;

    Graph graph() {
        const TensorId x = builder.input("x", {-1, 1, 4, 4});
        const TensorId w = builder.constant("a.w", {2, 1, 1, 2}, {63.5F, 1, 0.5F, -63.5F});
        const TensorId a = builder.node("Conv", "a", {x, w, builder.constant("a.b", {2}, {1, 2})}, {{"activation", std::string("relu")}});
        const TensorId b = builder.conv("b", a, 2, 2, 3, 2);
        const TensorId pool = builder.node("MaxPool", "pool", {b}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
        const TensorId c =
            builder.node("Conv", "c", {pool, builder.constant("c.w", {1, 2, 1, 1}, {127, 1}), builder.constant("c.b", {1}, {0})});
        const TensorId y = builder.conv("y", c, 1, 2);
        plan.tensors["x"].whole = Quantization{{0.5F}, {128}};
        plan.tensors["a"].depthwise = Quantization{{0.25F, 1}, {0, 55}};
        plan.tensors["b"].whole = plan.tensors["pool"].whole = Quantization{{2}, {0}};
        plan.weight_scale = {{"a.w", {0.5F, 0.5F}}, {"b.w", {1.0F / 128, 1.0F / 128}}, {"c.w", {1}}};
        for (const char* name : {"a", "b", "pool", "c"}) plan.operators[name] = {Precision::int8, Reason::default_int8};
        return builder.done({y}, 1);
    }
};

BOOST_AUTO_TEST_SUITE(openvino_grids)

BOOST_AUTO_TEST_CASE(a_written_plan_is_read_again) {
    Network network;
    const Graph graph = network.graph();
    const Result<std::optional<Plan>> plan = plan_in(read_valid(write_valid(graph, &network.plan)));
    BOOST_REQUIRE_MESSAGE(plan, (plan ? "" : plan.error().message()));
    BOOST_REQUIRE(plan->has_value());
    std::string int8;
    for (const auto& [name, decided] : (*plan)->operators)
        if (decided.precision == Precision::int8) int8 += name + " ";
    BOOST_TEST(int8 == "a b c pool ");
    BOOST_TEST(((*plan)->tensors == network.plan.tensors));
    BOOST_TEST((*plan)->weight_scale.at("a.w") == (std::vector<float>{0.5F, 0.5F}), boost::test_tools::per_element());
}

// Devices round the sum in front of a residual to any grid that the plan has for it.
BOOST_AUTO_TEST_CASE(an_inner_sum_has_the_grid_that_the_file_says_or_none) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 1, 4, 4});
    const TensorId w = builder.constant("y.w", {1, 1, 1, 1}, {127});
    const TensorId y = builder.node("Conv", "y", {x, w, builder.constant("y.b", {1}, {1}), x}, {{"inner", std::string("sum")}});
    const TensorId z = builder.node("Conv", "z", {y, builder.constant("z.w", {1, 1, 1, 1}, {127}), builder.constant("z.b", {1}, {1})});
    const Graph graph = builder.done({z}, 1);
    Plan written;
    written.tensors["x"].whole = written.tensors["y"].whole = Quantization{{0.5F}, {128}};
    written.weight_scale = {{"y.w", {1}}, {"z.w", {1}}};
    for (const char* name : {"y", "z"}) written.operators[name] = {Precision::int8, Reason::default_int8};
    for (const bool has_grid : {false, true}) {
        if (has_grid) written.tensors["sum"].whole = Quantization{{0.25F}, {5}};
        const Result<std::optional<Plan>> plan = plan_in(read_valid(write_valid(graph, &written)));
        BOOST_REQUIRE_MESSAGE(plan, (plan ? "" : plan.error().message()));
        BOOST_REQUIRE(plan->has_value());
        BOOST_TEST(((*plan)->tensors == written.tensors), "with a grid: " << has_grid);
    }
}

BOOST_AUTO_TEST_CASE(what_no_grid_of_ours_says_is_refused) {
    const auto refused = [](std::int64_t levels, std::vector<float> ends, const Shape& shape = {}) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {1, 2, 2, 2});
        std::vector<TensorId> inputs = {x};
        for (int i = 0; i < 4; ++i) {
            const auto count = static_cast<std::ptrdiff_t>(element_count(shape));
            inputs.push_back(
                builder.constant("end" + std::to_string(i), shape, {ends.begin() + i * count, ends.begin() + (i + 1) * count}));
        }
        const Result<Grids> grids = [&] {
            Graph graph = builder.done({builder.node("FakeQuantize", "fq", inputs, {{"levels", levels}})}, 1);
            return take_grids(graph);
        }();
        return grids ? "" : grids.error().message();
    };
    BOOST_TEST(refused(256, {0, 255, 0, 255}) == "");
    BOOST_TEST(refused(16, {0, 255, 0, 255}) == "FakeQuantize 'fq': it has 16 levels, expected 256");
    BOOST_TEST(refused(256, {0, 255, 0, 127}) == "FakeQuantize 'fq': its output's ends differ from its input's");
    BOOST_TEST(refused(256, {-1.5F, 253.5F, -1.5F, 253.5F}) ==
               "FakeQuantize 'fq': zero does not lie on the grid from -1.500000 to 253.500000");
    BOOST_TEST(refused(256, {1, 2, 1, 2}) == "FakeQuantize 'fq': zero does not lie on the grid from 1.000000 to 2.000000");
    BOOST_TEST(refused(256, {0, 0, 1, 1, 0, 0, 1, 1}, {1, 1, 2, 1}) == "FakeQuantize 'fq': its ends differ along another axis than 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
