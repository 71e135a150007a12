// Device `onednn` against `reference`: the same plan must give the same bits in int8, whatever the operator, its shape and what is fused.
#include "sdk/ops/op.h"
#include "tests/support/random_network.h"

#include <map>
#include <set>

using namespace octavo;
using namespace octavo::testing;

namespace {

void compare_int8(const DeviceHandle& fast, float weight_levels, std::uint32_t seeds, MakeNetwork* make = random_network) {
    const DeviceHandle reference = device("reference");
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        const Graph graph = make(seed, {1 + seed % 3});
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const Plan plan = plan_for(fast, graph, inputs, weight_levels);
        const auto fits = check_plan(plan, graph);
        BOOST_REQUIRE_MESSAGE(fits, "seed " << seed << ": " << (fits ? "" : fits.error().message()));
        std::vector<std::string> made;  // every tensor is compared, so that a fault is named where it arises
        for (const Node& node : graph.nodes) made.push_back(graph[node.outputs[0]].name);
        const Run expected = run_on(reference, graph, &plan, inputs, made);
        const Run found = run_on(fast, graph, &plan, inputs, made, 1 + static_cast<int>(seed % 4));
        std::string where = "nowhere inside";
        for (std::size_t n = made.size(); n-- > 0;)
            if (const Difference d = bit_difference(expected.taps.at(made[n]), found.taps.at(made[n])); d.count)
                where = made[n] + " (" + std::to_string(d.count) + ", " + std::to_string(d.expected) + " != " + std::to_string(d.found) +
                        ", int8: " + std::to_string(plan.operators.at(graph.nodes[n].name).precision == Precision::int8) + ")";
        for (std::size_t o = 0; o < expected.outputs.size(); ++o) {
            const Difference d = bit_difference(expected.outputs[o], found.outputs[o]);
            BOOST_TEST(d.count == 0U, "seed " << seed << ", output " << o << ": " << d.count << " of " << expected.outputs[o].size()
                                              << " differ, the first at " << d.first << ": " << d.expected << " != " << d.found
                                              << "; first in " << where << "\n"
                                              << (d.count ? dump(graph) : ""));
        }
    }
}

// Tensors that no floating operator which computes had a part in.
std::vector<std::string> untouched_by_floating(const Graph& graph, const Plan& plan) {
    std::set<TensorId> touched;
    std::vector<std::string> names;
    for (const Node& node : graph.nodes) {
        const bool int8 = plan.operators.at(node.name).precision == Precision::int8;
        const bool behind = std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) { return touched.contains(id); });
        if ((!int8 && ops::find(node.op)->role != ops::Role::passes) || behind)
            touched.insert(node.outputs[0]);
        else
            names.push_back(graph[node.outputs[0]].name);
    }
    return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(devices_agree)

BOOST_AUTO_TEST_CASE(in_int8_bit_for_bit_on_random_networks) {
    compare_int8(device("onednn"), 127.0F, 150);
}

// Pairs of such weights add up in 16 bits, which is what the kernel in bytes is for.
BOOST_AUTO_TEST_CASE(in_int8_bit_for_bit_where_no_pair_of_products_can_overflow) {
    compare_int8(device("onednn"), 64.0F, 150);
}

BOOST_AUTO_TEST_CASE(in_int8_bit_for_bit_on_products_of_rows) {
    for (const float weight_levels : {127.0F, 64.0F}) compare_int8(device("onednn"), weight_levels, 100, random_network_of_rows);
}

// What the other comparisons are about: pairs of 64 and 64 fit into 16 bits, those of 127 and 127 do not; four at once fit into 32.
BOOST_AUTO_TEST_CASE(in_int8_own_convolutions_are_those_of_the_instruction_set) {
    const DeviceHandle fast = device("onednn", {{"int8_kernels", "own"}});
    const std::map<std::string, std::string> names = {{"sse41", "sse41"},
                                                      {"avx2", "avx2"},
                                                      {"avx2_vnni", "avx2"},
                                                      {"avx512_core", "avx512"},
                                                      {"avx512_core_vnni", "avx512_vnni"},
                                                      {"avx512_core_amx", "avx512_vnni"}};
    const std::string kernels = names.at(fast.isa());
    for (const auto& [weight_levels, fits] : {std::pair{64.0F, true}, {127.0F, false}}) {
        const std::string form = fits || kernels == "avx512_vnni" ? "conv_u8_bytes:" : "conv_u8:";
        NetworkBuilder net(1);
        const TensorId x = net.input({1, 8, 6, 6});
        const Graph graph = net.finish({net.node("Conv", {x, net.random_constant({16, 8, 3, 3}, 0.3F)})});
        std::mt19937 random(1);
        const Tensors inputs = random_inputs(graph, random);
        const Plan plan = plan_for(fast, graph, inputs, weight_levels);
        std::vector<std::string> found;
        for (const OperatorTime& time : run_on(fast, graph, &plan, inputs).operators)
            if (time.op == "Conv") found.push_back(time.implementation);
        BOOST_TEST(found == std::vector<std::string>{form + kernels}, boost::test_tools::per_element());
    }
}

// All codes 255 and all weights of a channel alike: what 16 bits hold of fours (32), of pairs (64), and one more of each.
BOOST_AUTO_TEST_CASE(in_int8_bit_for_bit_where_sums_just_fit_into_16_bits) {
    const DeviceHandle reference = device("reference"), fast = device("onednn", {{"int8_kernels", "own"}});
    for (const float weight_levels : {32.0F, 33.0F, 64.0F, 65.0F}) {
        NetworkBuilder net(1);
        std::vector<float> weights(24 * 12 * 3 * 3, 0.5F);
        std::fill_n(weights.begin(), weights.size() / 2, -0.5F);
        const TensorId constant = net.constant({"weights", OCTAVO_F32, {24, 12, 3, 3}, make_buffer(std::move(weights))});
        const TensorId x = net.input({1, 12, 7, 7});
        const Graph graph = net.finish({net.node("Conv", {x, constant})});
        const Tensors inputs = {std::vector<float>(12 * 7 * 7, 1.0F)};
        const Plan plan = plan_for(fast, graph, inputs, weight_levels);
        const Difference d =
            bit_difference(run_on(reference, graph, &plan, inputs).outputs[0], run_on(fast, graph, &plan, inputs).outputs[0]);
        BOOST_TEST(d.count == 0U, weight_levels << " levels: " << d.count << " differ: " << d.expected << " != " << d.found);
    }
}

// One pixel a place, and places outside of the image at any of its sides.
BOOST_AUTO_TEST_CASE(in_int8_bit_for_bit_where_a_kernel_of_one_pixel_leaves_the_image) {
    const DeviceHandle reference = device("reference"), fast = device("onednn");
    std::uint32_t seed = 0;
    for (const std::vector<std::int64_t>& pads : {std::vector<std::int64_t>{0, 0, 3, 3}, {0, 0, 0, 2}, {2, 0, 0, 0}, {1, 2, 3, 1}})
        for (const std::int64_t stride : {1, 2})
            for (const float weight_levels : {127.0F, 64.0F}) {
                NetworkBuilder net(++seed);
                const TensorId x = net.input({2, 8, 6, 6});
                const TensorId y = net.node("Conv", {x, net.random_constant({16, 8, 1, 1}, 0.3F), net.random_constant({16}, 0.3F)},
                                            {{"pads", pads}, {"strides", std::vector<std::int64_t>{stride, stride}}});
                const TensorId last = net.node("Conv", {y, net.random_constant({4, 16, 1, 1}, 0.2F), net.random_constant({4}, 0.3F)}, {});
                const Graph graph = net.finish({last});
                std::mt19937 random(seed);
                const Tensors inputs = random_inputs(graph, random);
                const Plan plan = plan_for(fast, graph, inputs, weight_levels);
                const Difference d =
                    bit_difference(run_on(reference, graph, &plan, inputs).outputs[0], run_on(fast, graph, &plan, inputs).outputs[0]);
                BOOST_TEST(d.count == 0U, "seed " << seed << ": " << d.count << " differ: " << d.expected << " != " << d.found);
            }
}

BOOST_AUTO_TEST_CASE(in_int8_bit_for_bit_in_depthwise_kernels_of_any_size) {
    const DeviceHandle reference = device("reference");
    const std::vector<DeviceHandle> others = {device("onednn", {{"int8_kernels", "onednn"}}), device("onednn", {{"int8_kernels", "own"}})};
    std::mt19937 random(1);
    const auto one_of = [&random](std::initializer_list<std::int64_t> values) { return values.begin()[random() % values.size()]; };
    for (std::int64_t h = 1; h <= 8; ++h)
        for (std::int64_t w = 1; w <= 8; ++w)
            for (int variant = 0; variant < 4; ++variant) {
                const std::int64_t channels = one_of({8, 32, 50, 64, 150});
                NetworkBuilder net(1);
                const TensorId x = net.input({one_of({1, 2}), channels, 17, variant == 3 ? 150 : 19});  // its grid has a zero point
                const auto two = [&](std::initializer_list<std::int64_t> values) { return std::vector{one_of(values), one_of(values)}; };
                const std::vector<std::int64_t> strides = two({1, 2, 3}),
                                                dilations = variant ? two({1, 2}) : std::vector<std::int64_t>{1, 1};
                const std::vector<std::int64_t> pads = {one_of({0, 1, 2}), one_of({0, 1, 3}), one_of({0, 1}), one_of({0, 1})};
                const std::int64_t outputs = channels * (variant == 2 ? one_of({2, 3}) : 1);
                const TensorId y =
                    net.node("Conv", {x, net.random_constant({outputs, 1, h, w}, 0.3F), net.random_constant({outputs}, 0.3F)},
                             {{"group", channels}, {"strides", strides}, {"dilations", dilations}, {"pads", pads}});
                const TensorId last =
                    net.node("Conv", {y, net.random_constant({4, outputs, 1, 1}, 0.2F), net.random_constant({4}, 0.3F)}, {});
                const Graph graph = net.finish({last});
                const Tensors inputs = random_inputs(graph, random);
                const Plan plan = plan_for(others[0], graph, inputs, 63.0F);
                const std::vector<float> expected = run_on(reference, graph, &plan, inputs).outputs[0];
                for (const DeviceHandle& fast : others) {
                    const Difference d = bit_difference(expected, run_on(fast, graph, &plan, inputs).outputs[0]);
                    BOOST_TEST(d.count == 0U, channels << " channels, " << h << "x" << w << ", variant " << variant << ": " << d.count
                                                       << " differ\n"
                                                       << (d.count ? dump(graph) : ""));
                }
            }
}

namespace {

TensorId plain_convolution(NetworkBuilder& net, TensorId x, std::int64_t in, std::int64_t out, std::int64_t kernel) {
    const float spread = 1.0F / std::sqrt(static_cast<float>(in * kernel * kernel));
    const std::vector<std::int64_t> pads(4, kernel / 2);
    return net.node("Conv", {x, net.random_constant({out, in, kernel, kernel}, spread), net.random_constant({out}, 0.3F)},
                    {{"activation", std::string("relu")}, {"pads", pads}});
}

// A block of DenseNet, or branches of Inception; what the next layer reads is joined from many.
Graph joined_network(std::uint32_t seed) {
    NetworkBuilder net(seed);
    std::int64_t channels = net.between(1, 70);
    TensorId x = plain_convolution(net, net.input({net.between(1, 2), 3, 9, 11}), 3, channels, 3);
    for (std::int64_t i = net.between(1, 4); i > 0; --i) {
        if (net.flip()) {
            const TensorId scaled =
                net.node("ScaleShift", {x, net.random_constant({channels}, 1.0F), net.random_constant({channels}, 0.5F)},
                         {{"activation", std::string("relu")}});
            const std::int64_t more = net.between(1, 40);
            const TensorId made = plain_convolution(net, scaled, channels, more, net.flip() ? 3 : 1);
            x = net.node("Concat", {x, made}, {{"axis", std::int64_t{1}}});
            channels += more;
        } else {
            std::vector<TensorId> branches;
            std::int64_t all = 0;
            for (std::int64_t b = net.between(1, 4); b > 0; --b) {
                const std::int64_t some = net.between(1, 70);
                branches.push_back(plain_convolution(net, x, channels, some, net.flip() ? 3 : 1));
                all += some;
            }
            branches.push_back(net.node(
                "MaxPool", {x}, {{"kernel_shape", std::vector<std::int64_t>{3, 3}}, {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}}));
            x = net.node("Concat", branches, {{"axis", std::int64_t{1}}});
            channels += all;
        }
    }
    return net.finish({plain_convolution(net, x, channels, 8, 1)});
}

}  // namespace

// Without taps, which would have every tensor lie by itself.
BOOST_AUTO_TEST_CASE(in_int8_bit_for_bit_where_concatenations_are_written_in_place) {
    // oneDNN, which multiplies with AMX, writes whole tensors only.
    const DeviceHandle reference = device("reference"), fast = device("onednn"), own = device("onednn", {{"int8_kernels", "own"}});
    int in_place = 0;
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        const Graph graph = joined_network(seed);
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const Plan plan = plan_for(fast, graph, inputs);
        const Run expected = run_on(reference, graph, &plan, inputs), found = run_on(own, graph, &plan, inputs);
        BOOST_TEST(bit_difference(expected.outputs[0], found.outputs[0]).count == 0U, "seed " << seed);
        BOOST_TEST(bit_difference(expected.outputs[0], run_on(fast, graph, &plan, inputs).outputs[0]).count == 0U, "seed " << seed);
        // Copied is what has another grid, as pooled branches may.
        std::set<std::string> copied, other_grid;
        for (const OperatorTime& step : found.operators)
            if (step.op == "Concat" && step.implementation == "copy") copied.insert(step.name);
        for (const Node& node : graph.nodes) {
            if (node.op != "Concat") continue;
            const auto grid = [&](TensorId id) { return plan.tensors.at(graph[id].name).whole; };
            const auto differs = [&](TensorId id) { return grid(id) != grid(node.outputs[0]); };
            if (std::ranges::any_of(node.inputs, differs))
                other_grid.insert(node.name);
            else
                ++in_place;
        }
        BOOST_TEST(copied == other_grid, boost::test_tools::per_element());
    }
    BOOST_TEST(in_place > 50);
}

// As heads of detectors end: the Transpose moves nothing, whoever reads it.
BOOST_AUTO_TEST_CASE(in_int8_bit_for_bit_where_pixels_are_flattened) {
    const DeviceHandle reference = device("reference"), fast = device("onednn");
    for (std::uint32_t seed = 1; seed <= 12; ++seed) {
        NetworkBuilder net(seed);
        const std::int64_t channels = net.between(1, 20);
        const TensorId x = net.input({net.between(1, 2), 3, net.between(1, 9), net.between(1, 9)});
        const TensorId head = plain_convolution(net, plain_convolution(net, x, 3, 8, 3), 8, channels, 3);
        const TensorId turned = net.node("Transpose", {head}, {{"perm", std::vector<std::int64_t>{0, 2, 3, 1}}});
        std::vector<TensorId> outputs = {net.node("Flatten", {turned}), net.node("Flatten", {turned}, {{"axis", std::int64_t{2}}})};
        if (seed % 4 == 1) outputs.push_back(net.node("Relu", {turned}));
        if (seed % 4 == 2) outputs.push_back(turned);
        const Graph graph = net.finish(outputs);
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const Plan plan = plan_for(fast, graph, inputs);
        const Run expected = run_on(reference, graph, &plan, inputs), found = run_on(fast, graph, &plan, inputs);
        for (std::size_t o = 0; o < outputs.size(); ++o)
            BOOST_TEST(bit_difference(expected.outputs[o], found.outputs[o]).count == 0U, "seed " << seed << ", output " << o);
        const bool made = std::ranges::any_of(found.operators, [](const OperatorTime& step) { return step.op == "Transpose"; });
        BOOST_TEST(!made);
    }
}

// In floating point between int8 operators, and alone; the row's own arithmetic is double, in order.
BOOST_AUTO_TEST_CASE(two_norms_are_the_same_to_the_bit) {
    const DeviceHandle reference = device("reference"), fast = device("onednn");
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        NetworkBuilder net(seed);
        const std::int64_t channels = net.between(1, 70);
        const TensorId x = net.input({net.between(1, 3), channels, net.between(1, 17), net.between(1, 17)});
        const TensorId before = convolution(net, x, channels, channels, 1, false, true);
        const TensorId norm = net.node("LpNormalization", {before}, {{"axis", std::int64_t{1}}});
        const TensorId behind = convolution(net, norm, channels, channels, net.flip() ? channels : 1, false, true);
        const Graph graph = net.finish({net.node("LpNormalization", {x}, {{"axis", std::int64_t{-3}}}), behind});
        std::mt19937 random(seed);
        Tensors inputs = random_inputs(graph, random);
        if (seed % 4 == 0) std::fill(inputs[0].begin(), inputs[0].end(), 0.0F);  // the norm of nothing
        const Plan plan = plan_for(fast, graph, inputs);
        const Run expected = run_on(reference, graph, &plan, inputs), found = run_on(fast, graph, &plan, inputs);
        for (std::size_t o = 0; o < 2; ++o)
            BOOST_TEST(bit_difference(expected.outputs[o], found.outputs[o]).count == 0U, "seed " << seed << ", output " << o);
        for (const OperatorTime& step : found.operators)
            if (step.op == "LpNormalization") BOOST_TEST(step.implementation == "values");
    }
}

// Any operators may go back to floating point: the plan still fits, and both devices mean the same by it. Sums in floating point differ by
// their order, so that behind them a value may fall on the next step.
BOOST_AUTO_TEST_CASE(with_any_operators_in_floating_point) {
    const DeviceHandle reference = device("reference"), fast = device("onednn");
    std::size_t compared = 0;
    for (std::uint32_t seed = 1; seed <= 120; ++seed) {
        const Graph graph = random_network(seed, {1});
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const Plan all = plan_for(fast, graph, inputs);
        std::map<NodeId, OperatorPlan> floating;
        for (std::size_t n = 0; n < graph.nodes.size(); ++n)
            if (random() % 3 == 0) floating[static_cast<NodeId>(n)] = {Precision::fp32, Reason::accuracy};
        const Plan plan = in_floating_point(graph, all, floating);
        const auto fits = check_plan(plan, graph);
        BOOST_REQUIRE_MESSAGE(fits, "seed " << seed << ": " << (fits ? "" : fits.error().message()));
        for (const auto& [name, tensor] : plan.tensors) BOOST_TEST((tensor.whole || tensor.depthwise), name << " has no grid");
        const std::vector<std::string> same = untouched_by_floating(graph, plan);
        const Run expected = run_on(reference, graph, &plan, inputs, same), found = run_on(fast, graph, &plan, inputs, same);
        for (const std::string& name : same) {
            ++compared;
            const Difference d = bit_difference(expected.taps.at(name), found.taps.at(name));
            BOOST_TEST(d.count == 0U, "seed " << seed << ", '" << name << "': " << d.expected << " != " << d.found);
        }
        for (std::size_t o = 0; o < expected.outputs.size(); ++o)
            BOOST_TEST(worst_share(expected.outputs[o], found.outputs[o]) < 0.06F, "seed " << seed << ", output " << o);
    }
    BOOST_TEST(compared > 100U);
}

// On every CPU: where it cannot compute in bf16, such a plan means fp32.
BOOST_AUTO_TEST_CASE(with_products_in_bf16_near_fp32) {
    const DeviceHandle fast = device("onednn");
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        const Graph graph = random_network(seed, {1});
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const Plan all = plan_for(fast, graph, inputs);
        std::map<NodeId, OperatorPlan> fp32, bf16;
        for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
            fp32[static_cast<NodeId>(n)] = {Precision::fp32, Reason::accuracy};
            const bool product = ops::find(graph.nodes[n].op)->role == ops::Role::product;
            bf16[static_cast<NodeId>(n)] = {product ? Precision::bf16 : Precision::fp32, Reason::accuracy};
        }
        const Plan exact = in_floating_point(graph, all, fp32), rounded = in_floating_point(graph, all, bf16);
        const Run expected = run_on(fast, graph, &exact, inputs), found = run_on(fast, graph, &rounded, inputs);
        BOOST_TEST(
            (run_on(device("reference"), graph, &rounded, inputs).outputs == run_on(device("reference"), graph, &exact, inputs).outputs));
        for (std::size_t o = 0; o < expected.outputs.size(); ++o)
            BOOST_TEST(worst_share(expected.outputs[o], found.outputs[o]) < 0.03F, "seed " << seed << ", output " << o);
        const auto is_bf16 = [](const OperatorTime& time) { return time.precision == OCTAVO_BF16; };
        BOOST_TEST(std::any_of(found.operators.begin(), found.operators.end(), is_bf16), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(with_a_product_of_rows_in_bf16_near_fp32) {
    const DeviceHandle fast = device("onednn");
    for (std::uint32_t seed = 1; seed <= 30; ++seed) {
        const Graph graph = network_of_one_product(seed);
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const Plan all = plan_for(fast, graph, inputs);
        const Plan rounded = in_floating_point(graph, all, {{NodeId{0}, {Precision::bf16, Reason::accuracy}}});
        const Run expected = run_on(fast, graph, nullptr, inputs), found = run_on(fast, graph, &rounded, inputs);
        BOOST_TEST(worst_share(expected.outputs[0], found.outputs[0]) < 0.03F, "seed " << seed);
    }
}

// Such operators keep their own arithmetic: kernels know a constant bias of one value a channel, and no factors.
BOOST_AUTO_TEST_CASE(products_that_no_kernel_computes_are_the_same_in_floating_point_and_refused_in_int8) {
    const DeviceHandle reference = device("reference"), fast = device("onednn");
    for (int form = 0; form < 6; ++form) {
        NetworkBuilder net(7);
        const TensorId x = net.input({2, 4}), w = net.random_constant({4, 5}, 1.0F);
        const TensorId by_channel = net.random_constant({5}, 1.0F);
        const Attributes half_alpha = {{"alpha", 0.5F}}, half_beta = {{"beta", 0.5F}};
        TensorId y = TensorId::none;
        if (form == 0) y = net.node("Gemm", {x, w, net.random_constant({2, 5}, 1.0F)});
        if (form == 1) y = net.node("Gemm", {x, w, net.random_constant({2, 1}, 1.0F)});
        if (form == 2) y = net.node("Gemm", {x, w, net.input({2, 5})});
        if (form == 3) y = net.node("Gemm", {x, w, by_channel}, half_alpha);
        if (form == 4) y = net.node("Gemm", {x, w, by_channel}, half_beta);
        if (form == 5) y = net.node("Conv", {net.input({1, 3, 4, 4}), net.random_constant({5, 3, 1, 1}, 1.0F), net.input({5})});
        const Graph graph = net.finish({y});
        std::mt19937 random(1);
        const Tensors inputs = random_inputs(graph, random);
        const Run expected = run_on(reference, graph, nullptr, inputs), found = run_on(fast, graph, nullptr, inputs);
        BOOST_TEST(worst_share(expected.outputs[0], found.outputs[0]) < 1e-5F, "form " << form);
        BOOST_TEST(!fast.can_run(FlatGraph(graph).view(), 0, OCTAVO_INT8), "form " << form);
    }
}

// Codes within -63..63 cannot overflow a 16-bit pair, so that oneDNN's kernels are exact on every instruction set.
BOOST_AUTO_TEST_CASE(in_int8_bit_for_bit_where_onednn_multiplies_weights_of_seven_bits) {
    compare_int8(device("onednn", {{"int8_kernels", "onednn"}}), 63.0F, 150);
}

// Full-range weights: what pairs of products lose in 16 bits, oneDNN loses below VNNI, and so does the simulation of it on any CPU; where
// no pair can overflow the simulation is exact.
BOOST_AUTO_TEST_CASE(saturating_sums_lose_what_kernels_of_16_bits_lose) {
    const DeviceHandle exact = device("reference"), simulated = device("reference", {{"sums", "saturating"}});
    const DeviceHandle onednn = device("onednn", {{"int8_kernels", "onednn"}});
    const bool saturates = onednn.isa() == "sse41" || onednn.isa() == "avx2" || onednn.isa() == "avx512_core";
    for (const auto& [channels, kernel] : {std::pair<std::int64_t, std::int64_t>{16, 1}, {32, 3}, {16, 5}}) {
        GraphBuilder builder;
        const Graph graph = builder.done({builder.conv("c", builder.input("x", {1, channels, 9, 8}), channels, 32, kernel)}, 1);
        std::mt19937 random(9);
        Tensors inputs = random_inputs(graph, random);
        for (float& value : inputs[0]) value = std::abs(value);  // bright everywhere, and zero point 0
        const auto outputs = [&](const DeviceHandle& on, const Plan& plan) { return run_on(on, graph, &plan, inputs).outputs[0]; };
        const Plan full = plan_for(onednn, graph, inputs, 127.0F), narrow = plan_for(onednn, graph, inputs, 63.0F);
        BOOST_TEST((outputs(simulated, narrow) == outputs(exact, narrow)), kernel);
        BOOST_TEST((outputs(simulated, full) != outputs(exact, full)), kernel);
        if (saturates) BOOST_TEST((outputs(simulated, full) == outputs(onednn, full)), kernel << " on " << onednn.isa());
    }
}

BOOST_AUTO_TEST_CASE(in_fp32_within_rounding_on_random_networks) {
    const DeviceHandle reference = device("reference"), fast = device("onednn");
    for (MakeNetwork* const make : kNetworks)
        for (std::uint32_t seed = 1; seed <= 60; ++seed) {
            const Graph graph = make(seed, {1 + seed % 3});
            std::mt19937 random(seed);
            const Tensors inputs = random_inputs(graph, random);
            const Run expected = run_on(reference, graph, nullptr, inputs), found = run_on(fast, graph, nullptr, inputs);
            for (std::size_t o = 0; o < expected.outputs.size(); ++o) {
                float span = 0, worst = 0;
                for (std::size_t i = 0; i < expected.outputs[o].size(); ++i) {
                    span = std::max(span, std::abs(expected.outputs[o][i]));
                    worst = std::max(worst, std::abs(expected.outputs[o][i] - found.outputs[o][i]));
                }
                BOOST_TEST(worst <= 1e-5F * span + 1e-6F, "seed " << seed << ", output " << o << ": off by " << worst << " of " << span);
            }
        }
}

BOOST_AUTO_TEST_SUITE_END()
