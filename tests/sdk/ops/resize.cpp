// Resize and Upsample.
#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

namespace {

const Data kTwo = floats({1, 1, 1, 2}, {0, 4});

Case resize(const std::vector<float>& scales) {
    return Case("Resize", {kTwo, absent(), constant(floats({static_cast<std::int64_t>(scales.size())}, scales))});
}

Case by_sizes(const std::vector<std::int64_t>& sizes) {
    return Case("Resize", {kTwo, absent(), absent(), list(sizes)});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resizing)

BOOST_AUTO_TEST_CASE(nearest_repeats_values) {
    Case subject = resize({1, 1, 2, 2}).with("coordinate_transformation_mode", "asymmetric").with("nearest_mode", "floor");
    check_shape(subject, {1, 1, 2, 4});
    check_values(subject.run_floats(), {0, 0, 4, 4, 0, 0, 4, 4});
    check_values(Case("Upsample", {kTwo, constant(floats({4}, {1, 1, 1, 2}))}).run_floats(), {0, 0, 4, 4});
    check_values(Case("Resize", {kTwo, constant(floats({4}, {1, 1, 1, 2}))}).run_floats(), {0, 0, 4, 4});
}

BOOST_AUTO_TEST_CASE(linear_weighs_neighbours_by_position) {
    check_values(resize({1, 1, 1, 2}).with("mode", "linear").run_floats(), {0, 1, 3, 4});
    check_values(resize({1, 1, 1, 2}).with("mode", "linear").with("coordinate_transformation_mode", "asymmetric").run_floats(),
                 {0, 2, 4, 4});
    check_values(by_sizes({1, 1, 1, 3}).with("mode", "linear").with("coordinate_transformation_mode", "align_corners").run_floats(),
                 {0, 2, 4});
}

BOOST_AUTO_TEST_CASE(unsupported_and_impossible_requests_are_refused) {
    BOOST_CHECK_EQUAL(resize({1, 1, 1, 2}).with("mode", "cubic").error(), "Resize 'n': mode 'cubic' is not supported");
    BOOST_CHECK_EQUAL(Case("Resize", {kTwo}).error(), "Resize 'n': has neither scales nor sizes");
    BOOST_CHECK_EQUAL(resize({1, 1}).error(), "Resize 'n': has 2 scales or sizes, expected 4");
    BOOST_CHECK_EQUAL(resize({1, 1, 1, -2}).error(), "Resize 'n': input 1x1x1x2 cannot be scaled by -2.000000");
    BOOST_CHECK_EQUAL(by_sizes({1, 1, 1, 0}).error(), "Resize 'n': input 1x1x1x2 cannot become 1x1x1x0");
    BOOST_CHECK_EQUAL(Case("Upsample", {kTwo}).error(), "Upsample 'n': has 0 scales for input 1x1x1x2");
}

BOOST_AUTO_TEST_SUITE_END()
