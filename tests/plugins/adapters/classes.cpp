// classes: which output, which axis, which scores; and what it refuses.
#include "tests/support/plugin.h"

#include <octavo/abi/adapter.h>
#include <octavo/abi/blob.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using octavo::testing::LoadedPlugin;
using octavo::testing::Settings;

namespace {

using AdapterPlugin = LoadedPlugin<octavo_adapter_functions>;
using Rows = std::vector<std::vector<float>>;

octavo_tensor tensor(std::vector<float>& data, std::vector<std::int64_t> shape, std::vector<std::int64_t> strides = {}) {
    octavo_tensor result{};
    result.type = OCTAVO_F32;
    result.rank = static_cast<std::int32_t>(shape.size());
    std::copy(shape.begin(), shape.end(), result.shape);
    std::int64_t step = 1;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        result.strides[axis] = strides.empty() ? step : strides[axis];
        step *= shape[axis];
    }
    result.data = data.data();
    return result;
}

octavo_status adapt(AdapterPlugin& adapter, const std::vector<octavo_output>& outputs, std::size_t batch, Rows& rows) {
    const std::vector<octavo_geometry> geometries(batch);
    const octavo_prediction_sink sink = [](void* context, std::int64_t index, const octavo_blob* prediction) {
        Rows& seen = *static_cast<Rows*>(context);
        BOOST_TEST(std::string(prediction->type) == "class_scores");
        BOOST_TEST(index == static_cast<std::int64_t>(seen.size()));
        const float* const scores = static_cast<const float*>(prediction->data);
        seen.emplace_back(scores, scores + prediction->size_bytes / sizeof(float));
    };
    return adapter.functions().adapt(adapter.self(), outputs.data(), static_cast<std::int32_t>(outputs.size()), geometries.data(),
                                     static_cast<std::int64_t>(batch), sink, &rows, &adapter.error);
}

Rows adapted(const Settings& settings, const std::vector<octavo_output>& outputs, std::size_t batch) {
    AdapterPlugin adapter("adapters", "classes", settings);
    Rows rows;
    BOOST_REQUIRE_MESSAGE(adapt(adapter, outputs, batch, rows) == 0, adapter.error.text);
    return rows;
}

std::string refusal(const Settings& settings, const std::vector<octavo_output>& outputs, std::size_t batch, octavo_status expected) {
    AdapterPlugin adapter("adapters", "classes", settings);
    Rows rows;
    BOOST_TEST(adapt(adapter, outputs, batch, rows) == expected);
    BOOST_TEST(rows.empty());
    return adapter.error.text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(classes)

BOOST_AUTO_TEST_CASE(each_sample_gets_its_row_whatever_the_rank) {
    std::vector<float> data = {1, 2, 3, 4, 5, 6};
    const Rows expected = {{1, 2, 3}, {4, 5, 6}};
    for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{2, 3}, {2, 3, 1, 1}, {2, 1, 1, 3}, {2, 1, 3}}) {
        BOOST_TEST((adapted({}, {{"prob", tensor(data, shape)}}, 2) == expected));
    }
}

BOOST_AUTO_TEST_CASE(strides_are_followed) {
    std::vector<float> data = {1, 4, 2, 5, 3, 6};
    BOOST_TEST((adapted({}, {{"prob", tensor(data, {2, 3}, {1, 2})}}, 2) == Rows{{1, 2, 3}, {4, 5, 6}}));
}

BOOST_AUTO_TEST_CASE(rows_behind_the_batch_are_left_out) {
    std::vector<float> data = {1, 2, 3, 4, 5, 6};
    BOOST_TEST((adapted({}, {{"prob", tensor(data, {3, 2})}}, 1) == Rows{{1, 2}}));
}

BOOST_AUTO_TEST_CASE(the_offset_leaves_out_leading_classes) {
    std::vector<float> data = {9, 1, 2, 9, 3, 4};
    BOOST_TEST((adapted({{"label_offset", "1"}}, {{"prob", tensor(data, {2, 3})}}, 2) == Rows{{1, 2}, {3, 4}}));
}

BOOST_AUTO_TEST_CASE(an_output_is_chosen_by_name_or_is_the_first) {
    std::vector<float> first = {1, 2}, second = {3, 4};
    const std::vector<octavo_output> outputs = {{"a", tensor(first, {1, 2})}, {"b", tensor(second, {1, 2})}};
    BOOST_TEST((adapted({}, outputs, 1) == Rows{{1, 2}}));
    BOOST_TEST((adapted({{"output", "\"b\""}}, outputs, 1) == Rows{{3, 4}}));
    BOOST_TEST(refusal({{"output", "\"c\""}}, outputs, 1, 2) == "the model has no output 'c', expected one of 'a', 'b'");
}

BOOST_AUTO_TEST_CASE(refusals_name_output_and_shape) {
    std::vector<float> data(24);
    BOOST_TEST(
        refusal({}, {{"map", tensor(data, {2, 3, 2, 2})}}, 2, 3) ==
        "output 'map': found shape [2, 3, 2, 2], expected [batch, classes] or [batch, classes, 1, 1]; name another one with \"output\", or "
        "use the adapter of another task");
    BOOST_TEST(refusal({}, {{"flat", tensor(data, {24})}}, 2, 3).find("found shape [24]") != std::string::npos);
    BOOST_TEST(refusal({}, {{"prob", tensor(data, {2, 12})}}, 3, 3) ==
               "output 'prob': found shape [2, 12], expected a row for each of 3 samples");
    BOOST_TEST(refusal({{"label_offset", "12"}}, {{"prob", tensor(data, {2, 12})}}, 2, 2) ==
               "output 'prob': found shape [2, 12], which leaves no class behind \"label_offset\" 12");
    octavo_tensor whole_numbers = tensor(data, {2, 12});
    whole_numbers.type = OCTAVO_S64;
    BOOST_TEST(refusal({}, {{"prob", whole_numbers}}, 2, 3) == "output 'prob': expected float32 scores");
    BOOST_TEST(refusal({}, {}, 2, 3) == "the model has no output");
}

BOOST_AUTO_TEST_SUITE_END()
