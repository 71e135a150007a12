// Protobuf text: every form of a field, and texts that are not what they seem.
#include "core/formats/caffe/text_format.h"

#include <boost/test/unit_test.hpp>

namespace octavo {
namespace {

using namespace caffe;

// Fields in order: "a=1 b{c='x'}".
std::string shown(const Field& message) {
    std::string all;
    for (const Field& field : message.fields)
        all += (all.empty() ? "" : " ") + std::string(field.name) + (field.is_message ? "{" + shown(field) + "}" : "=" + field.text);
    return all;
}

std::string parsed(const std::string& text) {
    const Result<Field> field = parse_text(text);
    return field ? shown(*field) : field.error().message();
}

BOOST_AUTO_TEST_SUITE(caffe_text_format)

BOOST_AUTO_TEST_CASE(fields_of_every_form) {
    BOOST_TEST(parsed("") == "");
    BOOST_TEST(parsed("a: 1 b: -2.5e-3 c: MAX d: true") == "a=1 b=-2.5e-3 c=MAX d=true");
    BOOST_TEST(parsed("a { b: 1 } c: { } d < e: 2 >") == "a{b=1} c{} d{e=2}");
    BOOST_TEST(parsed("a: 1, b: 2; c { } , d: 3") == "a=1 b=2 c{} d=3");
    BOOST_TEST(parsed("a: [1, 2] b: [ ] c: [{ d: 1 }, { d: 2 }]") == "a=1 a=2 c{d=1} c{d=2}");
    BOOST_TEST(parsed("a: \"x y\" b: 'it\\'s' c: \"one\" ' two' d: '\\n'") == "a=x y b=it's c=one two d=\n");
    BOOST_TEST(parsed("\xEF\xBB\xBF# first\na: 1 # 'then'\n\r\n\t#\nb:2#") == "a=1 b=2");
}

BOOST_AUTO_TEST_CASE(faults_have_their_line) {
    BOOST_TEST(parsed("a: 1\n\nb 2") == "line 3: found '2', expected ':' or '{' behind 'b'");
    BOOST_TEST(parsed("a {\n  b: 1\n") == "line 3: the file ends, expected a field's name");
    BOOST_TEST(parsed("a: 1 }") == "line 1: found '}', expected a field's name");
    BOOST_TEST(parsed("a { b: 1 >") == "line 1: found '>', expected a field's name");
    BOOST_TEST(parsed("a:") == "line 1: the file ends, expected a value of 'a'");
    BOOST_TEST(parsed("a: [1 2]") == "line 1: found '2', expected ',' or ']'");
    BOOST_TEST(parsed("a: [1") == "line 1: the file ends, expected ',' or ']'");
    BOOST_TEST(parsed("a: 'x") == "line 1: the file ends, expected the end of a string");
    BOOST_TEST(parsed("a: 'x\n'") == "line 1: found '\n', expected the end of a string");
    BOOST_TEST(parsed("a: '\\q'") == "line 1: found 'q', expected one of n r t \\ ' \" behind a backslash");
    BOOST_TEST(parsed(std::string("a: 1\0b: 2", 9)) == std::string("line 1: found '\0', expected a field's name", 42));
}

BOOST_AUTO_TEST_CASE(depth_and_number_are_bounded) {
    std::string deep;
    for (int i = 0; i < 32; ++i) deep += "a{";
    BOOST_TEST(parsed(deep + std::string(32, '}')).starts_with("a{a{"));
    BOOST_TEST(parsed("a{" + deep) == "line 1: messages in more than 32 others");
    BOOST_TEST(parsed("a{" + deep + deep + deep + deep) == "line 1: messages in more than 32 others");
    std::string many;
    for (int i = 0; i < 1'000'001; ++i) many += "a:1 ";
    BOOST_TEST(parsed(many) == "line 1: more than 1000000 fields, which no real network has");
}

BOOST_AUTO_TEST_CASE(values_are_read_by_type) {
    const Result<Field> message =
        parse_text("i: -3 r: 1e-3f b: true n: 1 n: 2 s: 'x' m { } huge: 99999999999999999999 inf: inf twice: 1 twice: 1");
    BOOST_REQUIRE(message);
    BOOST_TEST(*integer(*message, "i", 0) == -3);
    BOOST_TEST(*integer(*message, "absent", 7) == 7);
    BOOST_TEST(*real(*message, "r", 0) == 1e-3F);
    BOOST_TEST(*flag(*message, "b", false));
    BOOST_TEST(*integers(*message, "n") == (std::vector<std::int64_t>{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(*text(*message, "s") == "x");
    BOOST_TEST(integer(*message, "huge", 0).error().message() == "line 1: huge is '99999999999999999999', expected an integer");
    BOOST_TEST(integer(*message, "m", 0).error().message() == "line 1: m is a message, expected an integer");
    BOOST_TEST(real(*message, "inf", 0).error().message() == "line 1: inf is 'inf', expected a finite number");
    BOOST_TEST(flag(*message, "i", false).error().message() == "line 1: i is '-3', expected true or false");
    BOOST_TEST(integer(*message, "twice", 0).error().message() == "line 1: twice is given twice");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
