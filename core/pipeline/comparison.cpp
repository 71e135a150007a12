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

std::span<const float> KeptOutput::row(std::size_t number) const {
    const std::size_t rows = shape.empty() ? 1 : static_cast<std::size_t>(shape[0]);
    if (number >= rows) return {};
    const std::size_t size = values.size() / rows;
    return std::span(values).subspan(number * size, size);
}

std::span<const float> KeptOutput::of_sample(std::size_t number, std::int64_t batch) const {
    const auto rows = static_cast<std::size_t>(shape.empty() ? 1 : shape[0]), samples = static_cast<std::size_t>(batch);
    if (rows % samples != 0) return row(number);
    const std::size_t size = values.size() / samples;
    return std::span(values).subspan(number * size, size);
}

KeptOutput keep_output(const std::string& name, const octavo_tensor& view) {
    KeptOutput kept{name, {view.shape, view.shape + view.rank}, {}};
    copy_rows(view, view.rank > 0 ? view.shape[0] : 1, kept.values);
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

std::vector<TensorId> Comparison::tensors(const Graph& graph) const {
    std::vector<TensorId> tensors;
    for (const ComparedOutput& output : outputs_) tensors.push_back(find_tensor(graph, output.tensor));
    return tensors;
}

std::vector<KeptOutput> Comparison::keep(std::span<const octavo_tensor> views) const {
    std::vector<KeptOutput> kept;
    for (std::size_t i = 0; i < outputs_.size(); ++i) kept.push_back(keep_output(outputs_[i].output, views[i]));
    return kept;
}

Result<std::vector<std::vector<Fidelity>>> Comparison::compare(std::span<const KeptOutput> expected, std::span<const KeptOutput> found,
                                                               std::span<const octavo_geometry> geometries, std::int64_t batch) const {
    if (adapter_) return ask_adapter(expected, found, geometries);
    std::vector<std::vector<Fidelity>> figures(geometries.size(), std::vector<Fidelity>(expected.size()));
    for (std::size_t sample = 0; sample < figures.size(); ++sample)
        for (std::size_t i = 0; i < expected.size(); ++i)
            figures[sample][i].add(expected[i].of_sample(sample, batch), found[i].of_sample(sample, batch));
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
