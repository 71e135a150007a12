// Contender: one form of the network (fp32, or a plan) that is run over samples, with what it answered on the current batch and what the
// metric says of all so far.
#pragma once

#include "core/pipeline/config.h"
#include "core/pipeline/stage_load.h"
#include "core/pipeline/stage_samples.h"

#include <optional>
#include <span>
#include <vector>

namespace octavo {

// What became of one sample.
struct Answer {
    double score = 0;                        // the metric's; 0 without one
    std::optional<std::int64_t> best_class;  // nothing where the prediction is no list of class scores
};

class Contender {
public:
    // `graph` is the executed one with its shapes; plan may be nullptr. `parts`: how many disjoint parts of the samples get figures of
    // their own, beside those of all.
    static Result<Contender> create(const Config& config, const Model& model, const DeviceHandle& device, const Graph& graph,
                                    const Plan* plan, std::size_t parts = 0);

    // `parts`: of each sample; empty where there are none.
    Result<void> run(const Batch& batch, std::span<const std::size_t> parts = {});

    // Of the last batch: image `row` of the model's compared output `i`, and the answers.
    std::span<const float> image(std::size_t i, std::size_t row) const;
    const std::vector<Answer>& answers() const { return answers_; }

    // Empty without a metric.
    Result<std::vector<MetricFigure>> figures() const;
    Result<std::vector<MetricFigure>> figures_of_part(std::size_t part) const;

private:
    Result<void> answer(const Batch& batch, std::span<const std::size_t> parts);
    std::optional<std::int64_t> greatest_output(std::size_t row) const;

    Session session_;
    std::vector<MetricHandle> metrics_;  // of all, then of each part; empty without a metric
    std::optional<AdapterHandle> adapter_;
    std::vector<ComparedOutput> compared_;
    bool gives_scores_ = false;               // the only compared output is a list of numbers an image
    std::vector<std::vector<float>> values_;  // [compared output] of the last batch
    std::vector<Answer> answers_;
};

}  // namespace octavo
