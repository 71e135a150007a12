// fuse_activations and fuse_residuals: what ends up inside a product, and what stops it.
#include "tests/core/passes/passes_test.h"

#include <cfloat>

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;
using testing::node_named;
using testing::real_attribute;
using testing::text_attribute;

struct Case {
    const char* op;
    Attributes attributes;
    const char* fused;
    float alpha, beta;  // -999: absent
};
const Case kCases[] = {
    {"Relu", {}, "relu", -999, -999},
    {"Clip", {{"min", 0.0F}, {"max", 6.0F}}, "clip", 0, 6},
    {"Clip", {{"min", 0.0F}}, "relu", -999, -999},
    {"Clip", {{"max", 1.0F}}, "clip", -FLT_MAX, 1},
    {"LeakyRelu", {{"alpha", 0.1F}}, "leaky_relu", 0.1F, -999},
    {"LeakyRelu", {}, "leaky_relu", 0.01F, -999},
    {"HardSigmoid", {}, "hard_sigmoid", 0.2F, 0.5F},
    {"HardSwish", {}, "hard_swish", -999, -999},
    {"Sigmoid", {}, "sigmoid", -999, -999},
    {"Silu", {}, "silu", -999, -999},
    {"Gelu", {}, "gelu", -999, -999},
};

BOOST_AUTO_TEST_SUITE(fuse_activations_pass)

BOOST_AUTO_TEST_CASE(each_activation_becomes_attributes_of_the_product) {
    for (const Case& one : kCases) {
        GraphBuilder builder;
        const TensorId y = builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 3);
        const Graph graph = after(&fuse_activations, builder.done({builder.node(one.op, "act", {y}, one.attributes)}));
        BOOST_TEST(testing::ops_of(graph) == "Conv", one.op);
        const Node& conv = node_named(graph, "conv");
        BOOST_TEST(text_attribute(conv, "activation") == one.fused);
        BOOST_TEST(real_attribute(conv, "activation_alpha") == one.alpha);
        BOOST_TEST(real_attribute(conv, "activation_beta") == one.beta);
        BOOST_TEST(graph[conv.outputs[0]].name == "act");
        BOOST_TEST(testing::has_part(conv, "act"));
    }
}

BOOST_AUTO_TEST_CASE(clip_takes_its_bounds_from_inputs_too) {
    GraphBuilder builder;
    const TensorId y = builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 3);
    const TensorId z = builder.node("Clip", "clip", {y, builder.scalar("low", -1), builder.scalar("high", 2)});
    const Graph graph = after(&fuse_activations, builder.done({z}));
    BOOST_TEST(real_attribute(node_named(graph, "conv"), "activation_alpha") == -1);
    BOOST_TEST(real_attribute(node_named(graph, "conv"), "activation_beta") == 2);
}

BOOST_AUTO_TEST_CASE(a_gelu_by_tanh_stays_an_operator) {
    GraphBuilder builder;
    const TensorId y = builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 3);
    const Graph before = builder.done({builder.node("Gelu", "act", {y}, {{"approximate", std::string("tanh")}})});
    BOOST_TEST(testing::ops_of(after(&fuse_activations, before)) == "Conv Gelu");
}

BOOST_AUTO_TEST_CASE(crossed_bounds_stay_an_operator) {
    GraphBuilder builder;
    const TensorId y = builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 3);
    const Graph before = builder.done({builder.node("Clip", "clip", {y}, {{"min", 2.0F}, {"max", 1.0F}})});
    BOOST_TEST(testing::ops_of(after(&fuse_activations, before)) == "Conv Clip");
}

BOOST_AUTO_TEST_CASE(elementwise_operators_carry_activations_too_and_others_do_not) {
    for (const char* op : {"Add", "Mul"}) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {-1, 2, 4, 4});
        const TensorId y = builder.node(op, "y", {x, x});
        const Graph graph = after(&fuse_activations, builder.done({builder.node("Relu", "relu", {y})}));
        BOOST_TEST(testing::ops_of(graph) == op);
    }
    GraphBuilder builder;
    const TensorId y = builder.node("GlobalAveragePool", "y", {builder.input("x", {-1, 2, 4, 4})});
    BOOST_TEST(testing::ops_of(after(&fuse_activations, builder.done({builder.node("Relu", "relu", {y})}))) == "GlobalAveragePool Relu");
}

BOOST_AUTO_TEST_CASE(another_reader_or_an_output_between_stops_it) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId a = builder.conv("a", x, 2, 2);
    const TensorId b = builder.conv("b", x, 2, 2);
    const TensorId sum = builder.node("Mul", "sum", {builder.node("Relu", "ra", {a}), a});
    const Graph graph = after(&fuse_activations, builder.done({sum, b, builder.node("Relu", "rb", {b})}));
    BOOST_TEST(testing::ops_of(graph) == "Conv Conv Relu Mul Relu");
}

BOOST_AUTO_TEST_CASE(only_the_first_of_two_activations_is_taken) {
    GraphBuilder builder;
    const TensorId y = builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 3);
    const TensorId z = builder.node("Sigmoid", "second", {builder.node("Relu", "first", {y})});
    const Graph graph = after(&fuse_activations, builder.done({z}));
    BOOST_TEST(testing::ops_of(graph) == "Conv Sigmoid");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(fuse_residuals_pass)

BOOST_AUTO_TEST_CASE(the_later_of_two_convolutions_takes_the_addition_and_its_activation) {
    for (const bool swapped : {false, true}) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {-1, 2, 4, 4});
        const TensorId a = builder.conv("a", x, 2, 3);
        const TensorId b = builder.conv("b", x, 2, 3);
        const TensorId y = builder.node("Add", "add", {swapped ? b : a, swapped ? a : b},
                                        {{"activation", std::string("clip")}, {"activation_alpha", 0.0F}, {"activation_beta", 1.0F}});
        const Graph graph = after(&fuse_residuals, builder.done({y}));
        BOOST_TEST(testing::ops_of(graph) == "Conv Conv");
        const Node& conv = node_named(graph, "b");
        BOOST_REQUIRE(conv.inputs.size() == 4U);
        BOOST_TEST(graph[conv.inputs[3]].name == "a");
        BOOST_TEST(graph[conv.outputs[0]].name == "add");
        BOOST_TEST(text_attribute(conv, "inner") == "b");
        BOOST_TEST(text_attribute(conv, "activation") == "clip");
        BOOST_TEST(real_attribute(conv, "activation_beta") == 1);
        BOOST_TEST(testing::has_part(conv, "add"));
    }
}

// The other operand is computed behind the convolution: that moves to the addition's place.
BOOST_AUTO_TEST_CASE(a_convolution_may_wait_for_the_other_operand) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId a = builder.conv("a", x, 2, 2);
    const TensorId b = builder.node("Sigmoid", "b", {builder.node("Relu", "r", {x})});
    const Graph graph = after(&fuse_residuals, builder.done({builder.node("Add", "add", {a, b})}));
    BOOST_TEST(testing::ops_of(graph) == "Relu Sigmoid Conv");
    BOOST_TEST(node_named(graph, "a").inputs.size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_gemm_takes_a_residual_too) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3});
    const TensorId y = builder.node("Gemm", "fc", {x, builder.random("w", {3, 3}), builder.random("b", {3})});
    BOOST_TEST(testing::ops_of(after(&fuse_residuals, builder.done({builder.node("Add", "add", {x, y})}))) == "Gemm");
}

struct Refusal {
    const char* why;
    TensorId (*build)(GraphBuilder& builder, TensorId x);
};
const Refusal kRefusals[] = {
    {"the convolution has an activation",
     [](GraphBuilder& builder, TensorId x) {
         const TensorId a = builder.conv("a", x, 2, 2);
         builder.graph.nodes.back().attributes["activation"] = std::string("relu");
         return builder.node("Add", "add", {a, x});
     }},
    {"another operator reads the convolution",
     [](GraphBuilder& builder, TensorId x) {
         const TensorId a = builder.conv("a", x, 2, 2);
         return builder.node("Mul", "y", {builder.node("Add", "add", {a, x}), a});
     }},
    {"both operands are the convolution",
     [](GraphBuilder& builder, TensorId x) {
         const TensorId a = builder.conv("a", x, 2, 2);
         return builder.node("Add", "add", {a, a});
     }},
    {"the shapes differ",
     [](GraphBuilder& builder, TensorId x) {
         return builder.node("Add", "add", {builder.conv("a", x, 2, 2), builder.node("GlobalAveragePool", "p", {x})});
     }},
    {"the other operand is a constant",
     [](GraphBuilder& builder, TensorId x) {
         return builder.node("Add", "add", {builder.conv("a", x, 2, 2), builder.random("c", {3, 2, 4, 4})});
     }},
};

BOOST_AUTO_TEST_CASE(it_stays_an_addition_where) {
    for (const Refusal& one : kRefusals) {
        GraphBuilder builder;
        const Graph graph = after(&fuse_residuals, builder.done({one.build(builder, builder.input("x", {-1, 2, 4, 4}))}));
        BOOST_TEST(testing::find_node(graph, "add") != nullptr, one.why);
    }
}

BOOST_AUTO_TEST_CASE(one_convolution_takes_one_residual) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    TensorId y = builder.node("Add", "first", {builder.conv("a", x, 2, 2), x});
    y = builder.node("Add", "second", {y, x});
    BOOST_TEST(testing::ops_of(after(&fuse_residuals, builder.done({y}))) == "Conv Add");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
