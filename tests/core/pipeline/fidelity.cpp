// The ratio of outputs to their error, and the quantiles of the benchmark.
#include "core/pipeline/fidelity.h"
#include "core/pipeline/session.h"
#include "core/pipeline/stage_benchmark.h"
#include "core/pipeline/stage_load.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace octavo;

BOOST_AUTO_TEST_SUITE(fidelities)

BOOST_AUTO_TEST_CASE(the_ratio_is_that_of_energies_less_their_means) {
    Fidelity fidelity;
    // Less its mean the signal is -1, 1 (energy 2) and the error -0.1, 0.1 (energy 0.02): 20 dB.
    fidelity.add(std::vector<float>{4, 6}, std::vector<float>{3.9F, 6.1F});
    BOOST_TEST(fidelity.snr_db() == 20.0, boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(a_constant_more_on_all_elements_is_no_error) {
    Fidelity fidelity;
    fidelity.add(std::vector<float>{1, 2, 3}, std::vector<float>{6, 7, 8});
    BOOST_TEST(std::isinf(fidelity.snr_db()));
}

// Less its own mean a single number would be nothing, and any other one as good.
BOOST_AUTO_TEST_CASE(a_number_on_its_own_counts_as_it_is) {
    Fidelity fidelity;
    fidelity.add(std::vector<float>{10}, std::vector<float>{11});
    BOOST_TEST(fidelity.snr_db() == 20.0, boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(what_is_no_number_is_as_far_as_can_be) {
    Fidelity fidelity;
    fidelity.add(std::vector<float>{1, 2}, std::vector<float>{1, NAN});
    BOOST_TEST(fidelity.snr_db() == -std::numeric_limits<double>::infinity());
}

BOOST_AUTO_TEST_CASE(images_and_outputs_add_up_by_energy) {
    Fidelity one, other;
    one.add(std::vector<float>{-1, 1}, std::vector<float>{-1, 1});
    other.add(std::vector<float>{-1, 1}, std::vector<float>{-1.1F, 1.1F});
    one.merge(other);  // energies 4 and 0.02
    BOOST_TEST(one.snr_db() == 10 * std::log10(200), boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(no_signal_gives_no_ratio) {
    Fidelity fidelity;
    fidelity.add(std::vector<float>{1, 1}, std::vector<float>{1, 2});
    BOOST_TEST(fidelity.snr_db() == 0);
}

BOOST_AUTO_TEST_CASE(quantiles_are_interpolated) {
    BOOST_TEST(quantile({4, 1, 3, 2}, 0.5) == 2.5);
    BOOST_TEST(quantile({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 0.9) == 10);
    BOOST_TEST(quantile({7}, 0.9) == 7);
    BOOST_TEST(quantile({}, 0.5) == 0);
}

BOOST_AUTO_TEST_CASE(rows_of_any_strides_are_copied_in_logical_order) {
    // Two images of two channels and three columns, channels last: value 100 * image + 10 * channel + column.
    std::vector<float> data;
    for (int n = 0; n < 2; ++n)
        for (int w = 0; w < 3; ++w)
            for (int c = 0; c < 2; ++c) data.push_back(static_cast<float>(100 * n + 10 * c + w));
    octavo_tensor view{};
    view.type = OCTAVO_F32;
    view.rank = 4;
    const std::int64_t shape[] = {2, 2, 1, 3}, strides[] = {6, 1, 6, 2};
    std::copy_n(shape, 4, view.shape);
    std::copy_n(strides, 4, view.strides);
    view.data = data.data();
    std::vector<float> rows;
    copy_rows(view, 2, rows);
    BOOST_TEST(rows == (std::vector<float>{0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112}), boost::test_tools::per_element());
    copy_rows(view, 1, rows);
    BOOST_TEST(rows == (std::vector<float>{0, 1, 2, 10, 11, 12}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_softmax_at_the_end_is_left_off) {
    Graph graph;
    const auto tensor = [&](const char* name) { return graph.add_tensor({name, OCTAVO_F32, {1, 10}, {}}); };
    const TensorId image = tensor("image"), logits = tensor("logits"), soft = tensor("soft"), prob = tensor("prob"),
                   other = tensor("other");
    graph.inputs = {image};
    graph.outputs = {prob, other};
    graph.nodes = {{"gemm", "Gemm", {image}, {logits}, {}, {}},
                   {"softmax", "Softmax", {logits}, {soft}, {}, {}},
                   {"reshape", "Reshape", {soft}, {prob}, {}, {}},
                   {"relu", "Relu", {logits}, {other}, {}, {}}};
    const std::vector<ComparedOutput> compared = compared_outputs(graph);
    BOOST_REQUIRE_EQUAL(compared.size(), 2U);
    BOOST_TEST(compared[0].output == "prob");
    BOOST_TEST(compared[0].tensor == "logits");
    BOOST_TEST(compared[1].tensor == "other");
}

BOOST_AUTO_TEST_SUITE_END()
