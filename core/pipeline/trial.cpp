// Everything is made anew from the state of the view at each call: a plan, the graph behind the frontier, an executable. Making these costs
// little beside running some dozens of images through them.
#include "core/pipeline/trial.h"

#include "core/base/hash.h"
#include "core/graph/product.h"
#include "core/pipeline/write_plan.h"

#include <octavo/plugin.h>

#include <algorithm>
#include <limits>
#include <tuple>

namespace octavo {
namespace {

constexpr double kClearlyWorse = 0.1;  // of the error of a part's first chunk; half of that with two, and so on
constexpr std::int64_t kChunk = 8;     // images that run together, if the model's batch is free

// The images whose hashed names come first: the same ones in whatever order they were calibrated on.
std::vector<std::int64_t> choose(const Statistics& statistics, std::size_t images) {
    std::vector<std::tuple<std::string, std::string, std::int64_t>> sorted;
    for (const auto& [name, number] : statistics.samples) {
        Hasher hasher;
        hasher.update(name);
        sorted.emplace_back(hasher.hex(), name, number);
    }
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < std::min(images, sorted.size()); ++i) numbers.push_back(std::get<2>(sorted[i]));
    return numbers;
}

// The product of this node alone, its result real and in front of activation and residual.
Node bare_product(const Node& node) {
    Node bare = node;
    for (const char* name : {"activation", "activation_alpha", "activation_beta", "inner"}) bare.attributes.erase(name);
    bare.inputs.resize(3);
    return bare;
}

// Of each channel of a product's result.
struct Means {
    std::vector<double> sums;
    bool last = false;       // the channels' axis, else the second
    std::size_t values = 0;  // of one channel

    double of(std::size_t channel) const { return sums[channel] / static_cast<double>(values); }

    void add(const octavo_tensor& view, std::size_t images, std::int64_t batch) {
        const std::size_t rows = rows_of_images(view.shape[0], images, batch);
        std::vector<float> shown;
        copy_rows(view, static_cast<std::int64_t>(rows), shown);
        const std::size_t each = shown.size() / sums.size(), places = last ? 1 : each / rows;
        for (std::size_t i = 0; i < shown.size(); ++i) sums[i / places % sums.size()] += static_cast<double>(shown[i]);
        values += each;
    }
};

// Calls of an algorithm that make no sense.
Error misuse(const std::string& what) {
    return {Code::internal, "octavo_trial: " + what};
}

}  // namespace

Trial::Trial(const QuantizeRequest& request, const CalibrationView& view) : request_(request), view_(view) {
    table_.size = sizeof table_;
    table_.context = this;
    table_.open = [](void* self, std::int64_t images, std::int32_t parts, std::int64_t* found, octavo_error* error) {
        return guarded(error, [&]() -> Result<void> {
            OCTAVO_TRY(*found, static_cast<Trial*>(self)->open(images, parts));
            return {};
        });
    };
    table_.move_to = [](void* self, std::int32_t node) {
        static_cast<Trial*>(self)->wanted_frontier_ = static_cast<std::size_t>(std::max(node, 0));
    };
    table_.node_of_point = [](void* self, std::int32_t point) { return static_cast<const Trial*>(self)->node_of_point(point); };
    table_.measure = [](void* self, const double* limits, double* errors, octavo_error* error) {
        return guarded(error, [&] { return static_cast<Trial*>(self)->measure(limits, errors); });
    };
    table_.product_shift = [](void* self, std::int32_t product, double* shift, octavo_error* error) {
        return guarded(error, [&] { return static_cast<Trial*>(self)->product_shift(product, shift); });
    };
    table_.progress = [](void* self, std::int64_t done, std::int64_t total, double gain_db) {
        const AlgorithmProgress& progress = static_cast<const Trial*>(self)->request_.progress;
        if (progress) progress(done, total, gain_db);
    };
    table_.should_stop = [](void* self) { return static_cast<const Trial*>(self)->request_.stop.stop_requested() ? 1 : 0; };
}

Result<std::int64_t> Trial::open(std::int64_t images, std::int32_t parts) {
    if (images < 1 || parts < 1) return misuse("opened for " + std::to_string(images) + " images in " + std::to_string(parts) + " parts");
    OCTAVO_TRY(graph_, with_batch_if_free(request_.model.executed, kChunk));
    OCTAVO_TRY(const DatasetHandle dataset, DatasetHandle::create(*request_.config.dataset, request_.config.calibration.dataset));
    OCTAVO_TRY(comparison_, Comparison::create(request_.config, request_.model, dataset.class_names()));
    compared_ = comparison_->tensors(graph_);
    if (compared_.empty()) return Error(Code::model, "has no output of real numbers to compare");
    frontier_ = Frontier(graph_, compared_);
    OCTAVO_CHECK_OK(read_images(dataset, images, static_cast<std::size_t>(parts)));
    signal_.assign(static_cast<std::size_t>(parts), std::vector<double>(comparison_->names().size(), 0));
    fp32_means_.clear();
    last_ = {};
    OCTAVO_CHECK_OK(expect());
    std::int64_t found = 0;
    for (const Chunk& chunk : chunks_) found += static_cast<std::int64_t>(chunk.rows);
    return found;
}

// Images are dealt in turns, so that no part is chosen by name. A stop does not act here: it asks algorithms to end with what they have
// found, and that is a plan.
Result<void> Trial::read_images(const DatasetHandle& dataset, std::int64_t images, std::size_t parts) {
    const Config& config = request_.config;
    const std::vector<Port> inputs = ports_of(graph_, graph_.inputs);
    const std::vector<std::int64_t> numbers = choose(request_.statistics, static_cast<std::size_t>(images));
    chunks_.clear();
    for (std::size_t part = 0; part < std::min(parts, numbers.size()); ++part) {
        std::vector<std::int64_t> dealt;
        for (std::size_t i = part; i < numbers.size(); i += parts) dealt.push_back(numbers[i]);
        const SampleRequest samples{dataset, 0, 0, config.preprocess, inputs, config.threads, false, {}, dealt};
        const Result<SamplesDone> done = for_each_batch(samples, [&](const Batch& batch) -> Result<void> {
            frontier_.add(batch.inputs);
            chunks_.push_back({part, batch.size(), batch.geometries, {}});
            return {};
        });
        if (!done) return done.error();
    }
    return {};
}

Result<Session> Trial::compile(const Graph& part, const Plan* plan) const {
    return Session::compile(request_.device, part, plan, {request_.config.threads, {}, false});
}

Result<Session> Trial::compile_as_planned(const Graph& part) const {
    OCTAVO_TRY(const Plan plan, write_plan(request_, graph_, view_));
    return compile(part, &plan);
}

// The fp32 outputs, and their energy.
Result<void> Trial::expect() {
    OCTAVO_TRY(Session session, compile(slice(graph_, 0, graph_.nodes.size(), compared_), nullptr));
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
        Chunk& chunk = chunks_[i];
        OCTAVO_CHECK_OK(session.run(frontier_.inputs(i)));
        chunk.expected = comparison_->keep(session.output_views());
        OCTAVO_TRY(const auto figures, comparison_->compare(chunk.expected, chunk.expected, chunk.geometries, batch_of(graph_)));
        for (const std::vector<Fidelity>& sample : figures)
            for (std::size_t figure = 0; figure < sample.size(); ++figure) signal_[chunk.part][figure] += sample[figure].signal();
    }
    return {};
}

std::int32_t Trial::node_of_point(std::int32_t point) const {
    if (point < 0 || static_cast<std::size_t>(point) >= request_.layout.points.size() || chunks_.empty()) return 0;
    const QuantizationPoint& at = request_.layout.points[static_cast<std::size_t>(point)];
    const bool acts = residual_sums_in(request_.config.export_as) == ResidualSums::rounded;
    if (at.node) return acts ? static_cast<std::int32_t>(index(*at.node)) : -1;
    const Links links(graph_);
    std::int32_t first = static_cast<std::int32_t>(graph_.nodes.size());
    for (const TensorId id : at.tensors) first = std::min(first, links.producer[index(id)]);
    return std::max(first, 0);  // inputs have no producer
}

Trial::State Trial::state() const {
    State now{view_.ranges(), {}, {}};
    for (const ProductState& product : view_.products()) {
        now.biases.push_back(product.biases);
        now.weight_scales.push_back(product.weight_scale);
    }
    return now;
}

bool Trial::is_frontier_stale() const {
    const State now = state();
    for (std::size_t i = 0; i < now.ranges.size(); ++i) {
        if (now.ranges[i] == settled_.ranges[i]) continue;
        const std::int32_t node = node_of_point(static_cast<std::int32_t>(i));
        if (node >= 0 && static_cast<std::size_t>(node) < frontier_.node()) return true;
    }
    for (std::size_t i = 0; i < now.biases.size(); ++i) {
        const bool changed = now.biases[i] != settled_.biases[i] || now.weight_scales[i] != settled_.weight_scales[i];
        if (changed && index(request_.layout.products[i]) < frontier_.node()) return true;
    }
    return false;
}

Result<void> Trial::settle() {
    if (frontier_.node() > 0 && is_frontier_stale()) frontier_.reset();
    const std::size_t from = frontier_.node();
    OCTAVO_CHECK_OK(frontier_.move_to(wanted_frontier_, [this](const Graph& part) { return compile_as_planned(part); }));
    if (frontier_.node() != from) settled_ = state();
    return {};
}

Result<void> Trial::measure(const double* limits, double* errors) {
    if (chunks_.empty()) return misuse("measured before it was opened");
    OCTAVO_CHECK_OK(settle());
    const Graph part = frontier_.rest();
    OCTAVO_TRY(Session session, compile_as_planned(part));
    Measured now{std::vector<double>(signal_.size(), 0), {}};
    const bool is_like_last = limits && std::equal(last_.errors.begin(), last_.errors.end(), limits, limits + signal_.size());
    for (std::size_t i = 0, of_part = 0; i < chunks_.size(); ++i) {
        const Chunk& chunk = chunks_[i];
        of_part = i > 0 && chunks_[i - 1].part == chunk.part ? of_part + 1 : 1;
        OCTAVO_CHECK_OK(frontier_.run(session, part, i));
        OCTAVO_TRY(const double error, error_of(session, chunk));
        now.errors[chunk.part] += error;
        now.so_far.push_back(now.errors[chunk.part]);
        const double allowed = 1 + kClearlyWorse / static_cast<double>(of_part);
        const bool is_hopeless = is_like_last && now.so_far[i] > allowed * last_.so_far[i];
        if (limits && (now.so_far[i] > limits[chunk.part] || is_hopeless)) {
            std::fill(now.errors.begin() + static_cast<std::ptrdiff_t>(chunk.part), now.errors.end(),
                      std::numeric_limits<double>::infinity());
            std::copy(now.errors.begin(), now.errors.end(), errors);
            return {};
        }
    }
    std::copy(now.errors.begin(), now.errors.end(), errors);
    last_ = std::move(now);
    return {};
}

// What a chunk adds to the error of its part.
Result<double> Trial::error_of(const Session& session, const Chunk& chunk) const {
    OCTAVO_TRY(const auto figures,
               comparison_->compare(chunk.expected, comparison_->keep(session.output_views()), chunk.geometries, batch_of(graph_)));
    const std::vector<double>& signal = signal_[chunk.part];
    double error = 0;
    for (const std::vector<Fidelity>& sample : figures)
        for (std::size_t i = 0; i < sample.size(); ++i) error += signal[i] > 0 ? sample[i].noise() / signal[i] : 0;
    return error / static_cast<double>(signal.size());
}

Result<void> Trial::product_shift(std::int32_t number, double* shift) {
    const auto product = static_cast<std::size_t>(number);
    if (chunks_.empty()) return misuse("asked for a shift before it was opened");
    if (number < 0 || product >= request_.layout.products.size())
        return misuse("asked for the shift of product " + std::to_string(number) + ", which is not there");
    if (fp32_means_.empty()) OCTAVO_CHECK_OK(measure_fp32_means());
    const std::size_t node = index(request_.layout.products[product]);
    wanted_frontier_ = node;
    OCTAVO_CHECK_OK(settle());

    // The frontier stays in front of the first output, so a product behind it takes what lies between along.
    Graph part = graph_;
    part.nodes.resize(node);
    part.nodes.push_back(bare_product(graph_.nodes[node]));
    Tensor result = graph_[graph_.nodes[node].outputs[0]];
    result.name = graph_.unused_name("bare product");
    part.nodes.back().outputs = {part.add_tensor(std::move(result))};
    part = slice(part, frontier_.node(), part.nodes.size(), part.nodes.back().outputs);
    OCTAVO_TRY(Session session, compile_as_planned(part));
    Means means{std::vector<double>(fp32_means_[product].size(), 0)};
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
        OCTAVO_CHECK_OK(frontier_.run(session, part, i));
        means.add(session.output_views()[0], chunks_[i].rows, batch_of(graph_));
    }
    for (std::size_t c = 0; c < means.sums.size(); ++c) shift[c] = fp32_means_[product][c] - means.of(c);
    return {};
}

// One fp32 pass over a graph where each product has a bare twin beside it.
Result<void> Trial::measure_fp32_means() {
    Graph twins = graph_;
    twins.nodes.clear();
    std::vector<std::string> taps;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
        const auto& products = request_.layout.products;
        if (std::find(products.begin(), products.end(), static_cast<NodeId>(n)) != products.end()) {
            Node twin = bare_product(graph_.nodes[n]);
            Tensor result = graph_[twin.outputs[0]];
            result.name = twins.unused_name(result.name + " bare");
            taps.push_back(result.name);
            twin.name += " bare";
            twin.outputs = {twins.add_tensor(std::move(result))};
            twins.nodes.push_back(std::move(twin));
        }
        twins.nodes.push_back(graph_.nodes[n]);
    }
    OCTAVO_TRY(Session session, Session::compile(request_.device, twins, nullptr, {request_.config.threads, {}, false}, taps));
    std::vector<Means> means;  // [product]
    for (std::size_t i = 0; i < request_.layout.products.size(); ++i) {
        const Node& node = graph_[request_.layout.products[i]];
        const Shape& shape = graph_[node.outputs[0]].shape;
        means.push_back({std::vector<double>(static_cast<std::size_t>(view_.products()[i].output_channels), 0),
                         channel_axis(node, shape) + 1 == shape.size()});
    }
    for (std::size_t i = 0; i < chunks_.size(); ++i)
        OCTAVO_CHECK_OK(session.run(frontier_.inputs(i), [&](std::int32_t tensor, const octavo_tensor& view) {
            const auto tap = std::find(session.taps().begin(), session.taps().end(), tensor) - session.taps().begin();
            means[static_cast<std::size_t>(tap)].add(view, chunks_[i].rows, batch_of(graph_));
        }));
    for (const Means& one : means) {
        std::vector<double>& of_product = fp32_means_.emplace_back();
        for (std::size_t c = 0; c < one.sums.size(); ++c) of_product.push_back(one.of(c));
    }
    return {};
}

}  // namespace octavo
