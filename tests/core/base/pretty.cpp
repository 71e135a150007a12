// JSON for people and programs: numbers without exponents that nobody needs.
#include "core/base/pretty.h"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>

using namespace octavo;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(pretty)

BOOST_AUTO_TEST_CASE(numbers_are_as_people_write_them_and_read_back_the_same) {
    const json::value value{{"figure", 95.0}, {"share", 0.125}, {"many", 123456.75}, {"count", 7}};
    BOOST_TEST(line_json(value) == R"({"figure": 95, "share": 0.125, "many": 123456.75, "count": 7})");
    BOOST_TEST(pretty_json(value) == line_json(value) + "\n");
    for (const double number : {1e-7, -3.5e300, 0.1, 1.0 / 3})
        BOOST_TEST(json::parse(line_json(json::value(number))).to_number<double>() == number);
    for (const double none : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
        BOOST_TEST(line_json(json::value(none)) == "null");
        BOOST_TEST(pretty_json(json::value(none)) == "null\n");
    }
}

BOOST_AUTO_TEST_CASE(everything_else_stays_json_on_one_line) {
    const json::value value = json::parse(R"({"a\"b": [1, "x\ny", null, {}, [], {"c": true}]})");
    BOOST_TEST(line_json(value) == R"({"a\"b": [1, "x\ny", null, {}, [], {"c": true}]})");
    BOOST_TEST(json::parse(line_json(value)) == value);
}

BOOST_AUTO_TEST_SUITE_END()
