// One Contender a plan: its session, its metric, and what the current batch gave.
#include "core/pipeline/stage_evaluate.h"

#include "core/pipeline/fidelity.h"

#include <octavo/abi/blob.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace octavo {
namespace {

// What became of one sample.
struct Answer {
    double score = 0;
    std::optional<std::int64_t> best_class;
};

// Index of the greatest score, the first of equals; nothing where the prediction is no list of class scores.
std::optional<std::int64_t> best_class(const octavo_blob& prediction) {
    if (!prediction.type || std::strcmp(prediction.type, OCTAVO_BLOB_CLASS_SCORES) != 0 || prediction.size_bytes < sizeof(float)) return {};
    const std::span<const float> scores(static_cast<const float*>(prediction.data), prediction.size_bytes / sizeof(float));
    return std::max_element(scores.begin(), scores.end()) - scores.begin();
}

std::optional<std::int64_t> class_of(const octavo_blob& annotation) {
    std::int64_t label = 0;
    if (!annotation.type || std::strcmp(annotation.type, OCTAVO_BLOB_CLASS) != 0 || annotation.size_bytes != sizeof label) return {};
    std::memcpy(&label, annotation.data, sizeof label);
    return label;
}

class Contender {
public:
    static Result<Contender> create(const EvaluateRequest& request, const Graph& graph, const Plan* plan) {
        Contender contender;
        std::vector<std::string> taps;
        for (const ComparedOutput& compared : request.model.compared)
            if (compared.tensor != compared.output) taps.push_back(compared.tensor);
        OCTAVO_TRY(contender.session_, Session::compile(request.device, graph, plan, {request.config.threads, {}, false}, taps));
        if (request.config.metric) {
            OCTAVO_TRY(contender.metric_, MetricHandle::create(*request.config.metric->plugin, request.config.metric->values));
            contender.metric_->reset();
        }
        if (request.config.adapter) {
            OCTAVO_TRY(contender.adapter_, AdapterHandle::create(*request.config.adapter->plugin, request.config.adapter->values));
        }
        contender.compared_ = request.model.compared;
        contender.values_.resize(contender.compared_.size());
        return contender;
    }

    Result<void> run(const Batch& batch) {
        const auto rows = static_cast<std::int64_t>(batch.size());
        const auto keep_tap = [&](std::int32_t tensor, const octavo_tensor& view) {
            std::size_t tap = 0;  // taps are the compared outputs that are no outputs of the graph, in order
            for (std::size_t i = 0; i < compared_.size(); ++i) {
                if (compared_[i].tensor == compared_[i].output) continue;
                if (session_.taps()[tap++] == tensor) copy_rows(view, rows, values_[i]);
            }
        };
        OCTAVO_CHECK_OK(session_.run(batch.inputs, keep_tap));
        for (std::size_t i = 0; i < compared_.size(); ++i)
            for (std::size_t o = 0; o < session_.outputs().size(); ++o)
                if (compared_[i].tensor == session_.outputs()[o].name) copy_rows(session_.output_views()[o], rows, values_[i]);
        return answer(batch);
    }

    // Image `row` of compared output `i`.
    std::span<const float> image(std::size_t i, std::size_t row, std::size_t rows) const {
        const std::size_t size = values_[i].size() / rows;
        return std::span(values_[i]).subspan(row * size, size);
    }
    const std::vector<Answer>& answers() const { return answers_; }

    Result<std::vector<MetricFigure>> figures() const {
        if (!metric_) return std::vector<MetricFigure>();
        return metric_->result();
    }

private:
    Result<void> answer(const Batch& batch) {
        answers_.assign(batch.size(), {});
        if (!adapter_) return {};
        std::vector<octavo_output> outputs;
        for (std::size_t o = 0; o < session_.outputs().size(); ++o)
            outputs.push_back({session_.outputs()[o].name.c_str(), session_.output_views()[o]});
        Result<void> added;
        std::size_t predictions = 0;
        OCTAVO_CHECK_OK(adapter_->adapt(outputs, batch.geometries, [&](std::int64_t row, const octavo_blob& prediction) {
            if (!added || row < 0 || static_cast<std::size_t>(row) >= batch.size()) return;
            const auto sample = static_cast<std::size_t>(row);
            ++predictions;
            answers_[sample].best_class = best_class(prediction);
            if (!metric_) return;
            Result<double> score = metric_->add(prediction, batch.annotations[sample]);
            if (!score)
                added = score.error().within(batch.ids[sample]);
            else
                answers_[sample].score = *score;
        }));
        if (added && predictions != batch.size())
            return Error(Code::internal, adapter_->title() + ": gave " + std::to_string(predictions) + " predictions for " +
                                             std::to_string(batch.size()) + " samples");
        return added;
    }

    Session session_;
    std::optional<MetricHandle> metric_;
    std::optional<AdapterHandle> adapter_;
    std::vector<ComparedOutput> compared_;
    std::vector<std::vector<float>> values_;  // [compared output] of the current batch
    std::vector<Answer> answers_;
};

// Of two contenders on one batch.
void compare(const Contender& first, const Contender& second, std::size_t rows, std::vector<Fidelity>& fidelities, AccuracyResult& result) {
    constexpr double kRight = 0.5;  // scores are 1 and 0 where a sample is right or wrong
    for (std::size_t row = 0; row < rows; ++row) {
        const Answer& before = first.answers()[row];
        const Answer& after = second.answers()[row];
        result.right_to_wrong += before.score > kRight && after.score <= kRight ? 1 : 0;
        result.wrong_to_right += before.score <= kRight && after.score > kRight ? 1 : 0;
        result.changed += before.best_class != after.best_class ? 1 : 0;
        for (std::size_t i = 0; i < fidelities.size(); ++i) fidelities[i].add(first.image(i, row, rows), second.image(i, row, rows));
    }
}

Result<void> run_slice(const EvaluateRequest& request, const Slice& slice, std::vector<Contender>& contenders, std::span<const Port> inputs,
                       std::vector<Fidelity>& fidelities, AccuracyResult& result) {
    OCTAVO_TRY(const DatasetHandle dataset, DatasetHandle::create(*request.config.dataset, slice.dataset));
    OCTAVO_TRY(const SliceRange range, range_of(slice, dataset.count()));
    const SampleRequest samples{
        dataset,     range.first, range.count, request.config.preprocess, inputs, request.config.threads, request.config.skip_unreadable,
        request.stop};
    OCTAVO_TRY(SamplesDone done, for_each_batch(samples, [&](const Batch& batch) -> Result<void> {
                   for (Contender& contender : contenders) OCTAVO_CHECK_OK(contender.run(batch));
                   if (contenders.size() == 2) compare(contenders[0], contenders[1], batch.size(), fidelities, result);
                   for (std::size_t row = 0; row < batch.size(); ++row) {
                       const Answer& answer = contenders.back().answers()[row];
                       if (const auto label = class_of(batch.annotations[row])) result.labels.insert(*label);
                       result.answers.push_back({batch.ids[row], answer.score, answer.best_class.value_or(-1)});
                   }
                   result.images += static_cast<std::int64_t>(batch.size());
                   if (request.progress) request.progress(result.images);
                   return {};
               }));
    result.unreadable.insert(result.unreadable.end(), done.unreadable.begin(), done.unreadable.end());
    return {};
}

// A metric on samples without annotation is found here and not after the calibration.
Result<void> check_annotated(const Config& config, const Slice& slice, const DatasetHandle& dataset, std::int64_t first) {
    if (!config.metric) return {};
    const Result<octavo_sample> sample = dataset.sample(first);
    if (!sample || !sample->annotation.type || std::strcmp(sample->annotation.type, OCTAVO_BLOB_NONE) != 0) return {};
    return Error(Code::config, config.file + ": " + slice.title + ": the samples have no labels, so metric '" +
                                   std::string(config.metric->plugin->name()) +
                                   "' cannot be measured; expected a list or class folders with labels, or no \"metric\" (int8 is "
                                   "compared with fp32 then)");
}

}  // namespace

Result<AccuracyResult> evaluate(const EvaluateRequest& request) {
    OCTAVO_TRY(const Graph graph, with_batch(request.model.executed, request.config.batch));
    std::vector<Contender> contenders;
    for (const Plan* plan : request.contenders) {
        OCTAVO_TRY(Contender contender, Contender::create(request, graph, plan));
        contenders.push_back(std::move(contender));
    }
    const std::vector<Port> inputs = ports_of(graph, graph.inputs);
    AccuracyResult result;
    std::vector<Fidelity> fidelities(request.model.compared.size());
    for (const Slice& slice : request.config.validation) OCTAVO_CHECK_OK(run_slice(request, slice, contenders, inputs, fidelities, result));
    for (const Contender& contender : contenders) {
        OCTAVO_TRY(std::vector<MetricFigure> figures, contender.figures());
        result.figures.push_back(std::move(figures));
    }
    Fidelity together;
    for (std::size_t i = 0; i < fidelities.size(); ++i) {
        together.merge(fidelities[i]);
        result.fidelity.push_back({request.model.compared[i].output, fidelities[i].snr_db()});
    }
    result.snr_db = together.snr_db();
    return result;
}

Result<std::int64_t> validation_size(const Config& config) {
    std::int64_t images = 0;
    for (const Slice& slice : config.validation) {
        OCTAVO_TRY(const DatasetHandle dataset, DatasetHandle::create(*config.dataset, slice.dataset));
        OCTAVO_TRY(const SliceRange range, range_of(slice, dataset.count()));
        OCTAVO_CHECK_OK(check_annotated(config, slice, dataset, range.first));
        images += range.count;
    }
    return images;
}

}  // namespace octavo
