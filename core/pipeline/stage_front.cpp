// All plans see an image side by side, so that it is decoded once and nothing of it is kept.
#include "core/pipeline/stage_front.h"

#include "core/base/text.h"
#include "core/pipeline/contender.h"
#include "core/pipeline/stage_quantize.h"
#include "core/plan/rules.h"
#include "core/search/search.h"

#include <algorithm>
#include <limits>

namespace octavo {
namespace {

constexpr std::size_t kImages = 32;
constexpr double kLeastMs = 1e-3;
constexpr double kShares[] = {0.05, 0.15, 0.35, 0.65};  // of the time between the fastest plan and fp32

struct Point {
    std::string name;
    Plan plan;
    double ms = 0;
    Fidelity nearness = {};
};

using Floating = std::map<NodeId, OperatorPlan>;

// Every int8 operator of the plan.
Floating all_of(const Graph& graph, const Plan& plan) {
    Floating all;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n)
        if (is_int8(plan, graph.nodes[n])) all[static_cast<NodeId>(n)] = {Precision::fp32, Reason::accuracy};
    return all;
}

class Front {
public:
    Front(const FrontRequest& request, const Graph& graph) : request_(request), graph_(graph), flat_(graph) {}

    Result<std::vector<ReportPoint>> find() {
        lay_out();
        OCTAVO_CHECK_OK(measure());
        return told();
    }

private:
    double time_of(const Plan& plan) const { return predicted_ms(graph_, plan, request_.costs); }

    void add(std::string name, Plan plan) {
        const double ms = time_of(plan);
        points_.push_back({std::move(name), std::move(plan), ms});
    }

    Plan with_back(const std::vector<NodeId>& nodes) const {
        Floating floating;
        for (const NodeId node : nodes) floating[node] = {floating_precision(request_.device, flat_, node), Reason::accuracy};
        return in_floating_point(graph_, request_.fastest, floating);
    }

    // Groups of operators, those first whose noise falls most for the time that they take longer.
    std::vector<std::vector<NodeId>> ranked() const {
        const double base = time_of(request_.fastest);
        std::map<NodeId, double> power;
        for (const ProductNoise& one : request_.noise) power[one.node] = one.share * one.share;
        std::vector<std::pair<double, std::vector<NodeId>>> ranking;
        for (std::vector<NodeId>& group : groups_to_return(graph_, request_.fastest)) {
            double noise = 0;
            for (const NodeId node : group) noise += power[node];
            const double longer = time_of(with_back(group)) - base;
            ranking.emplace_back(noise / std::max(longer, kLeastMs), std::move(group));
        }
        std::stable_sort(ranking.begin(), ranking.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
        std::vector<std::vector<NodeId>> groups;
        for (auto& [gain, group] : ranking) groups.push_back(std::move(group));
        return groups;
    }

    void lay_out() {
        add("fastest", request_.fastest);
        Plan fp32 = in_floating_point(graph_, request_.fastest, all_of(graph_, request_.fastest));
        const double base = points_[0].ms, between = time_of(fp32) - base;
        std::vector<NodeId> back;
        std::span<const double> shares = kShares;
        for (const std::vector<NodeId>& group : ranked()) {
            back.insert(back.end(), group.begin(), group.end());
            Plan plan = with_back(back);
            const double longer = time_of(plan) - base;
            if (shares.empty() || longer < shares[0] * between) continue;
            while (!shares.empty() && longer >= shares[0] * between) shares = shares.subspan(1);
            add(counted(back.size(), "operator") + " back", std::move(plan));
        }
        if (request_.chosen != request_.fastest) add("by the accuracy target", request_.chosen);
        chosen_ = request_.chosen == request_.fastest ? 0 : points_.size() - 1;
        fp32_ms_ = points_[0].ms + between;
    }

    Result<void> measure() {
        OCTAVO_TRY(const ValidationData data, open_validation(request_.config));
        OCTAVO_TRY(const Comparison comparison, Comparison::create(request_.config, request_.model, data.classes));
        const Contender::Request form{request_.config, request_.device, graph_, comparison, data.classes};
        OCTAVO_TRY(Contender fp32, Contender::create(form, nullptr));
        std::vector<Contender> contenders;
        for (const Point& point : points_) {
            OCTAVO_TRY(Contender made, Contender::create(form, &point.plan));
            contenders.push_back(std::move(made));
        }
        const auto see = [&](const Batch& batch) -> Result<void> {
            OCTAVO_CHECK_OK(fp32.run(batch));
            for (std::size_t i = 0; i < points_.size(); ++i) {
                OCTAVO_CHECK_OK(contenders[i].run(batch));
                OCTAVO_TRY(const auto found,
                           comparison.compare(fp32.said().kept, contenders[i].said().kept, batch.geometries, batch_of(graph_)));
                for (const std::vector<Fidelity>& image : found)
                    for (const Fidelity& one : image) points_[i].nearness.merge(one);
            }
            return {};
        };
        const std::vector<Port> inputs = ports_of(graph_, graph_.inputs);
        for (std::size_t slice = 0; slice < data.datasets.size(); ++slice) {
            const std::vector<std::int64_t> numbers = few_of(request_.images.numbers[slice]);
            if (numbers.empty()) continue;
            const Config& config = request_.config;
            OCTAVO_TRY(const SamplesDone done, for_each_batch({data.datasets[slice], 0, 0, config.preprocess, inputs, config.threads,
                                                               config.skip_unreadable, request_.stop, numbers, request_.pictures, slice},
                                                              see));
        }
        return {};
    }

    // A slice's part of the images, evenly spread.
    std::vector<std::int64_t> few_of(const std::vector<std::int64_t>& numbers) const {
        const auto all = static_cast<std::size_t>(request_.images.images);
        const std::size_t count = std::min(numbers.size(), (numbers.size() * kImages + all - 1) / all);
        std::vector<std::int64_t> few;
        for (std::size_t i = 0; i < count; ++i) few.push_back(numbers[i * numbers.size() / count]);
        return few;
    }

    std::vector<ReportPoint> told() const {
        std::vector<ReportPoint> all;
        for (std::size_t i = 0; i < points_.size(); ++i) {
            const double share = int8_share(report_operators(graph_, points_[i].plan)).multiply_adds;
            all.push_back({points_[i].name, points_[i].ms, points_[i].nearness.snr_db(), share, i == chosen_});
        }
        all.push_back({"fp32", fp32_ms_, std::numeric_limits<double>::infinity(), 0, false});
        std::stable_sort(all.begin(), all.end(), [](const ReportPoint& a, const ReportPoint& b) { return a.ms < b.ms; });
        std::vector<ReportPoint> front;
        double best = -std::numeric_limits<double>::infinity();
        for (const ReportPoint& point : all) {
            if (point.snr_db > best || point.is_chosen) front.push_back(point);
            best = std::max(best, point.snr_db);
        }
        return front;
    }

    const FrontRequest& request_;
    const Graph& graph_;
    const FlatGraph flat_;
    std::vector<Point> points_;
    std::size_t chosen_ = 0;
    double fp32_ms_ = 0;
};

}  // namespace

Result<std::vector<ReportPoint>> find_front(const FrontRequest& request) {
    OCTAVO_TRY(const Graph graph, with_batch_if_free(request.model.executed, request.config.batch));
    return Front(request, graph).find();
}

}  // namespace octavo
