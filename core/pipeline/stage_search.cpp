// Trials: what a strategy asks of the device, over the search images.
#include "core/pipeline/stage_search.h"

#include "core/pipeline/contender.h"
#include "core/pipeline/frontier.h"
#include "core/pipeline/stage_quantize.h"
#include "core/plan/rules.h"
#include "core/report/report.h"

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

constexpr std::size_t kRankingImages = 32;
constexpr std::int64_t kBatch = 8;  // images that run together, if the model's batch is free

// Of a batch that operators are ranked on; its inputs are the frontier's.
struct Ranked {
    std::vector<octavo_geometry> geometries;
    std::vector<KeptOutput> expected;
};

double noise_over_signal(const Fidelity& nearness) {
    return std::pow(10.0, -nearness.snr_db() / 10);
}

class Trials {
public:
    static Result<Trials> create(const SearchRequest& request, const Graph& graph) {
        OCTAVO_TRY(ValidationData data, open_validation(request.config));
        OCTAVO_TRY(Comparison comparison, Comparison::create(request.config, request.model, data.classes));
        return Trials(request, graph, std::move(data), std::move(comparison));
    }

    // Runs fp32 on all of them once.
    Result<void> prepare() {
        OCTAVO_TRY(fp32_, contender_of(nullptr));
        frontier_ = Frontier(graph_, comparison_.tensors(graph_));
        const std::vector<std::size_t> ranking = batches_to_rank_on();
        Memory memory;
        std::size_t seen = 0;
        const auto see = [&](const Batch& batch) -> Result<void> {
            OCTAVO_CHECK_OK(fp32_->run(batch));
            memory.add(fp32_->said());
            if (!std::binary_search(ranking.begin(), ranking.end(), seen++)) return {};
            frontier_.add(batch.inputs);
            ranked_.push_back({batch.geometries, fp32_->said().kept});
            return {};
        };
        OCTAVO_CHECK_OK(for_each(see));
        if (ranked_.empty()) return Error(Code::data, "none of the search images can be read");
        fp32_said_ = memory.take();
        if (!fp32_said_.empty()) fp32_.reset();
        return {};
    }

    // Noise over signal on a few images. What this plan has in common with the one before, up to an operator, is not run again.
    Result<double> error(const Plan& plan) {
        if (request_.progress) request_.progress(++trials_);
        const auto compile = [&](const Graph& part) {
            return Session::compile(request_.device, part, &plan, {request_.config.threads, {}, false});
        };
        OCTAVO_CHECK_OK(frontier_.move_to(before_ ? first_difference(graph_, *before_, plan) : 0, compile));
        before_ = plan;
        const Graph rest = frontier_.rest();
        OCTAVO_TRY(Session session, compile(rest));
        Fidelity nearness;
        for (std::size_t i = 0; i < ranked_.size(); ++i) {
            if (request_.stop.stop_requested()) return Error(Code::interrupted, "interrupted");
            OCTAVO_CHECK_OK(frontier_.run(session, rest, i));
            const std::vector<KeptOutput> found = comparison_.keep(session.output_views());
            OCTAVO_CHECK_OK(add(ranked_[i].expected, found, ranked_[i].geometries, nearness));
        }
        return noise_over_signal(nearness);
    }

    Result<Verdict> evaluate(const Plan& plan) {
        if (request_.progress) request_.progress(++trials_);
        OCTAVO_TRY(Contender contender, contender_of(&plan));
        Fidelity nearness;
        Recollection recollection(fp32_said_);
        const auto see = [&](const Batch& batch) -> Result<void> {
            OCTAVO_CHECK_OK(contender.run(batch));
            OCTAVO_TRY(const Said* expected, fp32_said(batch, recollection));
            return add(expected->kept, contender.said().kept, batch.geometries, nearness);
        };
        OCTAVO_CHECK_OK(for_each(see));
        OCTAVO_CHECK_OK(recollection.finish());
        OCTAVO_TRY(const std::vector<MetricFigure> figures, contender.figures());
        return Verdict{judge(*request_.config.target, request_.plain.figures[0], figures, nearness.snr_db()).excess,
                       noise_over_signal(nearness)};
    }

private:
    Trials(const SearchRequest& request, const Graph& graph, ValidationData data, Comparison comparison)
        : request_(request), graph_(graph), data_(std::move(data)), comparison_(std::move(comparison)) {}

    Result<Contender> contender_of(const Plan* plan) const {
        return Contender::create({request_.config, request_.device, graph_, comparison_, data_.classes}, plan);
    }

    Result<const Said*> fp32_said(const Batch& batch, Recollection& recollection) {
        if (!fp32_) return recollection.of(batch);
        OCTAVO_CHECK_OK(fp32_->run(batch));
        return &fp32_->said();
    }

    Result<void> add(std::span<const KeptOutput> expected, std::span<const KeptOutput> found, std::span<const octavo_geometry> geometries,
                     Fidelity& nearness) const {
        OCTAVO_TRY(const auto figures, comparison_.compare(expected, found, geometries, batch_of(graph_)));
        for (const std::vector<Fidelity>& image : figures)
            for (const Fidelity& one : image) nearness.merge(one);
        return {};
    }

    // Spread evenly over all, which every slice begins anew.
    std::vector<std::size_t> batches_to_rank_on() const {
        const auto size = static_cast<std::size_t>(batch_of(graph_));
        std::size_t images = 0, batches = 0;
        for (const std::vector<std::int64_t>& numbers : request_.images.numbers) {
            images += numbers.size();
            batches += (numbers.size() + size - 1) / size;
        }
        std::vector<std::size_t> chosen(std::clamp<std::size_t>(kRankingImages * batches / std::max<std::size_t>(images, 1), 1, batches));
        for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = i * batches / chosen.size();
        return chosen;
    }

    // The search images batch by batch, in the order of the slices.
    Result<void> for_each(const BatchSink& use) const {
        const std::vector<Port> inputs = ports_of(graph_, graph_.inputs);
        const Config& config = request_.config;
        for (std::size_t slice = 0; slice < data_.datasets.size(); ++slice) {
            const std::span<const std::int64_t> numbers = request_.images.numbers[slice];
            if (numbers.empty()) continue;
            const SampleRequest samples{
                data_.datasets[slice], 0,    0, config.preprocess, inputs, config.threads, config.skip_unreadable, request_.stop, numbers,
                request_.pictures,     slice};
            const Result<SamplesDone> done = for_each_batch(samples, use);
            if (!done) return done.error();
        }
        return {};
    }

    const SearchRequest& request_;
    const Graph& graph_;
    ValidationData data_;
    Comparison comparison_;
    std::optional<Contender> fp32_;  // where what it says is too much to be remembered
    std::vector<Said> fp32_said_;    // [batch]
    std::vector<Ranked> ranked_;     // [of the frontier]
    Frontier frontier_;
    std::optional<Plan> before_;  // that the frontier was moved for
    std::int64_t trials_ = 0;
};

}  // namespace

Result<SearchResult> search_plan(const SearchRequest& request) {
    const Target& target = *request.config.target;
    OCTAVO_TRY(const Graph graph, with_batch_if_free(request.model.executed, kBatch));
    OCTAVO_TRY(Trials trials, Trials::create(request, graph));
    OCTAVO_CHECK_OK(trials.prepare());
    const FlatGraph flat(graph);
    const auto precision = [&](NodeId node) { return floating_precision(request.device, flat, node); };
    const auto is_allowed = [&](const Plan& plan) {
        const double share = int8_share(report_operators(graph, plan)).multiply_adds;
        return share > 0 && share >= target.min_int8_share;
    };
    std::function<double(const Plan&)> cost;
    if (request.costs) cost = [&](const Plan& plan) { return predicted_ms(graph, plan, *request.costs); };
    const double excess = judge(target, request.plain.figures[0], request.plain.figures[1], request.plain.snr_db).excess;
    return search_by_bisection({graph, request.plan, excess, [&](const Plan& plan) { return trials.error(plan); },
                                [&](const Plan& plan) { return trials.evaluate(plan); }, precision, cost, is_allowed,
                                target.most_evaluations});
}

}  // namespace octavo
