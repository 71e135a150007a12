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

constexpr std::size_t kKeptBytes = std::size_t{512} << 20;  // images ready for the network, and fp32 outputs
constexpr std::size_t kRankingImages = 32;
constexpr std::int64_t kBatch = 8;  // images that run together, if the model's batch is free

// Search images and what fp32 says of them.
struct Sample {
    Batch batch;
    std::vector<KeptOutput> outputs;
};

double noise_over_signal(const Fidelity& nearness) {
    return std::pow(10.0, -nearness.snr_db() / 10);
}

// One plan over some of the images.
struct Trial {
    Contender contender;
    Fidelity nearness;
};

class Trials {
public:
    static Result<Trials> create(const SearchRequest& request, const Graph& graph) {
        OCTAVO_TRY(ValidationData data, open_validation(request.config));
        OCTAVO_TRY(Comparison comparison, Comparison::create(request.config, request.model, data.classes));
        return Trials(request, graph, std::move(data), std::move(comparison));
    }

    // Decodes as many images as fit once, runs fp32 on them and keeps both.
    Result<void> prepare() {
        decoded_ = images_in(std::max<std::size_t>(kKeptBytes / batch_bytes(), 1));
        std::size_t images = 0;
        OCTAVO_CHECK_OK(decode(0, decoded_, [&](Sample& sample) -> Result<void> {
            images += sample.batch.size();
            kept_.push_back(std::move(sample));
            return {};
        }));
        if (kept_.empty()) return Error(Code::data, "none of the search images can be read");
        frontier_ = Frontier(graph_, comparison_.tensors(graph_));
        const std::size_t batches = std::clamp<std::size_t>(kRankingImages * kept_.size() / images, 1, kept_.size());
        for (std::size_t i = 0; i < batches; ++i) {
            ranked_by_.push_back(i * kept_.size() / batches);
            frontier_.add(kept_[ranked_by_.back()].batch.inputs);
        }
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
        for (std::size_t i = 0; i < ranked_by_.size(); ++i) {
            if (request_.stop.stop_requested()) return Error(Code::interrupted, "interrupted");
            OCTAVO_CHECK_OK(frontier_.run(session, rest, i));
            OCTAVO_CHECK_OK(add(kept_[ranked_by_[i]], comparison_.keep(session.output_views()), nearness));
        }
        return noise_over_signal(nearness);
    }

    Result<Verdict> evaluate(const Plan& plan) {
        OCTAVO_TRY(Trial trial, trial_of(plan));
        for (const Sample& sample : kept_) OCTAVO_CHECK_OK(run(trial, sample));
        const auto all = static_cast<std::size_t>(request_.images.images);
        OCTAVO_CHECK_OK(decode(decoded_, all, [&](Sample& sample) { return run(trial, sample); }));
        OCTAVO_TRY(const std::vector<MetricFigure> figures, trial.contender.figures());
        return Verdict{judge(*request_.config.target, request_.plain.figures[0], figures, trial.nearness.snr_db()).excess,
                       noise_over_signal(trial.nearness)};
    }

private:
    Trials(const SearchRequest& request, const Graph& graph, ValidationData data, Comparison comparison)
        : request_(request), graph_(graph), data_(std::move(data)), comparison_(std::move(comparison)) {}

    Result<Trial> trial_of(const Plan& plan) {
        if (request_.progress) request_.progress(++trials_);
        OCTAVO_TRY(Contender contender, contender_of(&plan));
        return Trial{std::move(contender), {}};
    }

    Result<Contender> contender_of(const Plan* plan) const {
        return Contender::create({request_.config, request_.device, graph_, comparison_, data_.classes}, plan);
    }

    // One sample of a trial, which may be long: so a stop acts between them.
    Result<void> run(Trial& trial, const Sample& sample) const {
        if (request_.stop.stop_requested()) return Error(Code::interrupted, "interrupted");
        OCTAVO_CHECK_OK(trial.contender.run(sample.batch));
        return add(sample, trial.contender.said().kept, trial.nearness);
    }

    Result<void> add(const Sample& sample, std::span<const KeptOutput> found, Fidelity& nearness) const {
        OCTAVO_TRY(const auto figures, comparison_.compare(sample.outputs, found, sample.batch.geometries, batch_of(graph_)));
        for (const std::vector<Fidelity>& image : figures)
            for (const Fidelity& one : image) nearness.merge(one);
        return {};
    }

    std::size_t batch_size() const { return static_cast<std::size_t>(batch_of(graph_)); }

    // The first search images that fill so many batches at most. Every slice begins a new one.
    std::size_t images_in(std::size_t batches) const {
        std::size_t images = 0;
        for (const std::vector<std::int64_t>& numbers : request_.images.numbers) {
            const std::size_t fitting = std::min(numbers.size(), batches * batch_size());
            images += fitting;
            batches -= (fitting + batch_size() - 1) / batch_size();
            if (fitting < numbers.size()) break;
        }
        return images;
    }

    std::size_t batch_bytes() const {
        std::size_t bytes = 0;
        for (const Port& input : ports_of(graph_, graph_.inputs)) bytes += input.size_bytes();
        for (const ComparedOutput& compared : comparison_.outputs())
            if (const TensorId tensor = find_tensor(graph_, compared.tensor); tensor != TensorId::none)
                bytes += static_cast<std::size_t>(element_count(graph_[tensor].shape)) * sizeof(float);
        return std::max<std::size_t>(bytes, 1);
    }

    // The search images from `begin` to `end`, counted over all slices, with fp32 run on each.
    Result<void> decode(std::size_t begin, std::size_t end, const std::function<Result<void>(Sample& sample)>& use) const {
        if (begin == end) return {};
        OCTAVO_TRY(Contender fp32, contender_of(nullptr));
        const std::vector<Port> inputs = ports_of(graph_, graph_.inputs);
        const Config& config = request_.config;
        std::size_t first = 0;  // of the slice
        for (std::size_t slice = 0; slice < data_.datasets.size(); ++slice) {
            const std::span<const std::int64_t> numbers = request_.images.numbers[slice];
            const std::size_t from = std::clamp(begin, first, first + numbers.size()) - first;
            const std::size_t to = std::clamp(end, first, first + numbers.size()) - first;
            first += numbers.size();
            if (from == to) continue;
            const SampleRequest samples{data_.datasets[slice],
                                        0,
                                        0,
                                        config.preprocess,
                                        inputs,
                                        config.threads,
                                        config.skip_unreadable,
                                        request_.stop,
                                        numbers.subspan(from, to - from),
                                        request_.pictures,
                                        slice};
            const Result<SamplesDone> done = for_each_batch(samples, [&](const Batch& batch) -> Result<void> {
                OCTAVO_CHECK_OK(fp32.run(batch));
                Sample sample{batch, fp32.said().kept};
                return use(sample);
            });
            if (!done) return done.error();
        }
        return {};
    }

    const SearchRequest& request_;
    const Graph& graph_;
    ValidationData data_;
    Comparison comparison_;
    std::vector<Sample> kept_;            // in order
    std::vector<std::size_t> ranked_by_;  // of kept_: what the frontier runs
    Frontier frontier_;
    std::optional<Plan> before_;  // that the frontier was moved for
    std::size_t decoded_ = 0;     // the first so many search images are kept, but for those that cannot be read
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
