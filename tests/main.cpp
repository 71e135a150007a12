#define BOOST_TEST_MODULE octavo
#include <boost/test/unit_test.hpp>
