// Operators that put values elsewhere, of any rank, between convolutions in int8 and alone: `onednn` against `reference`, where not a bit
// may differ, and whether they ran as copies.
#include "tests/support/agreement.h"

#include <algorithm>
#include <numeric>

using namespace octavo;
using namespace octavo::testing;

namespace {

using Ints = std::vector<std::int64_t>;

// `shape` becomes that of the result.
TensorId transposed(NetworkBuilder& net, TensorId x, Ints& shape) {
    Ints order(shape.size()), before = shape;
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, net.random);
    for (std::size_t i = 0; i < order.size(); ++i) shape[i] = before[static_cast<std::size_t>(order[i])];
    return net.node("Transpose", {x}, {{"perm", order}});
}

TensorId padded(NetworkBuilder& net, TensorId x, const Ints& shape) {
    static constexpr const char* kModes[] = {"constant", "reflect", "edge"};
    const std::string mode = kModes[net.between(0, 2)];
    Ints pads;
    for (std::size_t i = 0; i < 2 * shape.size(); ++i)
        pads.push_back(net.between(0, std::min<std::int64_t>(2, shape[i % shape.size()] - 1)));
    return net.node("Pad", {x, net.integers(pads), net.random_constant({}, 1.0F)}, {{"mode", mode}});
}

TensorId sliced(NetworkBuilder& net, TensorId x, const Ints& shape) {
    const std::int64_t axis = net.between(0, static_cast<std::int64_t>(shape.size()) - 1), size = shape[static_cast<std::size_t>(axis)];
    const std::int64_t begin = net.between(0, size - 1), step = net.between(1, 2);
    return net.node("Slice", {x, net.integers({begin}), net.integers({size}), net.integers({axis}), net.integers({step})});
}

TensorId tiled(NetworkBuilder& net, TensorId x, const Ints& shape) {
    Ints times;
    for (std::size_t i = 0; i < shape.size(); ++i) times.push_back(net.between(1, 2));
    return net.node("Tile", {x, net.integers(times)});
}

TensorId gathered(NetworkBuilder& net, TensorId x, const Ints& shape) {
    const std::int64_t axis = net.between(0, static_cast<std::int64_t>(shape.size()) - 1), size = shape[static_cast<std::size_t>(axis)];
    return net.node("Gather", {x, net.integers({net.between(0, size - 1), net.between(0, size - 1)})}, {{"axis", axis}});
}

TensorId expanded(NetworkBuilder& net, TensorId x, const Ints& shape) {
    Ints wanted = shape;
    for (std::int64_t& size : wanted)
        if (size == 1) size = net.between(1, 5);
    return net.node("Expand", {x, net.integers(wanted)});
}

TensorId elsewhere(NetworkBuilder& net, TensorId x, Ints shape) {
    switch (net.between(0, 5)) {
        case 0:
            return padded(net, x, shape);
        case 1:
            return sliced(net, x, shape);
        case 2:
            return tiled(net, x, shape);
        case 3:
            return gathered(net, x, shape);
        case 4:
            return expanded(net, x, shape);
        default:
            return transposed(net, x, shape);
    }
}

void check(const Graph& graph, const Plan* plan, std::uint32_t seed) {
    std::mt19937 random(seed);
    const std::string what = "seed " + std::to_string(seed);
    expect_no_table(expect_same_bits(graph, random_inputs(graph, random), plan, what), graph, what);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(places)

BOOST_AUTO_TEST_CASE(values_of_any_tensor_are_put_elsewhere) {
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        NetworkBuilder net(seed);
        Ints shape;
        for (std::int64_t i = net.between(1, 6); i > 0; --i) shape.push_back(net.between(0, 3) == 0 ? 1 : net.between(1, i > 4 ? 4 : 40));
        while (element_count(shape) > 60000) shape.back() = 1, std::ranges::rotate(shape, shape.end() - 1);
        const TensorId x = net.input(shape);
        const TensorId first = elsewhere(net, x, shape), turned = transposed(net, x, shape);
        check(net.finish({first, elsewhere(net, turned, shape)}), nullptr, seed);
    }
}

BOOST_AUTO_TEST_CASE(in_int8_between_convolutions) {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        NetworkBuilder net(seed);
        const std::int64_t channels = 4 * net.between(1, 8), height = 2 * net.between(1, 5), width = 2 * net.between(1, 5);
        const TensorId x = net.input({2, 3, height, width});
        const TensorId before =
            net.node("Conv", {x, net.random_constant({channels, 3, 1, 1}, 0.5F), net.random_constant({channels}, 0.3F)});
        std::vector<TensorId> moved;
        std::int64_t left = channels;
        if (seed % 4 == 0) {
            moved = {
                net.node("DepthToSpace", {before}, {{"blocksize", std::int64_t{2}}, {"mode", std::string(net.flip() ? "CRD" : "DCR")}})};
            left = channels / 4;
        } else if (seed % 4 == 1) {
            moved = {net.node("SpaceToDepth", {before}, {{"blocksize", std::int64_t{2}}})};
            left = 4 * channels;
        } else if (seed % 4 == 2) {
            moved = {net.node("Pad", {before, net.integers({0, 0, 1, 1, 0, 0, 1, 0})}, {{"mode", std::string("reflect")}})};
        } else {  // a shuffle of channels
            const TensorId split = net.node("Reshape", {before, net.integers({2, 2, channels / 2, height, width})});
            const TensorId turned = net.node("Transpose", {split}, {{"perm", Ints{0, 2, 1, 3, 4}}});
            moved = {net.node("Reshape", {turned, net.integers({2, channels, height, width})})};
        }
        const TensorId behind = net.node("Conv", {moved[0], net.random_constant({5, left, 1, 1}, 0.2F), net.random_constant({5}, 0.3F)});
        const Graph graph = net.finish(net.flip() ? std::vector{behind} : std::vector{behind, moved[0]});
        std::mt19937 random(seed);
        const Plan plan = plan_for(device("onednn"), graph, random_inputs(graph, random));
        check(graph, &plan, seed);
    }
}

BOOST_AUTO_TEST_CASE(parts_of_a_concatenation) {
    for (std::uint32_t seed = 1; seed <= 80; ++seed) {
        NetworkBuilder net(seed);
        Ints shape;
        for (std::int64_t i = net.between(1, 5); i > 0; --i) shape.push_back(net.between(1, 9));
        const auto rank = static_cast<std::int64_t>(shape.size()), axis = net.between(0, rank - 1);
        std::vector<TensorId> parts;
        for (std::int64_t i = net.between(1, 3); i > 0; --i) {
            Ints own = shape;
            own[static_cast<std::size_t>(axis)] = net.between(1, 5);
            if (rank == 4 && net.between(0, 2) == 0) {  // one that lies row by row
                const TensorId turned = net.input({own[0], own[3], own[1], own[2]});
                parts.push_back(net.node("Transpose", {turned}, {{"perm", Ints{0, 2, 3, 1}}}));
            } else {
                parts.push_back(net.flip() && !parts.empty() ? net.random_constant(own, 1.0F) : net.input(own));
            }
        }
        check(net.finish({net.node("Concat", parts, {{"axis", net.flip() ? axis : axis - rank}})}), nullptr, seed);
    }
}

BOOST_AUTO_TEST_CASE(parts_of_a_split) {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
        NetworkBuilder net(seed);  // for its numbers alone
        GraphBuilder builder;
        Ints shape;
        for (std::int64_t i = net.between(2, 5); i > 0; --i) shape.push_back(net.between(2, 12));
        const std::int64_t axis = net.between(0, static_cast<std::int64_t>(shape.size()) - 1);
        const std::int64_t size = shape[static_cast<std::size_t>(axis)], first = net.between(1, size - 1);
        const TensorId sizes = builder.integers("sizes", {first, size - first});
        const TensorId a = builder.node("Split", "a", {builder.input("x", shape), sizes}, {{"axis", axis}});
        const TensorId b = builder.graph.add_tensor({"b", OCTAVO_F32, {}, {}, false});
        builder.graph.nodes.back().outputs.push_back(b);
        check(builder.done({a, b}, 1), nullptr, seed);
    }
}

// Maps of few and many channels that several threads turn for the outside, from operators that write them channels-last or row by row.
BOOST_AUTO_TEST_CASE(large_outputs) {
    for (std::uint32_t seed = 1; seed <= 24; ++seed) {
        NetworkBuilder net(seed);
        Ints shape = {net.between(1, 2), net.between(1, 40), net.between(60, 130), net.between(60, 130)};
        const TensorId x = net.node("Relu", {net.input(shape)});
        std::vector<TensorId> outputs = {x};
        if (net.flip()) outputs.push_back(transposed(net, x, shape));
        if (net.flip()) outputs.push_back(net.node("Flatten", {x}));
        check(net.finish(outputs), nullptr, seed);
    }
}

BOOST_AUTO_TEST_SUITE_END()
