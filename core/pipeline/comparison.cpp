// An adapter is asked only where every output is made of real numbers: others it could not be handed back.
#include "core/pipeline/comparison.h"

#include "core/pipeline/session.h"

#include <octavo/tensor.h>

#include <algorithm>

namespace octavo {
namespace {

std::vector<octavo_output> views_of(std::span<const KeptOutput> outputs) {
    std::vector<octavo_output> views;
    for (const KeptOutput& output : outputs)
        views.push_back({output.name.c_str(), dense_tensor(OCTAVO_F32, output.shape, output.values.data())});
    return views;
}

}  // namespace

KeptOutput keep_output(const std::string& name, const octavo_tensor& view, std::size_t rows) {
    KeptOutput kept{name, {view.shape, view.shape + view.rank}, {}};
    if (kept.shape.empty()) kept.shape.push_back(1);
    kept.shape[0] = static_cast<std::int64_t>(rows);
    copy_rows(view, static_cast<std::int64_t>(rows), kept.values);
    return kept;
}

Result<Comparison> Comparison::create(const Config& config, const Model& model, std::span<const std::string> classes) {
    Comparison comparison;
    comparison.outputs_ = model.compared;
    if (config.adapter) {
        OCTAVO_TRY(AdapterHandle adapter, AdapterHandle::create(*config.adapter->plugin, config.adapter->values, classes));
        if (adapter.can_compare() && model.compared.size() == model.executed.outputs.size()) comparison.adapter_ = std::move(adapter);
    }
    if (comparison.adapter_) {
        for (ComparedOutput& output : comparison.outputs_) output.tensor = output.output;
        comparison.names_ = {"predictions"};
    } else {
        for (const ComparedOutput& output : comparison.outputs_) comparison.names_.push_back(output.output);
    }
    return comparison;
}

Result<std::vector<std::vector<Fidelity>>> Comparison::compare(std::span<const KeptOutput> expected, std::span<const KeptOutput> found,
                                                               std::span<const octavo_geometry> geometries) const {
    if (adapter_) return ask_adapter(expected, found, geometries);
    const auto samples = static_cast<std::size_t>(expected.empty() ? 0 : expected[0].shape[0]);
    std::vector<std::vector<Fidelity>> figures(samples, std::vector<Fidelity>(expected.size()));
    for (std::size_t sample = 0; sample < samples; ++sample)
        for (std::size_t i = 0; i < expected.size(); ++i) figures[sample][i].add(expected[i].row(sample), found[i].row(sample));
    return figures;
}

Result<std::vector<std::vector<Fidelity>>> Comparison::ask_adapter(std::span<const KeptOutput> expected, std::span<const KeptOutput> found,
                                                                   std::span<const octavo_geometry> geometries) const {
    std::vector<double> signal(geometries.size(), 0), noise(geometries.size(), 0);
    OCTAVO_CHECK_OK(adapter_->compare(views_of(expected), views_of(found), geometries, signal, noise));
    std::vector<std::vector<Fidelity>> figures;
    for (std::size_t sample = 0; sample < geometries.size(); ++sample) figures.push_back({Fidelity(signal[sample], noise[sample])});
    return figures;
}

double snr_db(std::span<const Fidelity> figures) {
    Fidelity together;
    for (const Fidelity& one : figures) together.merge(one);
    return together.snr_db();
}

}  // namespace octavo
