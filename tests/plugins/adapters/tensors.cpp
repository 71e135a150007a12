// tensors: each sample gets its rows, in place and with the device's strides.
#include "tests/support/plugin.h"

#include <octavo/abi/adapter.h>
#include <octavo/blob.h>
#include <octavo/tensor.h>

#include <boost/test/unit_test.hpp>

using namespace octavo;

namespace {

using Seen = std::vector<std::vector<float>>;  // [sample] the first values of each output

octavo_status adapt(octavo::testing::LoadedPlugin<octavo_adapter_functions>& adapter, std::span<const octavo_output> outputs,
                    std::int64_t samples, Seen& seen) {
    const std::vector<octavo_geometry> geometries(static_cast<std::size_t>(samples));
    const octavo_prediction_sink sink = [](void* context, std::int64_t index, const octavo_blob* prediction) {
        const auto rows = values_of<octavo_output>(*prediction, OCTAVO_BLOB_TENSORS, "the prediction");
        BOOST_REQUIRE(rows);
        std::vector<float>& values = (*static_cast<Seen*>(context))[static_cast<std::size_t>(index)];
        for (const octavo_output& row : *rows) {
            BOOST_TEST(row.tensor.shape[0] == 1);
            values.push_back(value_at(row.tensor, {0, row.tensor.shape[1] - 1}));
        }
    };
    return adapter.functions().adapt(adapter.self(), outputs.data(), static_cast<std::int32_t>(outputs.size()), geometries.data(), samples,
                                     sink, &seen, &adapter.error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tensors_adapter)

BOOST_AUTO_TEST_CASE(each_sample_gets_its_row_of_every_output) {
    octavo::testing::LoadedPlugin<octavo_adapter_functions> adapter("adapters", "tensors");
    const float first[] = {1, 2, 3, 4, 5, 6};
    const float second[] = {10, 30, 20, 40};  // column by column
    const std::int64_t wide[] = {2, 3}, square[] = {2, 2};
    octavo_tensor turned = dense_tensor(OCTAVO_F32, square, second);
    turned.strides[0] = 1;
    turned.strides[1] = 2;
    const octavo_output outputs[] = {{"a", dense_tensor(OCTAVO_F32, wide, first)}, {"b", turned}};
    Seen seen(2);
    BOOST_REQUIRE(adapt(adapter, outputs, 2, seen) == 0);
    BOOST_TEST(seen[0] == (std::vector<float>{3, 20}), boost::test_tools::per_element());
    BOOST_TEST(seen[1] == (std::vector<float>{6, 40}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_output_without_a_row_a_sample_is_refused) {
    octavo::testing::LoadedPlugin<octavo_adapter_functions> adapter("adapters", "tensors");
    const float one[] = {1, 2};
    const std::int64_t shape[] = {1, 2};
    const octavo_output outputs[] = {{"a", dense_tensor(OCTAVO_F32, shape, one)}};
    Seen seen(2);
    BOOST_TEST(adapt(adapter, outputs, 2, seen) == 3);
    BOOST_TEST(adapter.error.text == "output 'a': found shape [1, 2], expected a row for each of 2 samples");
}

BOOST_AUTO_TEST_SUITE_END()
