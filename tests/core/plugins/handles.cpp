// Calls across the boundary: status and message become a Result, and nothing is thrown through a plugin.
#include "core/plugins/handles.h"

#include <octavo/abi/blob.h>
#include <octavo/adapter.h>
#include <octavo/metric.h>

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

// Functions without a status have no way to say so at once.
BOOST_AUTO_TEST_CASE(what_a_reset_throws_is_told_by_the_next_call) {
    struct Broken final : Metric {
        static Result<std::unique_ptr<Broken>> create(const Values&) { return std::make_unique<Broken>(); }
        void reset() override { throw std::runtime_error("boom"); }
        Result<double> add(const octavo_blob&, const octavo_blob&) override { return 1.0; }
        Result<std::vector<Figure>> result() const override { return std::vector<Figure>(); }
    };
    const octavo_plugin plugin = describe<Broken>("broken", "1", "", {});
    const Result<MetricHandle> handle = MetricHandle::create({&plugin, ""}, {});
    BOOST_REQUIRE(handle);
    handle->reset();
    const Result<double> added = handle->add({}, {});
    BOOST_REQUIRE(!added);
    BOOST_TEST(added.error().message() == "metric 'broken': reset: the plugin threw: boom");
    BOOST_TEST(!handle->result());
}

// A host of a later version has longer geometries, one of an earlier version shorter ones.
BOOST_AUTO_TEST_CASE(geometries_of_other_versions_are_read_by_their_size) {
    struct Wide final : Adapter {
        static Result<std::unique_ptr<Wide>> create(const Values&) { return std::make_unique<Wide>(); }
        Result<void> adapt(std::span<const octavo_output>, std::span<const octavo_geometry> geometries, const Sink& sink) override {
            for (std::size_t i = 0; i < geometries.size(); ++i)
                sink(geometries[i].source_width + geometries[i].input_height, {OCTAVO_BLOB_NONE, nullptr, 0});
            return {};
        }
    };
    const octavo_adapter_functions& functions = *Adapter::functions<Wide>();
    Wide wide;
    std::vector<std::int64_t> seen;
    for (const std::size_t step : {sizeof(octavo_geometry) + 16, offsetof(octavo_geometry, input_width)}) {
        std::vector<std::byte> bytes(3 * step + sizeof(octavo_geometry));
        for (std::int32_t i = 0; i < 3; ++i) {
            octavo_geometry geometry{};
            geometry.size = static_cast<std::uint32_t>(step);
            geometry.source_width = 10 * (i + 1);
            geometry.input_height = i;
            std::memcpy(bytes.data() + static_cast<std::size_t>(i) * step, &geometry, std::min(step, sizeof geometry));
        }
        octavo_error error{};
        error.size = sizeof error;
        const auto* first = reinterpret_cast<const octavo_geometry*>(bytes.data());
        const auto note = [](void* to, std::int64_t sum, const octavo_blob*) {
            static_cast<std::vector<std::int64_t>*>(to)->push_back(sum);
        };
        BOOST_TEST(functions.adapt(static_cast<Adapter*>(&wide), nullptr, 0, first, 3, note, &seen, &error) == 0);
    }
    BOOST_TEST(seen == (std::vector<std::int64_t>{10, 21, 32, 10, 20, 30}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
