// GridSample: where a point of the grid lies, and what is outside.
#include <limits>

#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

namespace {

// An image of one row, looked at in places of x.
Case at(const std::vector<float>& places) {
    std::vector<float> grid;
    for (const float x : places) grid.insert(grid.end(), {x, 0});
    return {"GridSample", {floats({1, 1, 1, 3}, {1, 2, 4}), floats({1, 1, static_cast<std::int64_t>(places.size()), 2}, grid)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(grid_sample)

BOOST_AUTO_TEST_CASE(corners_are_middles_of_pixels_or_edges) {
    check_values(at({-1, -0.5F, 0, 1}).with("align_corners", 1).run_floats(), {1, 1.5F, 2, 4});
    check_values(at({-2.0F / 3, 0, 1}).run_floats(), {1, 2, 2});  // the last between a pixel and nothing
}

BOOST_AUTO_TEST_CASE(outside_is_zero_the_border_or_mirrored) {
    const Case far = at({-2, 2, std::numeric_limits<float>::infinity()});
    check_values(Case(far).run_floats(), {0, 0, 0});
    check_values(Case(far).with("padding_mode", "border").run_floats(), {1, 4, 4});
    check_values(at({-2, 2}).with("padding_mode", "reflection").with("align_corners", 1).run_floats(), {2, 2});
    check_values(at({std::numeric_limits<float>::quiet_NaN()}).run_floats(), {0});
}

BOOST_AUTO_TEST_CASE(nearest_and_cubic_take_other_pixels) {
    check_values(at({-0.4F, 0.5F}).with("mode", "nearest").with("align_corners", 1).run_floats(), {2, 4});  // 0.6, and 1.5 to even
    // half way between 2 and 4, neighbours 1 and 0: -0.09375 and 0.59375 of each
    check_values(at({0.5F}).with("mode", "cubic").with("align_corners", 1).run_floats(), {0.59375F * 6 - 0.09375F});
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
    BOOST_CHECK_EQUAL(at({0}).with("mode", "best").error(), "GridSample 'n': mode 'best', expected linear, nearest or cubic");
    BOOST_CHECK_EQUAL(Case("GridSample", {zeros({1, 1, 2, 2}), zeros({2, 1, 1, 2})}).error(),
                      "GridSample 'n': images 1x1x2x2 and grid 2x1x1x2 do not fit, expected NxCxHxW and Nx..x..x2");
}

BOOST_AUTO_TEST_SUITE_END()
