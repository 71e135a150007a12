// MatMul of any rank by oneDNN, between transposes and reshapes as transformers have them: `onednn` against `reference` on random shapes,
// the same bits for any number of threads.
#include "tests/support/agreement.h"

using namespace octavo;
using namespace octavo::testing;

namespace {

using Ints = std::vector<std::int64_t>;

// With random leading dimensions, some of which are 1 in one of the factors.
Graph matrices(std::uint32_t seed) {
    NetworkBuilder net(seed);
    const std::int64_t m = net.between(1, 20), k = net.between(1, 40), n = net.between(1, 20);
    Ints a, b;
    for (std::int64_t i = net.between(0, 3); i > 0; --i) {
        const std::int64_t size = net.between(1, 4);
        a.push_back(net.between(0, 3) == 0 ? 1 : size);
        b.push_back(net.between(0, 3) == 0 ? 1 : size);
    }
    if (net.flip()) b.erase(b.begin(), b.begin() + net.between(0, static_cast<std::int64_t>(b.size())));
    a.insert(a.end(), {m, k});
    b.insert(b.end(), {k, n});
    if (net.between(0, 7) == 0) a = {k};
    if (net.between(0, 7) == 0) b = {k};
    const std::int64_t constant = net.between(0, 2);  // the left one, the right one, none
    const TensorId left = constant == 0 ? net.random_constant(a, 1.0F) : net.input(a);
    const TensorId right = constant == 1 ? net.random_constant(b, 1.0F) : net.input(b);
    return net.finish({net.node("MatMul", {left, right}, activation(net))});
}

// From a picture to heads and back.
Graph attention(std::uint32_t seed) {
    NetworkBuilder net(seed);
    const std::int64_t heads = net.between(1, 4), depth = net.between(1, 9), c = heads * depth, h = net.between(1, 6),
                       w = net.between(1, 6);
    const TensorId x = net.input({2, c, h, w});
    const TensorId rows = net.node("Transpose", {x}, {{"perm", Ints{0, 2, 3, 1}}});
    const TensorId scaled = net.node("MatMul", {rows, net.random_constant({c, c}, 1.0F / static_cast<float>(c))});
    const auto heads_of = [&](TensorId of, const Ints& order) {
        return net.node("Transpose", {net.node("Reshape", {of, net.integers({2, h * w, heads, depth})})}, {{"perm", order}});
    };
    const TensorId scores = net.node("MatMul", {heads_of(scaled, {0, 2, 1, 3}), heads_of(rows, {0, 2, 3, 1})});
    const TensorId mixed = net.node("MatMul", {net.node("Softmax", {scores}), heads_of(scaled, {0, 2, 1, 3})});
    const TensorId joined = net.node("Transpose", {mixed}, {{"perm", Ints{0, 2, 1, 3}}});
    const TensorId back = net.node("Transpose", {net.node("Reshape", {joined, net.integers({2, h, w, c})})}, {{"perm", Ints{0, 3, 1, 2}}});
    return net.finish({net.node("Add", {back, x}), scores, rows});
}

void check(const Graph& graph, std::uint32_t seed) {
    std::mt19937 random(seed);
    expect_near(graph, random_inputs(graph, random), "seed " + std::to_string(seed));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(matmul)

BOOST_AUTO_TEST_CASE(matrices_of_any_rank) {
    for (std::uint32_t seed = 1; seed <= 120; ++seed) check(matrices(seed), seed);
}

BOOST_AUTO_TEST_CASE(attention_from_a_picture_and_back) {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) check(attention(seed), seed);
}

BOOST_AUTO_TEST_SUITE_END()
