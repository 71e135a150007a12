// One Contender a plan; what they say is compared sample by sample, for all and for the part that the sample is in.
#include "core/pipeline/stage_evaluate.h"

#include "core/statistics/collector.h"

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

enum Part : std::size_t { searched, held_back };

// Of two contenders over some of the images.
class Tally {
public:
    explicit Tally(std::size_t figures) : fidelities_(figures) {}

    void add(const Answer& before, const Answer& after, std::span<const Fidelity> nearness) {
        constexpr double kRight = 0.5;  // scores are 1 and 0 where a sample is right or wrong
        if (!std::isnan(before.score) && !std::isnan(after.score)) {
            part_.right_to_wrong = part_.right_to_wrong.value_or(0) + (before.score > kRight && after.score <= kRight ? 1 : 0);
            part_.wrong_to_right = part_.wrong_to_right.value_or(0) + (before.score <= kRight && after.score > kRight ? 1 : 0);
        }
        if (before.best_class && after.best_class)
            part_.changed = part_.changed.value_or(0) + (before.best_class != after.best_class ? 1 : 0);
        for (std::size_t i = 0; i < fidelities_.size(); ++i) fidelities_[i].merge(nearness[i]);
    }
    void count() { ++part_.images; }
    std::int64_t images() const { return part_.images; }

    AccuracyPart finish(std::span<const std::string> names, std::vector<std::vector<MetricFigure>> figures) {
        part_.figures = std::move(figures);
        for (std::size_t i = 0; i < fidelities_.size(); ++i) part_.fidelity.push_back({names[i], fidelities_[i].snr_db()});
        part_.snr_db = snr_db(fidelities_);
        return std::move(part_);
    }

private:
    AccuracyPart part_;
    std::vector<Fidelity> fidelities_;
};

class Evaluation {
public:
    Evaluation(const EvaluateRequest& request, Graph graph, ValidationData data, Comparison comparison, std::optional<OutputReader> outputs)
        : request_(request),
          graph_(std::move(graph)),
          data_(std::move(data)),
          comparison_(std::move(comparison)),
          outputs_(std::move(outputs)),
          has_parts_(request.search && request.search->held_back > 0),
          before_(request.before && !request.before->first.empty() ? request.before : nullptr),
          recollection_(before_ ? std::span<const Said>(before_->first) : std::span<const Said>()),
          is_watched_(request.watch != nullptr),
          all_(comparison_.names().size()),
          parts_(has_parts_ ? 2 : 0, Tally(comparison_.names().size())) {}

    Result<AccuracyResult> run() {
        OCTAVO_TRY(beside_, contenders_of(request_.beside, 0, nullptr));
        OCTAVO_TRY(contenders_,
                   contenders_of(std::span(request_.contenders).subspan(before_ ? 1 : 0), parts_.size(), outputs_ ? &*outputs_ : nullptr));
        for (std::size_t slice = 0; slice < request_.config.validation.size(); ++slice) OCTAVO_CHECK_OK(run_slice(slice));
        OCTAVO_CHECK_OK(recollection_.finish());
        if (outputs_) OCTAVO_CHECK_OK(outputs_->finish());
        const auto figures = [](const Contender& contender) { return contender.figures(); };
        OCTAVO_TRY(result_.all, finished(all_, before_ ? &before_->all : nullptr, figures));
        if (has_parts_ && parts_[Part::searched].images() == 0) return Error(Code::data, "none of the search images can be read");
        if (has_parts_ && parts_[Part::held_back].images() > 0) {
            OCTAVO_TRY(result_.searched, finished_part(Part::searched, before_ ? &*before_->searched : nullptr));
            OCTAVO_TRY(result_.held_back, finished_part(Part::held_back, before_ ? &*before_->held_back : nullptr));
        }
        result_.first = memory_.take();
        return std::move(result_);
    }

private:
    Result<std::vector<Contender>> contenders_of(std::span<const Plan* const> plans, std::size_t parts, OutputReader* outputs) const {
        std::vector<Contender> all;
        for (const Plan* plan : plans) {
            OCTAVO_TRY(Contender made,
                       Contender::create({request_.config, request_.device, graph_, comparison_, data_.classes, parts, outputs}, plan));
            all.push_back(std::move(made));
        }
        return all;
    }

    Result<void> run_slice(std::size_t number) {
        const Slice& slice = request_.config.validation[number];
        const DatasetHandle& dataset = data_.datasets[number];
        OCTAVO_TRY(const SliceRange range, range_of(slice, dataset.count()));
        const std::vector<Port> inputs = ports_of(graph_, graph_.inputs);
        const SampleRequest samples{dataset,
                                    range.first,
                                    range.count,
                                    request_.config.preprocess,
                                    inputs,
                                    request_.config.threads,
                                    request_.config.skip_unreadable,
                                    request_.stop,
                                    {},
                                    request_.pictures,
                                    number};
        OCTAVO_TRY(SamplesDone done, for_each_batch(samples, [&](const Batch& batch) { return add(batch, number); }));
        result_.unreadable.insert(result_.unreadable.end(), done.unreadable.begin(), done.unreadable.end());
        result_.noted.insert(result_.noted.end(), done.noted.begin(), done.noted.end());
        return {};
    }

    Result<void> add(const Batch& batch, std::size_t slice) {
        std::vector<std::size_t> parts;
        for (std::size_t row = 0; has_parts_ && row < batch.size(); ++row)
            parts.push_back(request_.search->contains(slice, batch.numbers[row]) ? Part::searched : Part::held_back);
        for (Contender& contender : contenders_) OCTAVO_CHECK_OK(contender.run(batch, parts));
        const Said* first = &contenders_.front().said();
        if (before_) {
            OCTAVO_TRY(first, recollection_.of(batch));
        }
        const Said& last = contenders_.back().said();
        if (request_.before) memory_.add(*first);
        if (request_.record) OCTAVO_CHECK_OK(request_.record({batch, contenders_.back(), data_.classes}));
        OCTAVO_CHECK_OK(show(batch, slice));
        std::vector<std::vector<Fidelity>> nearness;
        if (first != &last) {
            OCTAVO_TRY(nearness, comparison_.compare(first->kept, last.kept, batch.geometries, batch_of(graph_)));
        }
        for (std::size_t row = 0; row < batch.size(); ++row) {
            std::vector<Tally*> told = {&all_};
            if (has_parts_) told.push_back(&parts_[parts[row]]);
            if (!nearness.empty()) OCTAVO_CHECK_OK(check_finite(nearness[row], batch.ids[row]));
            for (Tally* tally : told) {
                tally->count();
                if (!nearness.empty()) tally->add(first->answers[row], last.answers[row], nearness[row]);
            }
            const std::optional<std::int64_t> label = class_of(batch.annotations[row]);
            if (label) result_.labels.insert(*label);
            const Answer& answer = last.answers[row];
            result_.answers.push_back({batch.ids[row], answer.score, answer.best_class.value_or(-1), label.value_or(-1)});
        }
        if (request_.progress) request_.progress(static_cast<std::int64_t>(result_.answers.size()));
        return {};
    }

    Result<void> check_finite(std::span<const Fidelity> nearness, const std::string& id) const {
        for (std::size_t i = 0; i < nearness.size(); ++i)
            if (!std::isfinite(nearness[i].signal())) return not_finite("output '" + comparison_.names()[i] + "'", id);
        return {};
    }

    Result<void> show(const Batch& batch, std::size_t slice) {
        if (!is_watched_) return {};
        for (Contender& contender : beside_) OCTAVO_CHECK_OK(contender.run(batch));
        for (std::size_t row = 0; is_watched_ && row < batch.size(); ++row) {
            OCTAVO_TRY(const octavo_sample sample, data_.datasets[slice].sample(batch.numbers[row]));
            SeenSample seen{batch.ids[row], sample, data_.classes, {}};
            for (const std::vector<Contender>* all : {&beside_, &contenders_})
                for (const Contender& contender : *all) {
                    const auto& boxes = contender.said().answers[row].boxes;
                    seen.boxes.push_back(boxes ? std::span<const octavo_box>(*boxes) : std::span<const octavo_box>());
                }
            OCTAVO_TRY(is_watched_, request_.watch(seen));
        }
        return {};
    }

    // `before`: the same part of the evaluation before, whose contender 0 stands for one here; may be null.
    template <class Get>
    Result<AccuracyPart> finished(Tally& tally, const AccuracyPart* before, Get&& get) const {
        std::vector<std::vector<MetricFigure>> all;
        if (before) all.push_back(before->figures[0]);
        for (const Contender& contender : contenders_) {
            OCTAVO_TRY(std::vector<MetricFigure> figures, get(contender));
            const auto have_one_name = [](const MetricFigure& a, const MetricFigure& b) { return a.name == b.name; };
            if (!all.empty() && !std::equal(figures.begin(), figures.end(), all[0].begin(), all[0].end(), have_one_name))
                return Error(Code::internal, "metric '" + std::string(request_.config.metric->plugin->name()) +
                                                 "': gave other figures for the plan than for fp32");
            all.push_back(std::move(figures));
        }
        return tally.finish(comparison_.names(), std::move(all));
    }

    Result<AccuracyPart> finished_part(Part part, const AccuracyPart* before) {
        return finished(parts_[part], before, [part](const Contender& contender) { return contender.figures_of_part(part); });
    }

    const EvaluateRequest& request_;
    const Graph graph_;
    const ValidationData data_;
    const Comparison comparison_;
    std::optional<OutputReader> outputs_;
    const bool has_parts_;
    const AccuracyResult* const before_;  // null where nothing is remembered
    Recollection recollection_;
    bool is_watched_;
    std::vector<Contender> beside_, contenders_;
    Tally all_;
    std::vector<Tally> parts_;  // [Part]
    Memory memory_;
    AccuracyResult result_;
};

}  // namespace

Result<AccuracyResult> evaluate(const EvaluateRequest& request) {
    OCTAVO_TRY(Graph graph, with_batch_if_free(request.model.executed, request.config.batch));
    OCTAVO_TRY(ValidationData data, open_validation(request.config));
    OCTAVO_TRY(Comparison comparison, Comparison::create(request.config, request.model, data.classes));
    std::optional<OutputReader> outputs;
    if (request.outputs) {
        OCTAVO_TRY(outputs, OutputReader::open(*request.outputs, graph));
    }
    return Evaluation(request, std::move(graph), std::move(data), std::move(comparison), std::move(outputs)).run();
}

}  // namespace octavo
