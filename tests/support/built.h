// The plugins of this build, and results that a test cannot go on without.
#pragma once

#include "core/plugins/find.h"
#include "core/plugins/registry.h"

#include <octavo/result.h>

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace octavo::testing {

inline const Registry& built_registry() {
    static const Registry made = load_plugins(find_plugin_libraries({std::string(OCTAVO_BINARY_DIR) + "/bin", {}, ""}));
    return made;
}

template <class T>
T required(Result<T> result) {
    BOOST_REQUIRE_MESSAGE(result, (result ? "" : result.error().message()));
    return std::move(result).value();
}

// A file of the quickstart.
inline std::string quickstart(const std::string& name) {
    return std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/" + name;
}

}  // namespace octavo::testing
