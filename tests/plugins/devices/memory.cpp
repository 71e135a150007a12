// What an executable holds is what it says it holds: nothing of the model's weights, or of forms of them that were steps on the way, stays.
#include "tests/support/networks.h"

#include <malloc.h>

using namespace octavo;
using namespace octavo::testing;

namespace {

constexpr std::int64_t kMega = 1'000'000;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCountsMemory = false;  // their allocators tell mallinfo nothing
#else
constexpr bool kCountsMemory = true;
#endif

std::int64_t bytes_in_use() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

// 9.4 million weights: dense, depthwise and fully connected.
Graph heavy() {
    GraphBuilder builder;
    TensorId x = builder.conv("a", builder.input("x", {1, 512, 8, 8}), 512, 1024, 3);
    x = builder.conv("d", x, 1024, 1024, 3, 1024);
    x = builder.conv("b", x, 1024, 2048);
    x = builder.node("GlobalAveragePool", "p", {x});
    x = builder.node("Flatten", "f", {x});
    return builder.done(
        {builder.node("Gemm", "g", {x, builder.random("g.w", {1280, 2048}), builder.random("g.b", {1280})}, {{"transB", std::int64_t{1}}})},
        1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(memory)

BOOST_AUTO_TEST_CASE(nothing_but_the_executed_form_of_weights_stays) {
    if (!kCountsMemory) return;
    const DeviceHandle fast = device("onednn");
    const Graph graph = heavy();
    std::mt19937 random(5);
    const Tensors inputs = random_inputs(graph, random);
    for (const float levels : {127.0F, 63.0F}) {  // kernels on 16 and on 8 bits where there is no VNNI
        const Plan plan = plan_for(fast, graph, inputs, levels);
        for (const Plan* of : {static_cast<const Plan*>(nullptr), &plan}) {
            const std::int64_t before = bytes_in_use();
            Session session = must(Session::compile(fast, graph, of, {2, {}, false}));
            for (int run = 0; run < 2; ++run) BOOST_REQUIRE(session.run(as_bytes(inputs)));
            const std::int64_t held = bytes_in_use() - before, told = session.executable().memory_bytes();
            BOOST_TEST(held < told + told / 20 + kMega, (of ? "int8" : "fp32") << ": holds " << held << " bytes, tells of " << told);
            BOOST_TEST(told > (of ? 9 : 36) * kMega);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
