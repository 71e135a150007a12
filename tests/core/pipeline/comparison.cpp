// Comparison: what adapters are shown of outputs that have no row for each sample, and what is compared where no adapter is asked.
#include "core/pipeline/comparison.h"

#include "core/plugins/find.h"

#include <octavo/tensor.h>

#include <boost/test/unit_test.hpp>

using namespace octavo;

namespace {

using Floats = std::vector<float>;
using Figures = std::vector<std::vector<Fidelity>>;

KeptOutput kept(const char* name, const std::vector<std::int64_t>& shape, const Floats& values) {
    return keep_output(name, dense_tensor(OCTAVO_F32, shape, values.data()));
}

// By the adapter of this name with its defaults, or number by number.
Figures compared(const char* adapter, const std::vector<KeptOutput>& expected, const std::vector<KeptOutput>& found, std::size_t samples,
                 std::int64_t batch = 1) {
    static const Registry registry = load_plugins(find_plugin_libraries({std::string(OCTAVO_BINARY_DIR) + "/bin", {}, ""}));
    Config config;
    if (adapter) {
        const LoadedPlugin* const plugin = registry.find(OCTAVO_ADAPTER, adapter);
        BOOST_REQUIRE(plugin);
        std::vector<Finding> findings;
        config.adapter = PluginUse{plugin, check_parameters(*plugin, {}, {}, findings)};
        BOOST_REQUIRE(findings.empty());
    }
    Model model;
    model.compared.resize(expected.size());
    model.executed.outputs.resize(expected.size());
    const Result<Comparison> comparison = Comparison::create(config, model, {});
    BOOST_REQUIRE_MESSAGE(comparison, (comparison ? "" : comparison.error().message()));
    const std::vector<octavo_geometry> geometries(samples, {sizeof(octavo_geometry), 100, 50, 1, 1, 0, 0, 100, 50});
    const Result<Figures> figures = comparison->compare(expected, found, geometries, batch);
    BOOST_REQUIRE_MESSAGE(figures, (figures ? "" : figures.error().message()));
    BOOST_REQUIRE_EQUAL(figures->size(), samples);
    return *figures;
}

void check(const Fidelity& figure, double signal, double noise) {
    BOOST_TEST(figure.signal() == signal, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(figure.noise() == noise, boost::test_tools::tolerance(1e-6));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(comparisons)

// Image i has one box of score 1 / (i + 1), and loses half of it. The last rows belong to no image.
BOOST_AUTO_TEST_CASE(rows_of_all_images_reach_the_adapter_whole) {
    for (const std::size_t samples : {std::size_t{1}, std::size_t{4}, std::size_t{7}}) {
        Floats expected, found;
        for (std::size_t i = 0; i < samples; ++i) {
            const auto image = static_cast<float>(i);
            const float score = 1 / (image + 1);
            expected.insert(expected.end(), {image, 1, score, 0, 0, 1, 1});
            found.insert(found.end(), {image, 1, score / 2, 0, 0, 1, 1});
        }
        for (Floats* rows : {&expected, &found}) rows->insert(rows->end(), {-1, 0, 0, 0, 0, 0, 0, 0, 1, 9, 0, 0, 1, 1});
        const auto count = static_cast<std::int64_t>(samples + 2);
        for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{1, 1, count, 7}, {count, 7}}) {
            const Figures figures = compared("detection_output", {kept("det", shape, expected)}, {kept("det", shape, found)}, samples);
            for (std::size_t i = 0; i < samples; ++i) {
                const double score = 1 / (static_cast<double>(i) + 1);
                check(figures[i][0], score * score, score * score / 4);
            }
        }
    }
}

// Two prior boxes and two classes; the constant priors have one row whatever the batch is. The batch has one sample less than rows.
BOOST_AUTO_TEST_CASE(constant_priors_are_common_to_all_images) {
    const Floats priors = {0, 0, 0.5F, 0.5F, 0.25F, 0.25F, 1, 1, 0.1F, 0.1F, 0.2F, 0.2F, 0.1F, 0.1F, 0.2F, 0.2F};
    const auto outputs = [&](std::int64_t batch, float lift) {
        Floats places, scores;
        for (std::int64_t i = 0; i < batch; ++i) {
            const auto x = static_cast<float>(i);
            places.insert(places.end(), {0.1F * x, lift, 0, 0, lift, 0, 0, 0.1F * x});
            scores.insert(scores.end(), {0, 1 + x, lift, lift, 0, 2 - x});
        }
        return std::vector<KeptOutput>{kept("loc", {batch, 8}, places), kept("conf", {batch, 6}, scores),
                                       kept("priors", {1, 2, 8}, priors)};
    };
    const auto one_of = [](const std::vector<KeptOutput>& all, std::size_t sample) {
        std::vector<KeptOutput> one;
        for (const KeptOutput& output : all) {
            const std::span<const float> row = output.row(output.shape[0] > 1 ? sample : 0);
            std::vector<std::int64_t> shape = output.shape;
            shape[0] = 1;
            one.push_back({output.name, shape, {row.begin(), row.end()}});
        }
        return one;
    };
    for (const std::int64_t batch : {4, 7}) {
        const std::vector<KeptOutput> expected = outputs(batch, 0), found = outputs(batch, 0.5F);
        const Figures together = compared("ssd", expected, found, static_cast<std::size_t>(batch - 1));
        for (std::size_t i = 0; i < together.size(); ++i) {
            const Figures alone = compared("ssd", one_of(expected, i), one_of(found, i), 1);
            BOOST_TEST(alone[0][0].noise() > 0.01);
            check(together[i][0], alone[0][0].signal(), alone[0][0].noise());
        }
    }
}

// Number by number a row is a sample's; an output of fewer rows counts for those, and one without axes for the first.
BOOST_AUTO_TEST_CASE(without_an_adapter_each_sample_has_its_row) {
    const std::vector<KeptOutput> expected = {kept("a", {3, 2}, {-1, 1, -2, 2, -9, 9}), kept("b", {1, 2}, {-3, 3}), kept("c", {}, {5})};
    const std::vector<KeptOutput> found = {kept("a", {3, 2}, {-2, 2, -2, 2, 9, 9}), kept("b", {1, 2}, {-3, 4}), kept("c", {}, {5})};
    const Figures figures = compared(nullptr, expected, found, 2, 3);
    check(figures[0][0], 2, 2);
    check(figures[1][0], 8, 0);
    check(figures[0][1], 18, 0.5);
    check(figures[1][1], 0, 0);
    check(figures[0][2], 25, 0);
}

// As behind a Squeeze or a Reshape: a sample's values are all that its part of axis 0 holds.
BOOST_AUTO_TEST_CASE(an_output_whose_first_axis_is_not_the_batch_is_compared_whole) {
    const Figures squeezed = compared(nullptr, {kept("a", {4}, {-2, 2, -2, 2})}, {kept("a", {4}, {-2, 2, -3, 3})}, 1);
    check(squeezed[0][0], 16, 2);
    const Figures rows = compared(nullptr, {kept("a", {4, 1}, {-2, 2, -3, 3})}, {kept("a", {4, 1}, {-2, 2, -4, 4})}, 2, 2);
    check(rows[0][0], 8, 0);
    check(rows[1][0], 18, 2);
}

// Of a model that computes how much it gives.
BOOST_AUTO_TEST_CASE(rows_that_only_one_side_has_are_all_error) {
    const KeptOutput none = kept("a", {0, 2}, {}), some = kept("a", {1, 2}, {-3, 3});
    check(compared(nullptr, {none}, {some}, 1)[0][0], 0, 18);
    check(compared(nullptr, {some}, {none}, 1)[0][0], 18, 18);
    check(compared(nullptr, {none}, {none}, 1)[0][0], 0, 0);
}

BOOST_AUTO_TEST_SUITE_END()
