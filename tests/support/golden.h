// Texts that are kept in files of the sources. With OCTAVO_WRITE_GOLDEN in the environment the files are written instead of compared.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace octavo::testing {

inline std::string file_text(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) text.replace(at, what.size(), with);
    return text;
}

// The path of the sources is written $SOURCE.
inline void check_golden(const std::string& path, const std::string& text) {
    const std::string plain = replaced(text, OCTAVO_SOURCE_DIR, "$SOURCE");
    if (std::getenv("OCTAVO_WRITE_GOLDEN")) std::ofstream(path, std::ios::binary) << plain;
    BOOST_TEST(plain == file_text(path), path << " says something else; with OCTAVO_WRITE_GOLDEN=1 this test writes it anew:\n" << plain);
}

}  // namespace octavo::testing
