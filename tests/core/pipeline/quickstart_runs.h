// Runs of the quickstart's classifier, as tests of whole runs begin them.
#pragma once

#include "core/base/files.h"
#include "core/pipeline/config.h"
#include "tests/support/built.h"
#include "tests/support/folder.h"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace octavo::testing {

inline Overrides overrides_for(const std::string& output) {
    Overrides overrides;
    overrides.output = output;
    overrides.device = "reference";
    overrides.limit = 24;
    return overrides;
}

inline std::string content(const std::string& path) {
    const Result<std::string> text = read_text(path, Code::data);
    BOOST_REQUIRE_MESSAGE(text, path);
    return *text;
}

// The quickstart's config, with an image that cannot be decoded, and may be skipped, in front of those of the validation.
inline Result<Config> with_unreadable(const Folder& folder, const Overrides& overrides) {
    const std::string quickstart = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart";
    std::filesystem::create_directory_symlink(quickstart + "/images", folder / "readable");
    std::ofstream(folder / "broken.jpg") << "no JPEG";
    std::istringstream lines(content(quickstart + "/validation.txt"));
    std::ofstream list(folder / "list.txt");
    list << "broken.jpg 0\n";
    for (std::string line; std::getline(lines, line);) list << "readable/" << line << '\n';
    list.close();
    boost::json::object config = boost::json::parse(content(quickstart + "/classify.json")).as_object();
    config["validation"] = {{{"images", folder.path.string()}, {"list", folder / "list.txt"}}};
    config["unreadable_images"] = "skip";
    return parse_config(boost::json::serialize(config), "unreadable.json", quickstart, built_registry(), overrides);
}

}  // namespace octavo::testing
