// What a caller who tolerates errors gets: convolutions in f32 by own kernels, as near to the reference device as it was told to be, and
// the same bits whatever the batch and the number of threads. One who tolerates none never gets them.
#include "tests/support/networks.h"
#include "tests/support/random_network.h"

using namespace octavo;
using namespace octavo::testing;

namespace {

constexpr float kTolerance = 1e-4F;

struct Convolution {
    std::int64_t inputs, outputs, kernel, height, width;
    bool residual;
    Attributes attributes;
};

bool is_bounded(const Attributes& attributes) {
    const auto found = attributes.find("activation");
    if (found == attributes.end()) return true;
    const auto& name = std::get<std::string>(found->second);
    return name == "relu" || name == "clip";
}

Convolution random_convolution(NetworkBuilder& net) {
    Attributes attributes = net.flip() ? activation(net) : Attributes{};
    const std::int64_t kernel = net.flip() ? 3 : 1, most = kernel - 1;
    attributes["pads"] = std::vector<std::int64_t>{net.between(0, most), net.between(0, most), net.between(0, most), net.between(0, most)};
    const std::int64_t inputs = kernel == 3 ? 16 * net.between(1, 6) : net.between(1000, 1100);
    const std::int64_t outputs = kernel == 3 ? net.between(16, 99) : 16 * net.between(31, 35);
    const std::int64_t most_pixels = kernel == 3 ? 29 : 14;
    return {inputs, outputs, kernel, net.between(4, most_pixels), net.between(4, most_pixels), net.flip(), attributes};
}

Graph graph_of(const Convolution& c, std::int64_t batch, std::uint32_t seed) {
    NetworkBuilder net(seed);
    const float spread = 1.0F / std::sqrt(static_cast<float>(c.kernel * c.kernel * c.inputs));
    const auto& pads = std::get<std::vector<std::int64_t>>(c.attributes.at("pads"));
    const auto behind = [&](std::int64_t size, std::size_t axis) { return size + pads[axis] + pads[axis + 2] - c.kernel + 1; };
    std::vector<TensorId> inputs = {net.input({batch, c.inputs, c.height, c.width}),
                                    net.random_constant({c.outputs, c.inputs, c.kernel, c.kernel}, spread),
                                    net.random_constant({c.outputs}, 0.3F)};
    if (c.residual) inputs.push_back(net.input({batch, c.outputs, behind(c.height, 0), behind(c.width, 1)}));
    return net.finish({net.node("Conv", inputs, c.attributes)});
}

// Image `image` of three.
Tensors image_of(const Tensors& inputs, std::size_t image) {
    Tensors made;
    for (const std::vector<float>& all : inputs) {
        const auto size = static_cast<std::ptrdiff_t>(all.size() / 3);
        const auto from = all.begin() + static_cast<std::ptrdiff_t>(image) * size;
        made.emplace_back(from, from + size);
    }
    return made;
}

Run tolerant_run(const Graph& graph, const Tensors& inputs, float tolerance, int threads) {
    Session session = must(Session::compile(device("onednn"), graph, nullptr, {threads, {}, false, tolerance}));
    BOOST_REQUIRE(session.run(as_bytes(inputs)));
    return {{row_major(session.output_views()[0])}, {}, session.executable().operators()};
}

bool is_own(const Run& run) {
    return std::ranges::any_of(run.operators, [](const OperatorTime& one) {
        return one.implementation.starts_with("winograd:") || one.implementation.starts_with("gemm:");
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(products_f32)

BOOST_AUTO_TEST_CASE(as_near_as_was_told_and_the_same_for_any_batch_and_threads) {
    const bool has_kernels = device("onednn").isa() != "sse41" && __builtin_cpu_supports("fma");
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        NetworkBuilder choice(seed);
        const Convolution c = random_convolution(choice);
        const Graph three = graph_of(c, 3, seed), one = graph_of(c, 1, seed);
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(three, random);
        const std::vector<float> expected = run_on(device("reference"), three, nullptr, inputs).outputs[0];
        const Run run = tolerant_run(three, inputs, kTolerance, 2);
        BOOST_TEST_CONTEXT("seed " << seed << ", " << c.kernel << "x" << c.kernel << ", " << c.inputs << " to " << c.outputs << ", "
                                   << c.height << "x" << c.width) {
            float largest = 0, error = 0;
            for (std::size_t i = 0; i < expected.size(); ++i) {
                largest = std::max(largest, std::abs(expected[i]));
                error = std::max(error, std::abs(expected[i] - run.outputs[0][i]));
            }
            BOOST_TEST(error <= kTolerance * largest);
            const Shape& shape = one[one.outputs[0]].shape;
            const bool is_large = c.kernel == 3 ? (shape[2] + 3) / 4 * ((shape[3] + 3) / 4) >= 9
                                                : shape[2] * shape[3] >= 100 && c.inputs * c.outputs >= 1 << 19;
            BOOST_TEST(is_own(run) == (has_kernels && is_large && is_bounded(c.attributes)));
            BOOST_TEST(!is_own(tolerant_run(three, inputs, 0, 2)));
            for (std::size_t image = 0; image < 3; ++image)
                BOOST_TEST(tolerant_run(one, image_of(inputs, image), kTolerance, 1).outputs == image_of(run.outputs, image),
                           "image " << image << " differs");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
