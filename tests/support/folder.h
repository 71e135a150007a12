// A folder of a test's own, empty at first and gone at the end; tests that run side by side do not meet in it.
#pragma once

#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace octavo::testing {

class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "octavo-test-XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(pattern.data()));
        path = pattern;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string operator/(std::string_view name) const { return (path / name).string(); }
    // Makes the folders in between; gives the file's whole name.
    std::string write(std::string_view name, std::string_view bytes) const {
        std::filesystem::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << bytes;
        return *this / name;
    }

    std::filesystem::path path;
};

}  // namespace octavo::testing
