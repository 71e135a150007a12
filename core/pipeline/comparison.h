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

// Dense values; dimension 0 of the shape is the number of samples.
struct KeptOutput {
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<float> values;

    std::span<const float> row(std::size_t number) const {
        const std::size_t size = values.size() / static_cast<std::size_t>(shape[0]);
        return std::span(values).subspan(number * size, size);
    }
};

// The first `rows` of a view.
KeptOutput keep_output(const std::string& name, const octavo_tensor& view, std::size_t rows);

class Comparison {
public:
    static Result<Comparison> create(const Config& config, const Model& model, std::span<const std::string> classes);

    // What is to be kept of each run, in this order.
    std::span<const ComparedOutput> outputs() const { return outputs_; }
    // Of the figures: the outputs, or "predictions".
    std::span<const std::string> names() const { return names_; }

    // [sample][figure]. `geometries` is read by adapters only.
    Result<std::vector<std::vector<Fidelity>>> compare(std::span<const KeptOutput> expected, std::span<const KeptOutput> found,
                                                       std::span<const octavo_geometry> geometries) const;

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
