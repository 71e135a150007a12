// Hasher: the same bytes give the same text however they come, other bytes another.
#include "core/base/hash.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

namespace octavo {
namespace {

std::string hash_of(std::string_view text) {
    Hasher hasher;
    hasher.update(text);
    return hasher.hex();
}

BOOST_AUTO_TEST_SUITE(hash)

BOOST_AUTO_TEST_CASE(is_32_hexadecimal_digits) {
    const std::string hex = hash_of("x");
    BOOST_TEST(hex.size() == 32U);
    BOOST_TEST(hex.find_first_not_of("0123456789abcdef") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(pieces_give_the_same_as_the_whole) {
    std::mt19937 random(7);
    std::string text;
    for (int i = 0; i < 100; ++i) text += static_cast<char>(random());
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Hasher hasher;
        hasher.update(std::string_view(text).substr(0, cut));
        hasher.update(std::string_view(text).substr(cut));
        BOOST_TEST(hasher.hex() == hash_of(text));
    }
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_and_every_length_differs) {
    std::set<std::string> seen;
    std::string text(33, '\0');
    for (std::size_t length = 0; length <= text.size(); ++length)
        BOOST_TEST(seen.insert(hash_of(std::string_view(text).substr(0, length))).second);
    for (std::size_t i = 0; i < text.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            std::string flipped = text;
            flipped[i] = static_cast<char>(1 << bit);
            BOOST_TEST(seen.insert(hash_of(flipped)).second);
        }
}

BOOST_AUTO_TEST_CASE(fields_keep_their_borders) {
    Hasher a, b;
    a.update_field("ab");
    a.update_field("c");
    b.update_field("a");
    b.update_field("bc");
    BOOST_TEST(a.hex() != b.hex());
}

BOOST_AUTO_TEST_CASE(hex_does_not_end_the_hash) {
    Hasher hasher;
    hasher.update("abc");
    BOOST_TEST(hasher.hex() == hasher.hex());
    hasher.update("def");
    BOOST_TEST(hasher.hex() == hash_of("abcdef"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
