// fold_batch_norm: affine steps end up in weights where they can and in ScaleShift where they cannot.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;
using testing::node_named;
using testing::values_of;

TensorId batch_norm(GraphBuilder& builder, const std::string& name, TensorId x, std::int64_t channels) {
    return builder.node("BatchNormalization", name,
                        {x, builder.random(name + ".scale0", {channels}), builder.random(name + ".bias0", {channels}),
                         builder.random(name + ".mean", {channels}), builder.random(name + ".variance", {channels}, 0.1F, 2)},
                        {{"epsilon", 1e-3F}});
}

BOOST_AUTO_TEST_SUITE(fold_batch_norm_pass)

// weight 2, bias 1, then (y - 3) / sqrt(4) * 5 + 7: weight 5, bias (1 - 3) * 2.5 + 7 = 2.
BOOST_AUTO_TEST_CASE(the_numbers_are_those_of_the_formula) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 1, 2, 2});
    const TensorId y = builder.node("Conv", "conv", {x, builder.constant("w", {1, 1, 1, 1}, {2}), builder.constant("b", {1}, {1})});
    const TensorId z = builder.node("BatchNormalization", "bn",
                                    {y, builder.constant("s", {1}, {5}), builder.constant("o", {1}, {7}), builder.constant("m", {1}, {3}),
                                     builder.constant("v", {1}, {4})},
                                    {{"epsilon", 0.0F}});
    const Graph graph = after(&fold_batch_norm, builder.done({z}));
    BOOST_TEST(testing::ops_of(graph) == "Conv");
    BOOST_TEST(values_of(graph, node_named(graph, "conv").inputs[1])[0] == 5);
    BOOST_TEST(values_of(graph, node_named(graph, "conv").inputs[2])[0] == 2);
    BOOST_TEST(graph[node_named(graph, "conv").inputs[1]].name == "w");
    BOOST_TEST(testing::has_part(node_named(graph, "conv"), "bn"));
}

BOOST_AUTO_TEST_CASE(grouped_convolutions_and_both_kinds_of_gemm_take_it_in) {
    for (const char* kind : {"grouped", "columns", "rows"}) {
        GraphBuilder builder;
        const bool conv = std::string(kind) == "grouped";
        const bool rows = std::string(kind) == "rows";
        const TensorId x = builder.input("x", conv ? Shape{-1, 4, 5, 5} : Shape{-1, 4});
        const TensorId y =
            conv ? builder.conv("product", x, 4, 6, 3, 2)
                 : builder.node("Gemm", "product", {x, builder.random("w", rows ? Shape{6, 4} : Shape{4, 6}), builder.random("b", {6})},
                                {{"transB", std::int64_t{rows}}});
        const Graph graph = after(&fold_batch_norm, builder.done({batch_norm(builder, "bn", y, 6)}));
        BOOST_TEST(testing::ops_of(graph) == (conv ? "Conv" : "Gemm"), kind);
    }
}

// Of whatever rank: factors and summands of a product of rows lie along its last axis, and such along another are not its own.
BOOST_AUTO_TEST_CASE(products_of_rows_take_in_what_lies_along_their_last_axis) {
    for (const Shape& rows : {Shape{-1, 5, 4}, {-1, 5, 5, 4}}) {
        GraphBuilder builder;
        const TensorId y =
            builder.node("Gemm", "product", {builder.input("x", rows), builder.random("w", {4, 5}), builder.random("b", {5})});
        const TensorId moved = builder.node("Add", "add", {y, builder.random("summand", {5})});
        const TensorId scaled = builder.node("Mul", "mul", {moved, builder.random("factor", {1, 5})});
        const TensorId across =
            builder.node("Mul", "across", {scaled, builder.random("other", rows.size() == 3 ? Shape{5, 1} : Shape{5, 1, 1})});
        const Graph graph = after(&fold_batch_norm, builder.done({batch_norm(builder, "bn", across, 5)}));
        BOOST_TEST(testing::has_part(node_named(graph, "product"), "mul"));
        BOOST_TEST(testing::ops_of(graph) == (rows.size() == 3 ? "Gemm Mul BatchNormalization" : "Gemm ScaleShift"));
    }
}

BOOST_AUTO_TEST_CASE(normalizations_take_in_what_lies_along_their_channels) {
    struct Norm {
        const char* op;
        std::int64_t groups, numbers;  // numbers: of scale and bias, for each group or channel
        const char* expected;
    };
    for (const auto& [op, groups, numbers, expected] : {Norm{"InstanceNormalization", 4, 4, "InstanceNormalization"},
                                                        {"GroupNormalization", 1, 4, "GroupNormalization"},
                                                        {"GroupNormalization", 2, 2, "GroupNormalization ScaleShift"}}) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {-1, 4, 3, 5});
        const Attributes attributes = groups == 4 ? Attributes{} : Attributes{{"num_groups", groups}};
        const TensorId y = builder.node(op, "norm", {x, builder.random("scale", {numbers}), builder.random("bias", {numbers})}, attributes);
        const TensorId moved = builder.node("Sub", "sub", {y, builder.random("summand", {4, 1, 1})});
        const Graph graph = after(&fold_batch_norm, builder.done({builder.node("Mul", "mul", {moved, builder.random("f", {1, 4, 1, 1})})}));
        BOOST_TEST(testing::ops_of(graph) == expected);
    }
}

BOOST_AUTO_TEST_CASE(where_others_read_between_it_becomes_scale_shift) {
    GraphBuilder builder;
    const TensorId y = builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 3);
    const Graph graph = after(&fold_batch_norm, builder.done({batch_norm(builder, "bn", y, 3), builder.node("Relu", "other", {y})}));
    BOOST_TEST(testing::ops_of(graph) == "Conv ScaleShift Relu");
    BOOST_TEST(graph[node_named(graph, "bn").inputs[1]].name == "bn.scale");
}

BOOST_AUTO_TEST_CASE(an_output_between_is_a_reader_too) {
    GraphBuilder builder;
    const TensorId y = builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 3);
    BOOST_TEST(testing::ops_of(after(&fold_batch_norm, builder.done({y, batch_norm(builder, "bn", y, 3)}))) == "Conv ScaleShift");
}

BOOST_AUTO_TEST_CASE(a_shared_weight_is_copied_before_it_changes) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId w = builder.random("w", {3, 2, 1, 1});
    const TensorId a = builder.node("Conv", "a", {x, w, builder.random("ab", {3})});
    const TensorId b = builder.node("Conv", "b", {x, w, builder.random("bb", {3})});
    const Graph graph = after(&fold_batch_norm, builder.done({batch_norm(builder, "bn", a, 3), b}));
    BOOST_TEST(graph[node_named(graph, "a").inputs[1]].name == "a.weight");
    BOOST_TEST(graph[node_named(graph, "b").inputs[1]].name == "w");
}

struct Case {
    const char* op;
    Shape shape;
    bool constant_first;
    const char* without_conv;  // what it becomes behind a Relu
};
const Case kCases[] = {
    {"Mul", {3, 1, 1}, false, "Relu ScaleShift"},    {"Mul", {1, 3, 1, 1}, true, "Relu ScaleShift"},
    {"Mul", {}, false, "Relu ScaleShift"},           {"Add", {3, 1, 1}, true, "Relu ScaleShift"},
    {"Sub", {1, 3, 1, 1}, false, "Relu ScaleShift"}, {"Sub", {1}, true, "Relu ScaleShift"},
    {"Div", {3, 1, 1}, false, "Relu ScaleShift"},    {"Add", {4}, false, "Relu Add"},
    {"Mul", {1, 4, 4}, false, "Relu Mul"},           {"Div", {}, true, "Relu Div"},
};

BOOST_AUTO_TEST_CASE(arithmetic_by_channel_folds_behind_a_product_and_becomes_scale_shift_elsewhere) {
    for (const Case& one : kCases)
        for (const bool behind_conv : {true, false}) {
            GraphBuilder builder;
            const TensorId x = builder.input("x", {-1, 3, 4, 4});
            const TensorId y = behind_conv ? builder.conv("conv", x, 3, 3) : builder.node("Relu", "relu", {x});
            const TensorId k = builder.random("k", one.shape, 0.5F, 2);
            // 1 / y would be infinite where y is 0: numbers stay away from it.
            const TensorId safe = one.constant_first && std::string(one.op) == "Div" ? builder.node("Exp", "exp", {y}) : y;
            const TensorId z = one.constant_first ? builder.node(one.op, "z", {k, safe}) : builder.node(one.op, "z", {safe, k});
            const std::string ops = testing::ops_of(after(&fold_batch_norm, builder.done({z})));
            if (safe != y) continue;
            const bool folds = std::string(one.without_conv).ends_with("ScaleShift");
            BOOST_TEST(ops == (!behind_conv ? one.without_conv
                               : folds      ? "Conv"
                                            : std::string("Conv ") + one.op),
                       one.op << (behind_conv ? " behind Conv" : ""));
        }
}

BOOST_AUTO_TEST_CASE(a_chain_of_steps_becomes_one) {
    GraphBuilder builder;
    TensorId x = builder.node("Relu", "relu", {builder.input("x", {-1, 3, 4, 4})});
    x = batch_norm(builder, "bn", x, 3);
    x = builder.node("Mul", "mul", {x, builder.random("k", {3, 1, 1})});
    x = builder.node("Add", "add", {x, builder.random("b", {3, 1, 1})});
    const Graph graph = after(&fold_batch_norm, builder.done({x}));
    BOOST_TEST(testing::ops_of(graph) == "Relu ScaleShift");
    BOOST_TEST(testing::has_part(node_named(graph, "bn"), "add"));
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite_stay_where_they_are) {
    GraphBuilder builder;
    const TensorId y = builder.conv("conv", builder.input("x", {-1, 1, 2, 2}), 1, 1);
    const TensorId z = builder.node("Div", "z", {y, builder.scalar("zero", 0)});
    Graph graph = builder.done({z});
    BOOST_REQUIRE(bool(fold_batch_norm(graph)));
    BOOST_TEST(testing::ops_of(graph) == "Conv Div");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
