// window_of: output sizes and pads, from hand-worked cases.
#include "tests/sdk/ops/case.h"

#include <limits>

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

namespace {

Window window(Case subject) {
    return subject.visit([](const NodeView& node) { return need(window_of(node)); });
}

std::string refusal(Case subject) {
    return subject.visit([](const NodeView& node) {
        const Result<Window> found = window_of(node);
        return found ? std::string("no error") : found.error().message();
    });
}

Case pool(std::int64_t height, std::int64_t width, std::int64_t kernel) {
    return Case("MaxPool", {zeros({1, 1, height, width})}).with_list("kernel_shape", {kernel, kernel});
}

Case conv(std::int64_t height, std::int64_t width, std::int64_t kernel) {
    return Case("Conv", {zeros({1, 1, height, width}), zeros({1, 1, kernel, kernel})});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(windows)

BOOST_AUTO_TEST_CASE(a_plain_convolution_shrinks_by_the_kernel) {
    const Window w = window(conv(5, 7, 3));
    BOOST_CHECK_EQUAL(w.kernel_h, 3);
    BOOST_CHECK_EQUAL(w.output_h, 3);
    BOOST_CHECK_EQUAL(w.output_w, 5);
}

BOOST_AUTO_TEST_CASE(pads_are_top_left_bottom_right) {
    const Window w = window(conv(5, 5, 3).with_list("pads", {1, 2, 3, 4}).with_list("strides", {2, 1}));
    BOOST_CHECK_EQUAL(w.pad_top, 1);
    BOOST_CHECK_EQUAL(w.pad_left, 2);
    BOOST_CHECK_EQUAL(w.pad_bottom, 3);
    BOOST_CHECK_EQUAL(w.pad_right, 4);
    BOOST_CHECK_EQUAL(w.output_h, 4);
    BOOST_CHECK_EQUAL(w.output_w, 9);
}

BOOST_AUTO_TEST_CASE(dilation_widens_the_kernel) {
    const Window w = window(conv(7, 7, 3).with_list("dilations", {2, 3}));
    BOOST_CHECK_EQUAL(w.output_h, 3);
    BOOST_CHECK_EQUAL(w.output_w, 1);
}

BOOST_AUTO_TEST_CASE(same_upper_puts_the_odd_pad_at_the_end_and_same_lower_at_the_start) {
    const Window upper = window(conv(224, 5, 3).with_list("strides", {2, 1}).with("auto_pad", "SAME_UPPER"));
    BOOST_CHECK_EQUAL(upper.output_h, 112);
    BOOST_CHECK_EQUAL(upper.output_w, 5);
    BOOST_CHECK_EQUAL(upper.pad_top, 0);
    BOOST_CHECK_EQUAL(upper.pad_bottom, 1);
    BOOST_CHECK_EQUAL(upper.pad_left, 1);
    BOOST_CHECK_EQUAL(upper.pad_right, 1);
    const Window lower = window(conv(224, 5, 3).with_list("strides", {2, 1}).with("auto_pad", "SAME_LOWER"));
    BOOST_CHECK_EQUAL(lower.pad_top, 1);
    BOOST_CHECK_EQUAL(lower.pad_bottom, 0);
}

BOOST_AUTO_TEST_CASE(same_never_pads_less_than_nothing) {
    const Window w = window(conv(10, 10, 1).with_list("strides", {3, 3}).with("auto_pad", "SAME_UPPER"));
    BOOST_CHECK_EQUAL(w.output_h, 4);
    BOOST_CHECK_EQUAL(w.pad_top, 0);
    BOOST_CHECK_EQUAL(w.pad_bottom, 0);
}

BOOST_AUTO_TEST_CASE(valid_ignores_pads) {
    const Window w = window(conv(5, 5, 3).with("auto_pad", "VALID").with_list("pads", {1, 1, 1, 1}));
    BOOST_CHECK_EQUAL(w.output_h, 3);
    BOOST_CHECK_EQUAL(w.pad_top, 0);
}

BOOST_AUTO_TEST_CASE(ceil_mode_adds_a_partial_window) {
    BOOST_CHECK_EQUAL(window(pool(112, 112, 3).with_list("strides", {2, 2})).output_h, 55);
    BOOST_CHECK_EQUAL(window(pool(112, 112, 3).with_list("strides", {2, 2}).with("ceil_mode", 1)).output_h, 56);
}

BOOST_AUTO_TEST_CASE(a_ceil_window_that_starts_in_the_padding_is_dropped) {
    // 5 padded to 7, kernel 2, stride 3: starts 0, 3, 6; the last would start at 6 >= 5 + 1.
    BOOST_CHECK_EQUAL(window(pool(5, 5, 2).with_list("strides", {3, 3}).with_list("pads", {1, 1, 1, 1}).with("ceil_mode", 1)).output_h, 2);
    // 6 padded to 8: the last starts at 6 < 6 + 1, on the image.
    BOOST_CHECK_EQUAL(window(pool(6, 6, 2).with_list("strides", {3, 3}).with_list("pads", {1, 1, 1, 1}).with("ceil_mode", 1)).output_h, 3);
}

BOOST_AUTO_TEST_CASE(a_one_dimensional_window_has_height_one) {
    const Window w = window(Case("Conv", {zeros({1, 2, 8}), zeros({3, 2, 3})}).with_list("strides", {2}).with_list("pads", {1, 0}));
    BOOST_CHECK_EQUAL(w.kernel_h, 1);
    BOOST_CHECK_EQUAL(w.input_h, 1);
    BOOST_CHECK_EQUAL(w.output_h, 1);
    BOOST_CHECK_EQUAL(w.kernel_w, 3);
    BOOST_CHECK_EQUAL(w.pad_left, 1);
    BOOST_CHECK_EQUAL(w.output_w, 4);
}

BOOST_AUTO_TEST_CASE(a_global_pool_sees_the_whole_image) {
    const Window w = window(Case("GlobalAveragePool", {zeros({1, 2, 7, 5})}));
    BOOST_CHECK_EQUAL(w.kernel_h, 7);
    BOOST_CHECK_EQUAL(w.kernel_w, 5);
    BOOST_CHECK_EQUAL(w.output_h, 1);
    BOOST_CHECK_EQUAL(w.output_w, 1);
}

BOOST_AUTO_TEST_CASE(impossible_windows_are_refused) {
    BOOST_CHECK_EQUAL(refusal(conv(2, 2, 3)), "Conv 'n': window of 3 does not fit padded input of 2");
    BOOST_CHECK_EQUAL(refusal(pool(4, 4, 2).with_list("pads", {2, 0, 0, 0})), "MaxPool 'n': padding is as large as the window");
    BOOST_CHECK_EQUAL(refusal(conv(4, 4, 3).with_list("strides", {0, 1})), "Conv 'n': strides has 0, expected at least 1");
    BOOST_CHECK_EQUAL(refusal(conv(4, 4, 3).with_list("strides", {1})), "Conv 'n': strides has 1 entries, expected 2");
    BOOST_CHECK_EQUAL(refusal(conv(4, 4, 3).with_list("pads", {0, -1, 0, 0})), "Conv 'n': pads has -1, expected at least 0");
    BOOST_CHECK_EQUAL(refusal(conv(4, 4, 3).with_list("kernel_shape", {2, 2})), "Conv 'n': kernel_shape 2x2 differs from the weight's 3x3");
    BOOST_CHECK_EQUAL(refusal(conv(4, 4, 3).with("auto_pad", "SAME")), "Conv 'n': auto_pad 'SAME' is not known");
    BOOST_CHECK_EQUAL(refusal(Case("Conv", {zeros({1, 1, 4, 4}), zeros({1, 1, 3})})), "Conv 'n': weight 1x1x3 does not fit input 1x1x4x4");
    BOOST_CHECK_EQUAL(refusal(Case("Conv", {zeros({1, 1, 2, 2, 2}), zeros({1, 1, 1, 1, 1})})),
                      "Conv 'n': input 1x1x2x2x2 has rank 5, expected 3 or 4");
}

BOOST_AUTO_TEST_CASE(the_largest_numbers_do_not_overflow) {
    const std::int64_t most = std::numeric_limits<std::int32_t>::max();
    BOOST_CHECK_EQUAL(refusal(conv(4, 4, 3).with_list("dilations", {most, most})),
                      "Conv 'n': window of 4294967295 does not fit padded input of 4");
    BOOST_CHECK(refusal(conv(4, 4, 3).with_list("pads", {std::numeric_limits<std::int64_t>::max(), 0, 0, 0})) != "no error");
}

BOOST_AUTO_TEST_SUITE_END()
