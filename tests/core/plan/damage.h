// Files that are damaged in one place: what a reader says of each.
#pragma once

#include "core/base/files.h"
#include "tests/support/folder.h"

#include <boost/test/unit_test.hpp>
#include <span>

namespace octavo::testing {

struct Damage {
    const char *from, *to, *message;  // behind the name of the file
};

template <class Load>
void check_damages(const char* text, std::span<const Damage> damages, Load&& load) {
    const Folder folder;
    const std::string path = folder / "damaged.json";
    for (const Damage& one : damages) {
        std::string damaged = text;
        const std::size_t at = damaged.find(one.from);
        BOOST_REQUIRE_MESSAGE(at != std::string::npos, one.from);
        damaged.replace(at, std::string(one.from).size(), one.to);
        BOOST_REQUIRE(bool(write_atomically(path, damaged, Code::config)));
        const auto loaded = load(path);
        BOOST_REQUIRE_MESSAGE(!loaded, one.to);
        BOOST_TEST(loaded.error().message() == path + ": " + one.message);
        BOOST_TEST((loaded.error().code() == Code::config));
    }
}

}  // namespace octavo::testing
