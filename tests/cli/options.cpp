// Command lines with a slip of the finger.
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

#include <set>
#include <sstream>

namespace {

using namespace octavo::testing;

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(a_mistyped_option_of_any_verb_is_told_the_nearest) {
    const Folder folder;
    std::size_t tried = 0;
    for (const std::string verb : {"init", "calibrate", "evaluate", "benchmark", "infer", "operators", "inspect", "plugins list", "check",
                                   "convert", "schema", "verify"}) {
        std::set<std::string> options;
        std::istringstream help(run(folder, verb + " --help").out);
        for (std::string word; help >> word;)
            if (word.starts_with("--") && word.size() > 4) options.insert(word);
        for (const std::string& option : options) {
            const std::string shorter = option.substr(0, option.size() - 1);
            if (options.contains(shorter)) continue;
            const Outcome outcome = run(folder, verb + " " + shorter);
            BOOST_TEST(outcome.code == 2);
            BOOST_TEST(outcome.err.find("'" + shorter + "', did you mean '--") != std::string::npos, verb + ": " + outcome.err);
            ++tried;
        }
    }
    BOOST_TEST(tried > 50U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
