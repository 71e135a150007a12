// The pixels of all images are kept as bytes, as they are behind resize and crop.
#include "core/pipeline/variants.h"

#include "core/pipeline/config_preprocess.h"

#include <octavo/blob.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace octavo {
namespace {

namespace json = boost::json;

constexpr std::size_t kFinalists = 4;
constexpr double kUsualCrop = 0.875;  // 224 of 256
constexpr double kSameLoss = 1.02;

json::array shorter_side_and_crop(const InputShape& shape) {
    const auto side = static_cast<std::int64_t>(std::lround(std::max(shape.height, shape.width) / kUsualCrop));
    return {json::object{{"resize", json::object{{"shorter_side", side}}}}, json::object{{"crop", json::array{shape.height, shape.width}}}};
}

json::array exact(const InputShape& shape) {
    return {json::object{{"resize", json::object{{"width", shape.width}, {"height", shape.height}}}}};
}

std::vector<ChannelOrder> orders_of(const InputShape& shape) {
    if (shape.channels == 1) return {ChannelOrder::rgb};
    return {ChannelOrder::rgb, ChannelOrder::bgr};
}

// What is kept of one image: its pixels behind the framing.
struct Picture {
    Image image;
    octavo_geometry geometry{};
    octavo_blob annotation{};
};

std::array<double, 3> in_order(const std::array<double, 3>& rgb, ChannelOrder order) {
    return order == ChannelOrder::rgb ? rgb : std::array<double, 3>{rgb[2], rgb[1], rgb[0]};
}

Normalize numbers_in(const Numbers& numbers, ChannelOrder order) {
    Normalize step;
    step.order = order;
    const std::array<double, 3> mean = in_order(numbers.mean, order), scale = in_order(numbers.scale, order);
    std::transform(mean.begin(), mean.end(), step.mean.begin(), [](double x) { return static_cast<float>(x); });
    std::transform(scale.begin(), scale.end(), step.scale.begin(), [](double x) { return static_cast<float>(x); });
    return step;
}

double cross_entropy(std::span<const float> scores, std::int64_t label, bool are_probabilities) {
    constexpr double kLeast = 1e-12;
    const double own = scores[static_cast<std::size_t>(label)];
    if (are_probabilities) return -std::log(std::max(own, kLeast));
    const double greatest = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (const double score : scores) sum += std::exp(score - greatest);
    return greatest + std::log(sum) - own;
}

// One label offset: how outputs are read, and what they are worth.
struct Judge {
    std::int64_t label_offset = 0;
    AdapterHandle adapter;
    MetricHandle metric;
    double loss = 0;
    std::optional<Error> failed;

    static Result<Judge> create(const VariantsRequest& request, std::int64_t label_offset) {
        json::object read, worth;
        if (declares(request.adapter, "label_offset")) read["label_offset"] = label_offset;
        if (declares(request.metric, "top")) worth["top"] = json::array{1};
        OCTAVO_TRY(const ParameterValues adapter, parameters_of(request.adapter, read));
        OCTAVO_TRY(const ParameterValues metric, parameters_of(request.metric, worth));
        Judge judge;
        judge.label_offset = label_offset;
        OCTAVO_TRY(judge.adapter, AdapterHandle::create(request.adapter, adapter, request.dataset.class_names()));
        OCTAVO_TRY(judge.metric, MetricHandle::create(request.metric, metric, request.dataset.class_names()));
        return judge;
    }

    void reset() {
        metric.reset();
        loss = 0;
        failed.reset();
    }

    // What fails (numbers far from the right ones may give NaN) puts this variant out, and no other.
    void add(std::span<const octavo_output> outputs, const Picture& picture, bool are_probabilities) {
        const auto judge = [&](std::int64_t, const octavo_blob& prediction) {
            const Result<double> score = metric.add(prediction, picture.annotation);
            if (!score) failed = score.error();
            const auto scores = values_of<float>(prediction, OCTAVO_BLOB_CLASS_SCORES, "the prediction");
            const std::optional<std::int64_t> label = class_of(picture.annotation);
            if (score && scores && label && *label >= 0 && static_cast<std::size_t>(*label) < scores->size())
                loss += cross_entropy(*scores, *label, are_probabilities);
        };
        const Result<void> adapted = adapter.adapt(outputs, std::span(&picture.geometry, 1), judge);
        if (!adapted) failed = adapted.error();
        if (!std::isfinite(loss)) loss = std::numeric_limits<double>::max() / 2;
    }
};

class Comparison {
public:
    static Result<Comparison> create(const VariantsRequest& request) {
        Comparison comparison(request);
        OCTAVO_TRY(const Graph graph, with_batch_if_free(request.model.executed, 1));
        OCTAVO_TRY(comparison.session_, Session::compile(request.device, graph, nullptr, {}));
        OCTAVO_TRY(comparison.shape_, image_shape(comparison.session_.inputs()));
        comparison.input_.emplace_back(comparison.session_.inputs()[0].size_bytes());
        const std::vector<ComparedOutput>& compared = request.model.compared;
        comparison.are_probabilities_ = !compared.empty() && compared[0].are_probabilities;
        for (const std::int64_t offset : request.label_offsets) {
            OCTAVO_TRY(Judge judge, Judge::create(request, offset));
            comparison.judges_.push_back(std::move(judge));
        }
        return comparison;
    }

    Result<VariantsResult> run() {
        const Framing& first = usual_framings().front();
        OCTAVO_CHECK_OK(decode(first));
        for (const Numbers& numbers : usual_numbers(shape_))
            for (const ChannelOrder order : orders_of(shape_)) OCTAVO_CHECK_OK(measure({&first, &numbers, order, 0}));
        if (tried_.empty()) return *last_failure_;
        const std::vector<Variant> finalists = best(kFinalists);
        for (const Framing& framing : usual_framings().subspan(1)) {
            OCTAVO_CHECK_OK(decode(framing));
            for (const Variant& variant : finalists) OCTAVO_CHECK_OK(measure({&framing, variant.numbers, variant.order, 0}));
        }
        rank();
        return VariantsResult{std::move(tried_), static_cast<std::int64_t>(pictures_.size()), figure_name_, unit_};
    }

private:
    explicit Comparison(const VariantsRequest& request) : request_(request) {}

    // Images that cannot be read are left out; the first calibration will name them.
    Result<void> decode(const Framing& framing) {
        std::vector<Finding> none;
        const Preprocess steps = read_preprocess(framing.steps(shape_), "", none);
        pictures_.clear();
        const std::int64_t count = request_.dataset.count(), wanted = std::min(count, request_.images);
        Error last(Code::data, request_.dataset.title() + ": no image files");
        for (std::int64_t i = 0; i < wanted; ++i) {
            if (request_.stop.stop_requested()) return Error(Code::interrupted, "interrupted");
            OCTAVO_TRY(const octavo_sample sample, request_.dataset.sample(i * count / wanted));
            if (!sample.path) continue;
            Result<Framed> framed = framed_file(sample.path, steps, shape_);
            if (!framed)
                last = framed.error();
            else
                pictures_.push_back({std::move(framed->image), geometry_of(framed->geometry, shape_), sample.annotation});
        }
        if (pictures_.empty()) return last;
        return {};
    }

    void fill_input(const Picture& picture, const Variant& variant) {
        const std::span<std::byte> row = std::span(input_[0]).first(row_bytes(session_.inputs()[0]));
        write_row({{numbers_in(*variant.numbers, variant.order)}}, picture.image, row, shape_);
    }

    Result<void> measure(const Variant& variant) {
        for (Judge& judge : judges_) judge.reset();
        for (const Picture& picture : pictures_) {
            if (request_.stop.stop_requested()) return Error(Code::interrupted, "interrupted");
            fill_input(picture, variant);
            OCTAVO_CHECK_OK(session_.run(input_));
            const std::vector<octavo_output> outputs = session_.named_outputs();
            for (Judge& judge : judges_) judge.add(outputs, picture, are_probabilities_);
            if (request_.progress) request_.progress(++runs_);
        }
        for (const Judge& judge : judges_) {
            if (judge.failed) {
                last_failure_ = judge.failed;
                continue;
            }
            OCTAVO_TRY(const std::vector<MetricFigure> figures, judge.metric.result());
            TriedVariant tried{variant, 0, judge.loss / static_cast<double>(pictures_.size())};
            tried.variant.label_offset = judge.label_offset;
            for (const MetricFigure& figure : figures) {
                if (!figure.principal) continue;
                tried.figure = figure.value;
                figure_name_ = figure.name;
                unit_ = figure.unit;
            }
            tried_.push_back(tried);
        }
        return {};
    }

    void rank() {
        const auto by_figure = [](const TriedVariant& a, const TriedVariant& b) {
            return a.figure != b.figure ? a.figure > b.figure : a.loss < b.loss;
        };
        std::stable_sort(tried_.begin(), tried_.end(), by_figure);
        const double share = std::clamp(tried_.front().figure / 100, 0.0, 1.0);
        const double error = 100 * std::sqrt(share * (1 - share) / static_cast<double>(pictures_.size()));
        const auto is_equal = [&](const TriedVariant& one) { return one.figure >= tried_.front().figure - error; };
        const auto end = std::find_if_not(tried_.begin(), tried_.end(), is_equal);
        std::stable_sort(tried_.begin(), end, [](const TriedVariant& a, const TriedVariant& b) { return a.loss < b.loss; });
        // Numbers that are nearly the same, as some of the usual ones are, lose the same: then the more usual ones stand first.
        const double least = tried_.front().loss;
        const auto first = std::find_if_not(tried_.begin(), end, [&](const TriedVariant& one) { return one.loss <= kSameLoss * least; });
        std::stable_sort(tried_.begin(), first, [](const TriedVariant& a, const TriedVariant& b) {  // places in one table each
            return std::pair(a.variant.framing, a.variant.numbers) < std::pair(b.variant.framing, b.variant.numbers);
        });
    }

    // Numbers and orders of the best variants, each once.
    std::vector<Variant> best(std::size_t most) {
        rank();
        std::vector<Variant> chosen;
        for (const TriedVariant& tried : tried_) {
            const auto same = [&](const Variant& one) { return one.numbers == tried.variant.numbers && one.order == tried.variant.order; };
            if (chosen.size() < most && std::none_of(chosen.begin(), chosen.end(), same)) chosen.push_back(tried.variant);
        }
        return chosen;
    }

    const VariantsRequest& request_;
    Session session_;
    InputShape shape_;
    bool are_probabilities_ = false;
    std::vector<Judge> judges_;
    std::vector<Picture> pictures_;
    std::vector<std::vector<std::byte>> input_;
    std::vector<TriedVariant> tried_;
    std::optional<Error> last_failure_;
    std::string figure_name_, unit_;
    std::int64_t runs_ = 0;
};

json::array written(const std::array<double, 3>& values, ChannelOrder order) {
    const std::array<double, 3> shown = in_order(values, order);
    return json::array(shown.begin(), shown.end());
}

}  // namespace

std::span<const Numbers> usual_numbers(const InputShape& shape) {
    static constexpr Numbers kNumbers[] = {
        {"torchvision's mean and deviation", {123.675, 116.28, 103.53}, {0.01712475, 0.017507, 0.01742919}},
        {"-1 to 1", {127.5, 127.5, 127.5}, {0.00784313725, 0.00784313725, 0.00784313725}},
        {"0 to 1", {0, 0, 0}, {0.00392156863, 0.00392156863, 0.00392156863}},
        {"Caffe's mean", {123, 117, 104}, {1, 1, 1}},
        {"Caffe's mean, times 0.017", {123.68, 116.78, 103.94}, {0.017, 0.017, 0.017}},
        {"0 to 255", {0, 0, 0}, {1, 1, 1}},
    };
    return shape.is_bytes ? std::span(kNumbers).last(1) : std::span(kNumbers);
}

std::span<const Framing> usual_framings() {
    static constexpr Framing kFramings[] = {{"shorter side, then crop", shorter_side_and_crop}, {"straight to the size", exact}};
    return kFramings;
}

json::array steps_of(const Variant& variant, const InputShape& shape) {
    json::array steps = variant.framing->steps(shape);
    steps.push_back(json::object{{"normalize", json::object{{"mean", written(variant.numbers->mean, variant.order)},
                                                            {"scale", written(variant.numbers->scale, variant.order)},
                                                            {"order", variant.order == ChannelOrder::rgb ? "RGB" : "BGR"}}}});
    return steps;
}

std::int64_t variant_runs(std::int64_t images, const InputShape& shape) {
    const std::size_t first = usual_numbers(shape).size() * orders_of(shape).size();
    const std::size_t others = (usual_framings().size() - 1) * std::min(first, kFinalists);
    return images * static_cast<std::int64_t>(first + others);
}

Result<VariantsResult> try_variants(const VariantsRequest& request) {
    OCTAVO_TRY(Comparison comparison, Comparison::create(request));
    return comparison.run();
}

}  // namespace octavo
