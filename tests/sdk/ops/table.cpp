// The table as a whole, and what `infer` checks for every operator.
#include "tests/sdk/ops/case.h"

#include <limits>
#include <set>

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

BOOST_AUTO_TEST_SUITE(operator_table)

BOOST_AUTO_TEST_CASE(rows_have_names_of_their_own_and_are_found_by_them) {
    std::set<std::string_view> names;
    for (const Row* row : all()) {
        BOOST_CHECK(names.insert(row->name).second);
        BOOST_CHECK(find(row->name) == row);
        BOOST_CHECK(row->infer && row->compute);
        BOOST_CHECK(row->max_inputs == -1 || row->max_inputs >= row->min_inputs);
    }
    BOOST_CHECK(find("Loop") == nullptr);
    for (const char* name : {"Conv",       "Gemm",    "MatMul",      "BatchNormalization",
                             "ScaleShift", "Relu",    "Clip",        "Silu",
                             "Add",        "MaxPool", "AveragePool", "LRN",
                             "Softmax",    "Concat",  "Split",       "Reshape",
                             "Slice",      "Pad",     "Cast",        "Shape",
                             "Gather",     "Resize"})
        BOOST_CHECK_MESSAGE(names.contains(name), name);
}

BOOST_AUTO_TEST_CASE(roles_say_what_quantization_may_do) {
    BOOST_CHECK(find("Conv")->role == Role::product);
    BOOST_CHECK(find("Add")->role == Role::elementwise);
    BOOST_CHECK(find("GlobalAveragePool")->role == Role::average);
    BOOST_CHECK(find("Concat")->role == Role::passes);
    BOOST_CHECK(find("LRN")->role == Role::floating);
    BOOST_CHECK(find("Softmax")->role == Role::floating);
}

BOOST_AUTO_TEST_CASE(an_unknown_operator_is_named) {
    BOOST_CHECK_EQUAL(Case("Loop", {zeros({1})}).error(), "Loop 'n': the operator is not supported");
}

BOOST_AUTO_TEST_CASE(a_wrong_number_of_inputs_is_refused) {
    BOOST_CHECK_EQUAL(Case("Relu", {}).error(), "Relu 'n': has 0 inputs, expected 1");
    BOOST_CHECK_EQUAL(Case("Conv", {zeros({1, 1, 1, 1})}).error(), "Conv 'n': has 1 inputs, expected 2 to 4");
    BOOST_CHECK_EQUAL(Case("Concat", {}).with("axis", 0).error(), "Concat 'n': has 0 inputs, expected 1 or more");
    BOOST_CHECK_EQUAL(Case("Add", {zeros({1}), absent()}).error(), "Add 'n': input 1 is absent");
}

BOOST_AUTO_TEST_CASE(a_wrong_number_of_outputs_is_refused) {
    BOOST_CHECK_EQUAL(Case("Relu", {zeros({1, 1, 2, 2})}, 2).error(), "Relu 'n': has 2 outputs, expected 1");
}

BOOST_AUTO_TEST_CASE(attributes_are_checked_against_the_row) {
    BOOST_CHECK_EQUAL(Case("Concat", {zeros({1})}).error(), "Concat 'n': attribute 'axis' is missing");
    BOOST_CHECK_EQUAL(Case("Concat", {zeros({1})}).with("axis", 1.0F).error(),
                      "Concat 'n': attribute 'axis' is a float, expected an integer");
    BOOST_CHECK_EQUAL(Case("Relu", {zeros({1})}).with("activation", "swash").error(), "Relu 'n': activation 'swash' is not known");
}

BOOST_AUTO_TEST_CASE(an_unknown_dimension_is_refused) {
    Data data = zeros({1});
    data.shape = {-1};
    BOOST_CHECK_EQUAL(Case("Relu", {data}).error(), "Relu 'n': the shape of input 0 is not known: -1");
}

BOOST_AUTO_TEST_CASE(inputs_too_large_for_memory_are_refused) {
    Data empty;
    empty.shape = {0, std::int64_t{1} << 40, std::int64_t{1} << 40};
    BOOST_CHECK_EQUAL(Case("Softmax", {empty}).error(), "Softmax 'n': input 0x1099511627776x1099511627776 is too large");
}

BOOST_AUTO_TEST_CASE(outputs_too_large_for_memory_are_refused) {
    Data row, column;
    row.shape = {1, std::int64_t{1} << 30};
    column.shape = {std::int64_t{1} << 30, 1};
    BOOST_CHECK_EQUAL(Case("Add", {row, column}).error(), "Add 'n': output 1073741824x1073741824 is too large");
    std::vector<std::int64_t> axes(8);
    for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<std::int64_t>(i);
    BOOST_CHECK_EQUAL(Case("Unsqueeze", {zeros({1}), list(axes)}).error(), "Unsqueeze 'n': output has rank 9, at most 8 is supported");
}

BOOST_AUTO_TEST_CASE(element_counts_saturate_and_zero_wins) {
    const std::int64_t huge = std::int64_t{1} << 40;
    BOOST_CHECK_EQUAL(element_count(Shape{}), 1);
    BOOST_CHECK_EQUAL(element_count(Shape{2, 3}), 6);
    BOOST_CHECK_EQUAL(element_count(Shape{huge, huge}), std::numeric_limits<std::int64_t>::max());
    BOOST_CHECK_EQUAL(element_count(Shape{huge, huge, 0}), 0);
    BOOST_CHECK_EQUAL(shape_text(Shape{1, 3, 224, 224}), "1x3x224x224");
    BOOST_CHECK_EQUAL(shape_text(Shape{}), "scalar");
}

BOOST_AUTO_TEST_CASE(a_fused_activation_is_read_from_attributes) {
    const auto read = [](Case subject) { return subject.visit([](const NodeView& node) { return node.activation(); }); };
    BOOST_CHECK(read(Case("Add", {zeros({1}), zeros({1})})) == Activation{});
    BOOST_CHECK(read(Case("Add", {zeros({1}), zeros({1})}).with("activation", "relu")) == (Activation{ActivationKind::relu, 0, 0}));
    BOOST_CHECK(read(Case("Add", {zeros({1}), zeros({1})})
                         .with("activation", "clip")
                         .with("activation_alpha", -1.0F)
                         .with("activation_beta", 6.0F)) == (Activation{ActivationKind::clip, -1, 6}));
}

BOOST_AUTO_TEST_CASE(depthwise_is_a_group_for_each_input_channel) {
    const auto depthwise = [](std::int64_t channels, std::int64_t outputs, std::int64_t group) {
        return Case("Conv", {zeros({1, channels, 4, 4}), zeros({outputs, channels / group, 3, 3})})
            .with("group", group)
            .visit([](const NodeView& node) { return is_depthwise(node); });
    };
    BOOST_CHECK(depthwise(4, 4, 4));
    BOOST_CHECK(depthwise(4, 8, 4));
    BOOST_CHECK(!depthwise(4, 4, 2));
    BOOST_CHECK(!depthwise(4, 4, 1));
    BOOST_CHECK(!depthwise(1, 4, 1));
    BOOST_CHECK(!Case("Relu", {zeros({1})}).visit([](const NodeView& node) { return is_depthwise(node); }));
}

BOOST_AUTO_TEST_SUITE_END()
