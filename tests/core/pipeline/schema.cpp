// The JSON Schema of made-up plugins, whole. tests/peers/schema.py holds configs against that of the real ones.
#include "core/pipeline/config_schema.h"
#include "tests/support/golden.h"
#include "tests/support/registry.h"

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(keys_and_parameters_are_in_the_schema) {
    octavo::testing::check_golden(std::string(OCTAVO_SOURCE_DIR) + "/tests/data/schema.json",
                                  octavo::config_schema(octavo::testing::made_up_registry()));
}

BOOST_AUTO_TEST_SUITE_END()
