// MaxPool, AveragePool, GlobalAveragePool, ReduceMean.
#include <numeric>

#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

namespace {

Data counted(Shape shape) {
    std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
    std::iota(values.begin(), values.end(), 1.0F);
    return floats(std::move(shape), values);
}

Case pool(const char* op, Data x, std::int64_t kernel, std::int64_t stride) {
    return Case(op, {std::move(x)}).with_list("kernel_shape", {kernel, kernel}).with_list("strides", {stride, stride});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pooling)

BOOST_AUTO_TEST_CASE(max_pool_takes_the_largest_of_each_window) {
    Case subject = pool("MaxPool", counted({1, 1, 4, 4}), 2, 2);
    check_shape(subject, {1, 1, 2, 2});
    check_values(subject.run_floats(), {6, 8, 14, 16});
}

BOOST_AUTO_TEST_CASE(padding_never_wins_a_max_pool) {
    check_values(pool("MaxPool", floats({1, 1, 2, 2}, {-1, -2, -3, -4}), 2, 1).with_list("pads", {1, 1, 1, 1}).run_floats(),
                 {-1, -1, -2, -1, -1, -2, -3, -3, -4});
}

BOOST_AUTO_TEST_CASE(max_pool_rounds_up_and_dilates) {
    check_values(pool("MaxPool", counted({1, 1, 3, 3}), 2, 2).with("ceil_mode", 1).run_floats(), {5, 6, 8, 9});
    check_values(pool("MaxPool", counted({1, 1, 3, 3}), 2, 1).with_list("dilations", {2, 2}).run_floats(), {9});
    check_values(Case("MaxPool", {floats({1, 1, 4}, {4, 1, 3, 2})}).with_list("kernel_shape", {2}).run_floats(), {4, 3, 3});
}

// The least of all bytes has a place, too.
BOOST_AUTO_TEST_CASE(max_pool_takes_bytes) {
    const auto pooled = [](octavo_type type, auto values) {
        Case subject("MaxPool", {make_data(type, {1, 1, 1, 4}, values)}, 2);
        return need(subject.with_list("kernel_shape", {1, 2}).with_list("strides", {1, 2}).run());
    };
    const std::vector<Data> small = pooled(OCTAVO_U8, std::vector<std::uint8_t>{200, 7, 0, 0});
    BOOST_TEST(small[0].as<std::uint8_t>() == (std::vector<std::uint8_t>{200, 0}), boost::test_tools::per_element());
    BOOST_TEST(small[1].as<std::int64_t>() == (std::vector<std::int64_t>{0, 2}), boost::test_tools::per_element());
    const std::vector<Data> signed_ones = pooled(OCTAVO_S8, std::vector<std::int8_t>{-128, -128, -3, -2});
    BOOST_TEST(signed_ones[0].as<std::int8_t>() == (std::vector<std::int8_t>{-128, -2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(average_pool_leaves_padding_out_unless_told) {
    const Data x = floats({1, 1, 2, 2}, {4, 8, 12, 16});
    check_values(pool("AveragePool", x, 2, 2).with_list("pads", {1, 1, 1, 1}).run_floats(), {4, 8, 12, 16});
    check_values(pool("AveragePool", x, 2, 2).with_list("pads", {1, 1, 1, 1}).with("count_include_pad", 1).run_floats(), {1, 2, 3, 4});
    check_values(pool("AveragePool", x, 2, 1).run_floats(), {10});
}

BOOST_AUTO_TEST_CASE(what_hangs_over_the_padding_never_counts) {
    // One dimension, 4 values and one pad on each side, windows of 3 by 3: [pad 1 2] [3 4 pad]; rounding up adds nothing here.
    const Data x = floats({1, 1, 4}, {1, 2, 3, 4});
    Case subject =
        Case("AveragePool", {x}).with_list("kernel_shape", {3}).with_list("strides", {3}).with_list("pads", {1, 1}).with("ceil_mode", 1);
    check_values(subject.with("count_include_pad", 1).run_floats(), {1, 7.0F / 3});
    // No pads, windows of 3 by 2: [1 2 3] [3 4 -]: the overhang is no padding.
    Case over =
        Case("AveragePool", {x}).with_list("kernel_shape", {3}).with_list("strides", {2}).with("ceil_mode", 1).with("count_include_pad", 1);
    check_values(over.run_floats(), {2, 3.5F});
}

BOOST_AUTO_TEST_CASE(global_average_pool_is_the_mean_of_each_channel) {
    Case subject("GlobalAveragePool", {counted({1, 2, 2, 2})});
    check_shape(subject, {1, 2, 1, 1});
    check_values(subject.run_floats(), {2.5F, 6.5F});
    BOOST_CHECK_EQUAL(Case("GlobalAveragePool", {zeros({1, 2})}).error(), "GlobalAveragePool 'n': input 1x2 has no height and width");
    BOOST_CHECK_EQUAL(Case("GlobalAveragePool", {zeros({1, 2, 0, 1})}).error(), "GlobalAveragePool 'n': input 1x2x0x1 is empty");
}

BOOST_AUTO_TEST_CASE(reduce_mean_averages_along_axes) {
    const Data x = counted({2, 3, 2});
    Case spatial = Case("ReduceMean", {x}).with_list("axes", {1, -1});
    check_shape(spatial, {2, 1, 1});
    check_values(spatial.run_floats(), {3.5F, 9.5F});
    Case dropped = Case("ReduceMean", {x, list({1})}).with("keepdims", 0);
    check_shape(dropped, {2, 2});
    check_values(dropped.run_floats(), {3, 4, 9, 10});
    Case all("ReduceMean", {x});
    check_shape(all, {1, 1, 1});
    check_values(all.run_floats(), {6.5F});
    check_shape(Case("ReduceMean", {x}).with("noop_with_empty_axes", 1), {2, 3, 2});
}

BOOST_AUTO_TEST_CASE(reduce_mean_refuses_wrong_axes) {
    BOOST_CHECK_EQUAL(Case("ReduceMean", {zeros({2, 2})}).with_list("axes", {2}).error(),
                      "ReduceMean 'n': axis 2 lies outside of a shape of rank 2");
    BOOST_CHECK_EQUAL(Case("ReduceMean", {zeros({2, 2})}).with_list("axes", {0, -2}).error(), "ReduceMean 'n': an axis is named twice");
    BOOST_CHECK_EQUAL(Case("ReduceMean", {zeros({2, 2}), integers({1}, {0})}).error(),
                      "ReduceMean 'n': axes (input 1, 't') is computed while the model runs; only constants are supported");
}

BOOST_AUTO_TEST_SUITE_END()
