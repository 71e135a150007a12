// Reduce*, and operators that spread or shuffle: Expand, Tile, DepthToSpace, SpaceToDepth, Pad's modes, ConvTranspose.
#include <limits>

#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

BOOST_AUTO_TEST_SUITE(reductions_and_shuffles)

BOOST_AUTO_TEST_CASE(reductions_along_axes) {
    const Data x = floats({2, 2}, {1, -2, 3, 4});
    const auto by_rows = [&](const char* op) { return Case(op, {x}).with_list("axes", {1}).with("keepdims", 0).run_floats(); };
    check_values(by_rows("ReduceSum"), {-1, 7});
    check_values(by_rows("ReduceProd"), {-2, 12});
    check_values(by_rows("ReduceMax"), {1, 4});
    check_values(by_rows("ReduceMin"), {-2, 3});
    check_values(by_rows("ReduceL1"), {3, 7});
    check_values(by_rows("ReduceL2"), {2.236068F, 5});
    check_values(by_rows("ReduceSumSquare"), {5, 25});
    check_values(by_rows("ReduceLogSumExp"), {1.0485873F, 4.3132617F});
    check_shape(Case("ReduceSum", {x}), {1, 1});
    check_values(Case("ReduceLogSumExp", {floats({2}, {1000, 1000})}).run_floats(), {1000.6931F});
}

BOOST_AUTO_TEST_CASE(nothing_reduces_to_the_neutral_value) {
    const Data none = zeros({2, 0});
    const float infinity = std::numeric_limits<float>::infinity();
    const auto run = [&](const char* op) { return Case(op, {none}).with_list("axes", {1}).run_floats(); };
    BOOST_TEST(run("ReduceSum") == (std::vector<float>{0, 0}));
    BOOST_TEST(run("ReduceProd") == (std::vector<float>{1, 1}));
    BOOST_TEST(run("ReduceMax") == (std::vector<float>{-infinity, -infinity}));
    BOOST_TEST(run("ReduceMin") == (std::vector<float>{infinity, infinity}));
}

BOOST_AUTO_TEST_CASE(sums_of_integers_wrap_around) {
    constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(), kGreatest = std::numeric_limits<std::int64_t>::max();
    const auto run = [](const char* op, const std::vector<std::int64_t>& x) {
        return need(Case(op, {integers({static_cast<std::int64_t>(x.size())}, x)}).run()).front().as<std::int64_t>().front();
    };
    BOOST_TEST(run("ReduceSum", {kGreatest, 1}) == kLeast);
    BOOST_TEST(run("ReduceProd", {kGreatest, 2}) == -2);
    BOOST_TEST(run("ReduceL1", {kLeast}) == kLeast);
    BOOST_TEST(run("ReduceSumSquare", {kLeast, 3}) == 9);
}

BOOST_AUTO_TEST_CASE(means_of_integers_are_cut_towards_zero) {
    Case subject("ReduceMean", {integers({2, 2}, {2, 3, -2, -3})});
    const std::vector<Data> means = need(subject.with_list("axes", {1}).run());
    BOOST_TEST(means[0].as<std::int64_t>() == (std::vector<std::int64_t>{2, -2}), boost::test_tools::per_element());
    BOOST_TEST(need(Case("ReduceMean", {integers({0}, {})}).run())[0].as<std::int64_t>().front() == 0);
}

BOOST_AUTO_TEST_CASE(expand_and_tile_repeat) {
    check_values(Case("Expand", {floats({2, 1}, {1, 2}), list({2, 3})}).run_floats(), {1, 1, 1, 2, 2, 2});
    check_values(Case("Tile", {floats({1, 2}, {1, 2}), list({2, 2})}).run_floats(), {1, 2, 1, 2, 1, 2, 1, 2});
    BOOST_CHECK_EQUAL(Case("Tile", {zeros({1, 2}), list({2})}).error(), "Tile 'n': has 1 repeats for input 1x2");
    BOOST_CHECK_EQUAL(Case("Expand", {zeros({1}), list({-1})}).error(), "Expand 'n': shape -1 is not possible");
}

BOOST_AUTO_TEST_CASE(ranges_need_finite_numbers) {
    const auto range = [](float start, float limit, float delta) {
        return Case("Range", {constant(floats({}, {start})), constant(floats({}, {limit})), constant(floats({}, {delta}))});
    };
    check_values(range(1, 2, 0.4F).run_floats(), {1, 1.4F, 1.8F});
    check_shape(range(1, 0, 1), {0});
    BOOST_CHECK_EQUAL(range(0, 1, 0).error(), "Range 'n': delta is 0");
    BOOST_CHECK_EQUAL(range(std::numeric_limits<float>::quiet_NaN(), 1, 1).error(), "Range 'n': start, limit or delta is no finite number");
}

BOOST_AUTO_TEST_CASE(slices_by_lists_of_indices) {
    const Data x = floats({2, 2}, {0, 1, 2, 3});
    check_values(Case("GatherND", {x, integers({2, 1}, {1, -2})}).run_floats(), {2, 3, 0, 1});
    check_values(Case("GatherND", {x, integers({2, 1}, {1, 0})}).with("batch_dims", 1).run_floats(), {1, 2});
    check_shape(Case("GatherND", {zeros({0, 3}), integers({0, 1}, {})}).with("batch_dims", 1), {0});
    BOOST_TEST(Case("GatherND", {zeros({0, 3}), integers({0, 1}, {})}).with("batch_dims", 1).run_floats().empty());
}

BOOST_AUTO_TEST_CASE(blocks_of_channels_and_pixels) {
    const Data deep = floats({1, 4, 1, 1}, {1, 2, 3, 4});
    check_values(Case("DepthToSpace", {deep}).with("blocksize", 2).run_floats(), {1, 2, 3, 4});
    const Data two = floats({1, 8, 1, 1}, {0, 1, 2, 3, 4, 5, 6, 7});
    check_values(Case("DepthToSpace", {two}).with("blocksize", 2).run_floats(), {0, 2, 4, 6, 1, 3, 5, 7});
    check_values(Case("DepthToSpace", {two}).with("blocksize", 2).with("mode", "CRD").run_floats(), {0, 1, 2, 3, 4, 5, 6, 7});
    check_values(Case("SpaceToDepth", {floats({1, 1, 2, 2}, {1, 2, 3, 4})}).with("blocksize", 2).run_floats(), {1, 2, 3, 4});
    BOOST_CHECK_EQUAL(Case("DepthToSpace", {zeros({1, 3, 1, 1})}).with("blocksize", 2).error(),
                      "DepthToSpace 'n': blocks of 2 do not fit input 1x3x1x1");
}

BOOST_AUTO_TEST_CASE(pads_continue_a_tensor) {
    const auto run = [](const char* mode) { return Case("Pad", {floats({3}, {1, 2, 3}), list({2, 2})}).with("mode", mode).run_floats(); };
    check_values(run("reflect"), {3, 2, 1, 2, 3, 2, 1});
    check_values(run("edge"), {1, 1, 1, 2, 3, 3, 3});
    check_values(run("wrap"), {2, 3, 1, 2, 3, 1, 2});
    BOOST_CHECK_EQUAL(Case("Pad", {zeros({1}), list({0, 0})}).with("mode", "odd").error(), "Pad 'n': mode 'odd' is not known");
    BOOST_CHECK_EQUAL(Case("Pad", {zeros({1}), list({0, 1}), zeros({0})}).error(), "Pad 'n': input 2 is no single number");
}

BOOST_AUTO_TEST_CASE(transposed_convolution_scatters) {
    const Data x = floats({1, 1, 1, 2}, {1, 10});
    const Data weight = floats({1, 1, 1, 3}, {1, 2, 3});
    check_values(Case("ConvTranspose", {x, weight}).run_floats(), {1, 12, 23, 30});
    check_values(Case("ConvTranspose", {x, weight}).with_list("strides", {1, 2}).run_floats(), {1, 2, 13, 20, 30});
    check_values(Case("ConvTranspose", {x, weight, floats({1}, {0.5F})}).with_list("pads", {0, 1, 0, 1}).run_floats(), {12.5F, 23.5F});
    check_values(Case("ConvTranspose", {x, weight}).with_list("output_padding", {0, 1}).run_floats(), {1, 12, 23, 30, 0});
    check_shape(Case("ConvTranspose", {x, weight}).with_list("strides", {1, 2}).with("auto_pad", "SAME_UPPER"), {1, 1, 1, 4});
    BOOST_CHECK_EQUAL(Case("ConvTranspose", {zeros({1, 2, 1, 2}), weight}).error(),
                      "ConvTranspose 'n': weight 1x1x1x3 takes 1 channels, input 1x2x1x2 has 2");
}

BOOST_AUTO_TEST_SUITE_END()
