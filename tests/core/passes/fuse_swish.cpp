// fuse_swish: each pattern in each order of its operands, and what must not be taken for one.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;

struct Built {
    GraphBuilder builder;
    TensorId x;

    Built() : x(builder.conv("conv", builder.input("in", {-1, 2, 4, 4}), 2, 2)) {}
    TensorId clip(TensorId of, float low, float high) {
        return builder.node("Clip", "clip", {of, builder.scalar("low", low), builder.scalar("high", high)});
    }
    Graph done(TensorId out) { return after(&fuse_swish, builder.done({out}), 1e-4); }
};

BOOST_AUTO_TEST_SUITE(fuse_swish_pass)

BOOST_AUTO_TEST_CASE(a_product_with_its_own_sigmoid_is_silu) {
    for (const bool gate_first : {false, true}) {
        Built built;
        const TensorId gate = built.builder.node("Sigmoid", "gate", {built.x});
        const TensorId a = gate_first ? gate : built.x;
        const Graph graph = built.done(built.builder.node("Mul", "y", {a, gate_first ? built.x : gate}));
        BOOST_TEST(testing::ops_of(graph) == "Conv Silu");
        BOOST_TEST(testing::has_part(testing::node_named(graph, "y"), "gate"));
    }
}

BOOST_AUTO_TEST_CASE(a_sigmoid_that_others_read_stays_beside_the_silu) {
    Built built;
    const TensorId gate = built.builder.node("Sigmoid", "gate", {built.x});
    const TensorId y = built.builder.node("Mul", "y", {built.x, gate});
    const Graph graph = after(&fuse_swish, built.builder.done({y, gate}), 1e-5);
    BOOST_TEST(testing::ops_of(graph) == "Conv Sigmoid Silu");
    BOOST_TEST(!testing::has_part(testing::node_named(graph, "y"), "gate"));
}

BOOST_AUTO_TEST_CASE(the_gate_of_another_tensor_is_no_silu) {
    Built built;
    const TensorId other = built.builder.node("Relu", "other", {built.x});
    const Graph graph = built.done(built.builder.node("Mul", "y", {built.x, built.builder.node("Sigmoid", "gate", {other})}));
    BOOST_TEST(testing::ops_of(graph) == "Conv Relu Sigmoid Mul");
}

BOOST_AUTO_TEST_CASE(hard_swish_is_found_by_its_numbers) {
    for (const float alpha : {1.0F / 6.0F, 0.2F}) {
        Built built;
        const TensorId gate = built.builder.node("HardSigmoid", "gate", {built.x}, {{"alpha", alpha}, {"beta", 0.5F}});
        const Graph graph = built.done(built.builder.node("Mul", "y", {built.x, gate}));
        BOOST_TEST(testing::ops_of(graph) == (alpha < 0.19F ? "Conv HardSwish" : "Conv HardSigmoid Mul"));
    }
}

BOOST_AUTO_TEST_CASE(a_scaled_clip_is_hard_sigmoid) {
    struct Case {
        const char* op;
        float low, high, constant;
        bool fits;
    };
    for (const Case& one : {Case{"Mul", 0, 6, 1.0F / 6.0F, true},
                            {"Div", 0, 6, 6, true},
                            {"Mul", 0, 4, 0.25F, true},
                            {"Mul", 0, 6, 0.16667F, true},
                            {"Mul", 0, 6, 0.17F, false},
                            {"Div", 0, 6, 5, false},
                            {"Mul", -1, 6, 1.0F / 6.0F, false}}) {
        Built built;
        const TensorId clip = built.clip(built.x, one.low, one.high);
        const Graph graph = built.done(built.builder.node(one.op, "y", {clip, built.builder.scalar("k", one.constant)}));
        BOOST_TEST((testing::node_named(graph, "y").op == "HardSigmoid") == one.fits, one.op << " " << one.high << " " << one.constant);
        if (one.fits) BOOST_TEST(testing::real_attribute(testing::node_named(graph, "y"), "beta") == 0);
    }
}

// x * Clip(x + 3, 0, 6) / 6, associated either way, with Mul or Div.
BOOST_AUTO_TEST_CASE(hard_swish_of_an_addition_and_a_clip_is_found) {
    for (const bool divides : {false, true})
        for (const bool gate_first : {false, true}) {
            Built built;
            const TensorId shifted = built.builder.node("Add", "plus3", {built.x, built.builder.scalar("three", 3)});
            const TensorId clip = built.clip(shifted, 0, 6);
            const TensorId k = built.builder.scalar("k", divides ? 6.0F : 1.0F / 6.0F);
            const char* op = divides ? "Div" : "Mul";
            const TensorId y = gate_first ? built.builder.node("Mul", "y", {built.x, built.builder.node(op, "gate", {clip, k})})
                                          : built.builder.node(op, "y", {built.builder.node("Mul", "product", {clip, built.x}), k});
            const Graph graph = built.done(y);
            BOOST_TEST(testing::ops_of(graph) == "Conv HardSwish");
            for (const char* part : {"plus3", "clip", gate_first ? "gate" : "product"})
                BOOST_TEST(testing::has_part(testing::node_named(graph, "y"), part), part);
        }
}

BOOST_AUTO_TEST_CASE(a_gate_with_a_shift_keeps_its_slope) {
    Built built;
    const TensorId shifted = built.builder.node("Add", "plus3", {built.builder.scalar("three", 3), built.x});
    const Graph graph = built.done(built.builder.node("Div", "y", {built.clip(shifted, 0, 6), built.builder.scalar("six", 6)}));
    BOOST_TEST(testing::ops_of(graph) == "Conv HardSigmoid");
    BOOST_TEST(testing::real_attribute(testing::node_named(graph, "y"), "alpha") == 1.0F / 6.0F);
    BOOST_TEST(testing::real_attribute(testing::node_named(graph, "y"), "beta") == 0.5F);
}

// 0.5 * x * (1 + Erf(x / sqrt(2))) with the half at each of its places.
BOOST_AUTO_TEST_CASE(gelu_by_erf_is_found) {
    for (const std::string half_at : {"x", "gate", "end"}) {
        Built built;
        GraphBuilder& b = built.builder;
        const auto halved = [&](TensorId of, const std::string& place) {
            return half_at == place ? b.node("Mul", "half", {of, b.scalar("k", 0.5F)}) : of;
        };
        const TensorId erf = b.node("Erf", "erf", {b.node("Div", "scaled", {built.x, b.scalar("root", 1.41421354F)})});
        const TensorId gate = halved(b.node("Add", "gate1", {erf, b.scalar("one", 1)}), "gate");
        const Graph graph = built.done(halved(b.node("Mul", "product", {halved(built.x, "x"), gate}), "end"));
        BOOST_TEST(testing::ops_of(graph) == "Conv Gelu", half_at);
        const std::string name = half_at == "end" ? "half" : "product";
        for (const char* part : {"scaled", "erf", "gate1"}) BOOST_TEST(testing::has_part(testing::node_named(graph, name), part), part);
    }
}

BOOST_AUTO_TEST_CASE(an_erf_of_something_else_is_no_gelu) {
    Built built;
    GraphBuilder& b = built.builder;
    const TensorId erf = b.node("Erf", "erf", {b.node("Mul", "scaled", {built.x, b.scalar("root", 0.7F)})});
    const TensorId gate = b.node("Add", "gate", {erf, b.scalar("one", 1)});
    const Graph graph = built.done(b.node("Mul", "y", {b.node("Mul", "half", {built.x, b.scalar("k", 0.5F)}), gate}));
    BOOST_TEST(testing::ops_of(graph) == "Conv Mul Erf Add Mul Mul");
}

BOOST_AUTO_TEST_CASE(mish_is_found) {
    Built built;
    const TensorId tanh = built.builder.node("Tanh", "tanh", {built.builder.node("Softplus", "softplus", {built.x})});
    const Graph graph = built.done(built.builder.node("Mul", "y", {built.x, tanh}));
    BOOST_TEST(testing::ops_of(graph) == "Conv Mish");
    for (const char* part : {"softplus", "tanh"}) BOOST_TEST(testing::has_part(testing::node_named(graph, "y"), part), part);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
