// Without an adapter, the place of the greatest output takes the part of the class, so that agreement can be told without labels.
#include "core/pipeline/contender.h"

#include <octavo/blob.h>

#include <algorithm>

namespace octavo {
namespace {

constexpr const char* kChanged = "the images that can be read have become others while this ran; expected a data set that nobody changes";
constexpr std::size_t kRememberedBytes = std::size_t{64} << 20;

// Index of the greatest score, the first of equals.
std::int64_t greatest(std::span<const float> scores) {
    return std::max_element(scores.begin(), scores.end()) - scores.begin();
}

std::optional<std::int64_t> best_class(const octavo_blob& prediction) {
    const auto scores = values_of<float>(prediction, OCTAVO_BLOB_CLASS_SCORES, "the prediction");
    if (!scores || scores->empty()) return {};
    return greatest(*scores);
}

// N x C, or N x C x 1 x 1.
bool is_list_of_scores(const Graph& graph, std::span<const ComparedOutput> compared) {
    if (compared.size() != 1) return false;
    const TensorId tensor = find_tensor(graph, compared[0].tensor);
    if (tensor == TensorId::none) return false;
    const Shape& shape = graph[tensor].shape;
    return shape.size() >= 2 && shape[1] > 1 && element_count(shape) == shape[0] * shape[1];
}

std::size_t bytes_of(const Said& said) {
    std::size_t bytes = sizeof(Said);
    for (const KeptOutput& output : said.kept) bytes += sizeof(KeptOutput) + output.values.size() * sizeof(float);
    for (const Answer& answer : said.answers) bytes += sizeof(Answer) + (answer.boxes ? answer.boxes->size() : 0) * sizeof(octavo_box);
    return bytes;
}

}  // namespace

void Memory::add(const Said& said) {
    if (bytes_ <= kRememberedBytes) bytes_ += bytes_of(said);
    if (bytes_ <= kRememberedBytes)
        all_.push_back(said);
    else
        all_ = {};
}

std::vector<Said> Memory::take() {
    return std::move(all_);
}

Result<const Said*> Recollection::of(const Batch& batch) {
    if (next_ == all_.size() || all_[next_].numbers != batch.numbers) return Error(Code::data, batch.ids[0] + ": " + kChanged);
    return &all_[next_++];
}

Result<void> Recollection::finish() const {
    return next_ == all_.size() ? Result<void>() : Error(Code::data, kChanged);
}

Result<Contender> Contender::create(const Request& request, const Plan* plan) {
    const Config& config = request.config;
    const std::span<const ComparedOutput> outputs = request.comparison.outputs();
    Contender contender;
    contender.compared_.assign(outputs.begin(), outputs.end());
    contender.read_ = request.outputs;
    if (contender.read_) {
        for (ComparedOutput& compared : contender.compared_) compared.tensor = compared.output;  // there are no others
    } else {
        std::vector<std::string> taps;
        for (const ComparedOutput& compared : outputs)
            if (compared.tensor != compared.output) taps.push_back(compared.tensor);
        OCTAVO_TRY(contender.session_, Session::compile(request.device, request.graph, plan, {config.threads, {}, false}, taps));
    }
    for (std::size_t i = 0; config.metric && i <= request.parts; ++i) {
        OCTAVO_TRY(MetricHandle metric, MetricHandle::create(*config.metric->plugin, config.metric->values, request.classes));
        metric.reset();
        contender.metrics_.push_back(std::move(metric));
    }
    if (config.adapter) {
        OCTAVO_TRY(contender.adapter_, AdapterHandle::create(*config.adapter->plugin, config.adapter->values, request.classes));
    }
    contender.gives_scores_ = is_list_of_scores(request.graph, contender.compared_);
    contender.said_.kept.resize(outputs.size());
    return contender;
}

Result<void> Contender::run(const Batch& batch, std::span<const std::size_t> parts) {
    OCTAVO_TRY(const std::vector<octavo_output> outputs, outputs_of(batch));
    for (std::size_t i = 0; i < compared_.size(); ++i)
        for (const octavo_output& output : outputs)
            if (compared_[i].tensor == output.name) said_.kept[i] = keep_output(compared_[i].output, output.tensor);
    return answer(batch, outputs, parts);
}

Result<std::vector<octavo_output>> Contender::outputs_of(const Batch& batch) {
    if (read_) return read_->next(batch.size());
    const auto keep_tap = [&](std::int32_t tensor, const octavo_tensor& view) {
        std::size_t tap = 0;  // taps are the compared outputs that are no outputs of the graph, in order
        for (std::size_t i = 0; i < compared_.size(); ++i) {
            if (compared_[i].tensor == compared_[i].output) continue;
            if (session_.taps()[tap++] == tensor) said_.kept[i] = keep_output(compared_[i].output, view);
        }
    };
    OCTAVO_CHECK_OK(session_.run(batch.inputs, keep_tap));
    return session_.named_outputs();
}

std::optional<std::int64_t> Contender::greatest_output(std::size_t row) const {
    if (!gives_scores_) return {};
    return greatest(said_.kept[0].row(row));
}

Result<void> Contender::answer(const Batch& batch, std::span<const octavo_output> outputs, std::span<const std::size_t> parts) {
    said_.numbers = batch.numbers;
    said_.answers.assign(batch.size(), {});
    if (!adapter_) {
        for (std::size_t row = 0; row < batch.size(); ++row) said_.answers[row].best_class = greatest_output(row);
        return {};
    }
    Result<void> added;
    std::size_t predictions = 0;
    OCTAVO_CHECK_OK(adapter_->adapt(outputs, batch.geometries, [&](std::int64_t row, const octavo_blob& prediction) {
        if (!added || row < 0 || static_cast<std::size_t>(row) >= batch.size()) return;
        const auto sample = static_cast<std::size_t>(row);
        ++predictions;
        said_.answers[sample].best_class = best_class(prediction);
        if (const auto boxes = values_of<octavo_box>(prediction, OCTAVO_BLOB_BOXES, "the prediction"))
            said_.answers[sample].boxes.emplace(boxes->begin(), boxes->end());
        for (std::size_t i = 0; i < metrics_.size(); ++i) {
            if (i > 0 && parts[sample] != i - 1) continue;
            const Result<double> score = metrics_[i].add(prediction, batch.annotations[sample]);
            if (!score)
                added = score.error().within(batch.ids[sample]);
            else
                said_.answers[sample].score = *score;
        }
    }));
    if (added && predictions != batch.size())
        return Error(Code::internal, adapter_->title() + ": gave " + std::to_string(predictions) + " predictions for " +
                                         std::to_string(batch.size()) + " samples");
    return added;
}

Result<std::vector<MetricFigure>> Contender::figures() const {
    if (metrics_.empty()) return std::vector<MetricFigure>();
    return metrics_[0].result();
}

Result<std::vector<MetricFigure>> Contender::figures_of_part(std::size_t part) const {
    if (metrics_.empty()) return std::vector<MetricFigure>();
    return metrics_[part + 1].result();
}

}  // namespace octavo
