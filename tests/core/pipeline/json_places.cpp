// Places in JSON texts, faults in what is none, and texts that are anything.
#include "core/pipeline/json_places.h"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

using namespace octavo;

namespace {

// "line:column expected"
std::string fault(const std::string& text) {
    const JsonPlaces places = find_json_places(text);
    if (!places.fault) return "";
    const Position at = position_of(text, places.fault->offset);
    return std::to_string(at.line) + ":" + std::to_string(at.column) + " found " + places.fault->found + ", expected " +
           places.fault->expected;
}

bool is_json(const std::string& text) {
    boost::json::parse_options options;
    options.allow_comments = options.allow_trailing_commas = true;
    boost::json::error_code failed;
    boost::json::parse(text, failed, {}, options);
    return !failed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_places)

BOOST_AUTO_TEST_CASE(keys_and_values_are_found_by_pointer) {
    const std::string text = R"({"a": [1, {"b~/c": true}], // "x": 1
                                 "d\u0065": "}" /* , */ ,})";
    const JsonPlaces places = find_json_places(text);
    BOOST_REQUIRE(!places.fault);
    BOOST_TEST(places.by_pointer.size() == 6U);
    BOOST_TEST(places.find("/a").key == 1U);
    BOOST_TEST(places.find("/a/0").value == text.find('1'));
    BOOST_TEST(places.find("/a/1/b~0~1c").key == text.find("\"b~"));
    BOOST_TEST(places.find("/a/1/b~0~1c").value == text.find("true"));
    BOOST_TEST(places.find("/de").value == text.find("\"}\""));
    BOOST_TEST(places.find("/a/1/absent/deeper").value == text.find("{\"b"));  // what is around it
}

BOOST_AUTO_TEST_CASE(repeated_keys_are_found_at_every_level) {
    const JsonPlaces places = find_json_places(R"({"a": {"b": 1, "b": 2}, "c": 1, "\u0061": 3})");
    BOOST_REQUIRE_EQUAL(places.repeated.size(), 2U);
    BOOST_TEST(places.repeated[0].pointer == "/a/b");
    BOOST_TEST(places.repeated[1].pointer == "/a");
    BOOST_TEST(places.repeated[1].first == 1U);
}

BOOST_AUTO_TEST_CASE(columns_count_characters) {
    const std::string text = "{\n\"\u00e9\u20ac\": x}";
    BOOST_TEST(fault(text) == "2:7 found 'x', expected a value; text stands in double quotes");
}

BOOST_AUTO_TEST_CASE(faults_say_what_was_expected) {
    BOOST_TEST(fault("") == "1:1 found the end of the file, expected a value");
    BOOST_TEST(fault("{\"a\": 1 \"b\": 2}") == "1:9 found '\"', expected ',' or '}'");
    BOOST_TEST(fault("[1; 2]") == "1:3 found ';', expected ',' or ']'");
    BOOST_TEST(fault("{\"a\" 1}") == "1:6 found '1', expected ':' behind a key");
    BOOST_TEST(fault("{a: 1}") == "1:2 found 'a', expected a key in double quotes, or '}'");
    BOOST_TEST(fault("{\"a\": tru}") == "1:7 found 'tru', expected a value; text stands in double quotes");
    BOOST_TEST(fault("{} {}") == "1:4 found '{', expected the end of the file, since the object is complete");
    BOOST_TEST(fault(std::string(40, '[')).starts_with("1:34 found '[', expected at most 32 levels"));
    BOOST_TEST(fault("{\"" + std::string(300, 'k') + "\": 1}").starts_with("1:2 found a longer one, expected a key of at most"));
}

// Random texts of what JSON is made of: nothing that Boost.JSON reads is refused, and places lie within the text.
BOOST_AUTO_TEST_CASE(any_text_is_survived_and_no_json_refused) {
    const std::vector<std::string> pieces = {"{",      "}",    "[",    "]", ",",  ":",  "\"a\"", "\"", "\\",   "1",
                                             "-2.5e3", "true", "null", " ", "\n", "/*", "*/",    "//", "\xc3", "k"};
    std::mt19937 random(7);
    std::size_t valid = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string text;
        for (std::size_t n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
        const JsonPlaces places = find_json_places(text);
        for (const auto& [pointer, place] : places.by_pointer) BOOST_REQUIRE(place.key <= text.size() && place.value <= text.size());
        if (places.fault) BOOST_REQUIRE(places.fault->offset <= text.size());
        if (!is_json(text)) continue;
        ++valid;
        BOOST_REQUIRE_MESSAGE(!places.fault, text);
    }
    BOOST_TEST(valid > 100U);
}

BOOST_AUTO_TEST_SUITE_END()
