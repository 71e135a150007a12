// Comparison: how near the outputs of a plan are to those of fp32 on the same samples. By the adapter's own measure where it has one
// (detectors: predictions before anything is suppressed), which needs all outputs; else output by output and number by number, in front of
// a softmax where one ends it.
#pragma once

#include "core/pipeline/config.h"
#include "core/pipeline/fidelity.h"
#include "core/pipeline/stage_load.h"
#include "core/plugins/handles.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace octavo {

// Dense values of a whole output. Axis 0 is the batch in most: others give all samples together, or are constants.
struct KeptOutput {
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<float> values;

    // Of axis 0; empty where there is none of that number.
    std::span<const float> row(std::size_t number) const;
    // What a sample of so many that ran together has: its rows where axis 0 is a multiple of the batch, else the row of its number.
    std::span<const float> of_sample(std::size_t number, std::int64_t batch) const;
};

KeptOutput keep_output(const std::string& name, const octavo_tensor& view);

class Comparison {
public:
    static Result<Comparison> create(const Config& config, const Model& model, std::span<const std::string> classes);

    // What is to be kept of each run, in this order.
    std::span<const ComparedOutput> outputs() const { return outputs_; }
    // The outputs as tensors of the executed graph, and what a run of a graph with just these as outputs has given.
    std::vector<TensorId> tensors(const Graph& graph) const;
    std::vector<KeptOutput> keep(std::span<const octavo_tensor> views) const;
    // Of the figures: the outputs, or "predictions".
    std::span<const std::string> names() const { return names_; }

    // [sample][figure]. There is a geometry for each sample; rows of outputs behind the last one are not looked at. `batch`: of the run.
    Result<std::vector<std::vector<Fidelity>>> compare(std::span<const KeptOutput> expected, std::span<const KeptOutput> found,
                                                       std::span<const octavo_geometry> geometries, std::int64_t batch) const;

private:
    Result<std::vector<std::vector<Fidelity>>> ask_adapter(std::span<const KeptOutput> expected, std::span<const KeptOutput> found,
                                                           std::span<const octavo_geometry> geometries) const;

    std::vector<ComparedOutput> outputs_;
    std::vector<std::string> names_;
    std::optional<AdapterHandle> adapter_;  // one that compares
};

// Of several figures together.
double snr_db(std::span<const Fidelity> figures);

}  // namespace octavo
