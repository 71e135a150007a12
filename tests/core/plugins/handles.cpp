// Calls across the boundary: status and message become a Result, and nothing is thrown through a plugin.
#include "core/plugins/handles.h"

#include <octavo/abi/blob.h>

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <stdexcept>

using namespace octavo;

namespace {

int alive = 0;

octavo_status create(const octavo_value*, void** self, octavo_error*) {
    *self = &alive;
    ++alive;
    return 0;
}
void destroy(void*) {
    --alive;
}

octavo_status refuse(const octavo_value*, void**, octavo_error* error) {
    std::strcpy(error->text, "no such folder");
    return static_cast<octavo_status>(Code::data);
}

// A message that fills its field to the last byte and has no zero at its end.
octavo_status shout(const octavo_value*, void**, octavo_error* error) {
    std::memset(error->text, 'a', sizeof error->text);
    return 77;
}

octavo_status adapt(void*, const octavo_output*, std::int32_t, const octavo_geometry*, std::int64_t batch, octavo_prediction_sink sink,
                    void* context, octavo_error*) {
    const octavo_blob blob = {OCTAVO_BLOB_NONE, nullptr, 0};
    for (std::int64_t i = 0; i < batch; ++i) sink(context, i, &blob);
    return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handles)

BOOST_AUTO_TEST_CASE(an_object_lives_as_long_as_its_handle) {
    const octavo_adapter_functions functions = {sizeof functions, create, destroy, adapt, nullptr, nullptr};
    const octavo_plugin plugin = {sizeof plugin, OCTAVO_ABI_VERSION, OCTAVO_ADAPTER, "a", "1", "", nullptr, 0, &functions};
    {
        const Result<AdapterHandle> handle = AdapterHandle::create({&plugin, ""}, {});
        BOOST_REQUIRE(handle);
        BOOST_TEST(alive == 1);
    }
    BOOST_TEST(alive == 0);
}

BOOST_AUTO_TEST_CASE(a_refusal_keeps_code_and_reason) {
    const octavo_adapter_functions functions = {sizeof functions, refuse, destroy, adapt, nullptr, nullptr};
    const octavo_plugin plugin = {sizeof plugin, OCTAVO_ABI_VERSION, OCTAVO_ADAPTER, "a", "1", "", nullptr, 0, &functions};
    const Result<AdapterHandle> handle = AdapterHandle::create({&plugin, ""}, {});
    BOOST_REQUIRE(!handle);
    BOOST_TEST(static_cast<int>(handle.error().code()) == 4);
    BOOST_TEST(handle.error().message() == "adapter 'a': no such folder");
}

BOOST_AUTO_TEST_CASE(an_unknown_code_is_internal_and_a_message_without_end_is_cut) {
    const octavo_adapter_functions functions = {sizeof functions, shout, destroy, adapt, nullptr, nullptr};
    const octavo_plugin plugin = {sizeof plugin, OCTAVO_ABI_VERSION, OCTAVO_ADAPTER, "a", "1", "", nullptr, 0, &functions};
    const Result<AdapterHandle> handle = AdapterHandle::create({&plugin, ""}, {});
    BOOST_REQUIRE(!handle);
    BOOST_TEST(static_cast<int>(handle.error().code()) == 1);
    BOOST_TEST(handle.error().message().size() == std::string("adapter 'a': ").size() + 2039);
}

BOOST_AUTO_TEST_CASE(what_a_callback_throws_arrives_behind_the_call) {
    const octavo_adapter_functions functions = {sizeof functions, create, destroy, adapt, nullptr, nullptr};
    const octavo_plugin plugin = {sizeof plugin, OCTAVO_ABI_VERSION, OCTAVO_ADAPTER, "a", "1", "", nullptr, 0, &functions};
    const Result<AdapterHandle> handle = AdapterHandle::create({&plugin, ""}, {});
    BOOST_REQUIRE(handle);
    const std::vector<octavo_geometry> geometries(3);
    int seen = 0;
    const auto sink = [&](std::int64_t, const octavo_blob&) {
        if (++seen == 2) throw std::runtime_error("enough");
    };
    BOOST_CHECK_THROW((void)handle->adapt({}, geometries, sink), std::runtime_error);
    BOOST_TEST(seen == 2);
}

BOOST_AUTO_TEST_SUITE_END()
