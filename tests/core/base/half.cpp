// Half precision to and from float32, over all of its values.
#include "core/base/half.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace octavo;

BOOST_AUTO_TEST_SUITE(half_precision)

BOOST_AUTO_TEST_CASE(every_float16_survives_being_widened) {
    int wrong = 0;
    for (std::uint32_t bits = 0; bits < 65536; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        const float wide = from_float16(half);
        wrong += std::isnan(wide) ? !std::isnan(from_float16(to_float16(wide))) : to_float16(wide) != half;
    }
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(narrowing_rounds_to_the_nearest_even) {
    int wrong = 0;
    for (std::uint16_t half = 0; half < 0x7BFF; ++half) {  // all finite pairs of neighbours
        const auto next = static_cast<std::uint16_t>(half + 1);
        const float low = from_float16(half), high = from_float16(next), middle = (low + high) / 2;
        wrong += to_float16(middle) != (half % 2 == 0 ? half : next);
        wrong += to_float16(std::nextafter(middle, low)) != half;
        wrong += to_float16(std::nextafter(middle, high)) != next;
    }
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(what_is_too_large_becomes_infinite) {
    BOOST_TEST(from_float16(to_float16(65519.0F)) == 65504.0F);
    BOOST_TEST(std::isinf(from_float16(to_float16(65520.0F))));
    BOOST_TEST(from_float16(to_float16(-1e30F)) < -65504.0F);
    BOOST_TEST(from_bfloat16(0x3F80) == 1.0F);
}

BOOST_AUTO_TEST_SUITE_END()
