// Names of files for things with names of their own.
#include "core/base/file_names.h"

#include <boost/test/unit_test.hpp>

namespace octavo {

BOOST_AUTO_TEST_SUITE(file_names)

BOOST_AUTO_TEST_CASE(no_two_things_have_one_file) {
    FileNames names;
    BOOST_TEST(names.of("a/b") == "a_b");
    BOOST_TEST(names.of("a:b") == "a_b.2");
    BOOST_TEST(names.of("a_b") == "a_b.3");
    BOOST_TEST(names.of("a/b") == "a_b");
    BOOST_TEST(names.of("a_b.2") == "a_b.2.2");
    BOOST_TEST(names.given().size() == 4U);
}

BOOST_AUTO_TEST_CASE(names_that_are_too_long_are_cut_and_told_apart) {
    FileNames names;
    const std::string one = names.of(std::string(300, 'x') + "1"), other = names.of(std::string(300, 'x') + "2");
    BOOST_TEST(one != other);
    BOOST_TEST(one.size() == 200U);
    BOOST_TEST(names.of(std::string(166, 'x') + "\xC3\xA9" + std::string(100, 'x')).substr(160, 7) == "xxxxxx-");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace octavo
