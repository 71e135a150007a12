#include <octavo/detector.h>

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

double area(const Corners& box) {
    return std::max(0.0, double{box.right} - box.left) * std::max(0.0, double{box.bottom} - box.top);
}

double square(double x) {
    return x * x;
}

// Pixels of the network's input to pixels of the original image.
Corners original(const Corners& box, const octavo_geometry& geometry, bool clip) {
    const auto back = [clip](float place, double offset, double scale, std::int32_t size) {
        const double there = (place + offset) / scale;
        return static_cast<float>(clip ? std::clamp(there, 0.0, static_cast<double>(size)) : there);
    };
    const auto x = [&](float place) { return back(place, geometry.offset_x, geometry.scale_x, geometry.source_width); };
    const auto y = [&](float place) { return back(place, geometry.offset_y, geometry.scale_y, geometry.source_height); };
    return {x(box.left), y(box.top), x(box.right), y(box.bottom)};
}

}  // namespace

double overlap(const Corners& a, const Corners& b) {
    const double width = std::min(double{a.right}, double{b.right}) - std::max(a.left, b.left);
    const double height = std::min(double{a.bottom}, double{b.bottom}) - std::max(a.top, b.top);
    if (!(width > 0 && height > 0)) return 0;
    const double both = width * height, share = both / (area(a) + area(b) - both);
    return share > 0 ? share : 0;  // of two infinite boxes it is no number
}

std::size_t suppress(std::span<const Corners> boxes, std::span<std::int32_t> order, double most_overlap) {
    std::size_t kept = 0;
    for (const std::int32_t next : order) {
        const Corners& box = boxes[static_cast<std::size_t>(next)];
        const bool is_free = std::all_of(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), [&](std::int32_t better) {
            return !(overlap(boxes[static_cast<std::size_t>(better)], box) > most_overlap);
        });
        if (is_free) order[kept++] = next;
    }
    return kept;
}

void Candidates::resize(std::int64_t count, std::size_t wanted_columns) {
    columns = wanted_columns;
    boxes.resize(static_cast<std::size_t>(count));
    scores.resize(boxes.size() * columns);
}

Detector::Detector(const Values& values)
    : map_(values.texts("labels"), values.integer("background")),
      score_threshold_(values.real("score_threshold")),
      most_overlap_(values.real("nms_iou")),
      top_k_(values.integer("top_k")),
      max_detections_(values.integer("max_detections")),
      clip_(values.boolean("clip")) {}

Result<void> Detector::adapt(std::span<const octavo_output> outputs, std::span<const octavo_geometry> geometries, const Sink& sink) {
    for (std::size_t i = 0; i < geometries.size(); ++i) {
        const auto row = static_cast<std::int64_t>(i);
        OCTAVO_CHECK_OK(decode_image(outputs, row, geometries[i], candidates_));
        choose(geometries[i]);
        sink(row, blob_of<octavo_box>(OCTAVO_BLOB_BOXES, boxes_));
    }
    return {};
}

Result<void> Detector::compare(std::span<const octavo_output> expected, std::span<const octavo_output> found,
                               std::span<const octavo_geometry> geometries, std::span<double> signal, std::span<double> noise) {
    for (std::size_t i = 0; i < geometries.size(); ++i) {
        OCTAVO_CHECK_OK(decode_image(expected, static_cast<std::int64_t>(i), geometries[i], candidates_));
        OCTAVO_CHECK_OK(decode_image(found, static_cast<std::int64_t>(i), geometries[i], found_));
        OCTAVO_TRY(const Energies energies, difference(candidates_, found_));
        signal[i] = energies.signal;
        noise[i] = energies.noise;
    }
    return {};
}

Result<Energies> Detector::difference(const Candidates& expected, const Candidates& found) const {
    if (expected.boxes.size() != found.boxes.size())
        return Error(Code::model, "found " + std::to_string(found.boxes.size()) + " candidates, expected the " +
                                      std::to_string(expected.boxes.size()) + " that the other side has");
    Energies sum;
    for (std::size_t i = 0; i < expected.boxes.size(); ++i) {
        const std::span<const float> want = expected.scores_of(i), have = found.scores_of(i);
        float best = 0;
        for (std::size_t j = 0; j < want.size(); ++j) {
            sum.signal += square(want[j]);
            sum.noise += square(double{want[j]} - have[j]);
            best = std::max(best, want[j]);
        }
        if (expected.boxes[i] != found.boxes[i]) sum.noise += square(best * (1 - overlap(expected.boxes[i], found.boxes[i])));
    }
    return sum;
}

Result<std::span<const std::int32_t>> Detector::wanted_columns(const std::string& place, std::int64_t found) {
    OCTAVO_CHECK_OK(map_.choose(place, found));
    return map_.columns();
}

Result<void> Detector::decode_image(std::span<const octavo_output> outputs, std::int64_t row, const octavo_geometry& geometry,
                                    Candidates& into) {
    if (geometry.input_width < 1 || geometry.input_height < 1)
        return Error(Code::config, "found an input that is no image, expected a data set of images");
    return decode(outputs, row, geometry, into);
}

// From candidates_ to boxes_. Suppression looks at what is kept of a box in the original image; a box beside it is none.
void Detector::choose(const octavo_geometry& geometry) {
    for (Corners& box : candidates_.boxes) box = original(box, geometry, clip_);
    const std::vector<Corners>& places = candidates_.boxes;
    const auto width = static_cast<float>(geometry.source_width), height = static_cast<float>(geometry.source_height);
    const auto is_seen = [&](const Corners& box) {
        return !clip_ || (box.right > 0 && box.bottom > 0 && box.left < width && box.top < height);
    };
    boxes_.clear();
    for (std::size_t column = 0; column < candidates_.columns; ++column) {
        const auto score = [&](std::int32_t i) { return candidates_.scores[static_cast<std::size_t>(i) * candidates_.columns + column]; };
        order_.clear();
        for (std::int32_t i = 0; i < static_cast<std::int32_t>(places.size()); ++i)
            if (score(i) > score_threshold_ && is_seen(places[static_cast<std::size_t>(i)])) order_.push_back(i);
        const auto end = order_.begin() + std::min(std::ssize(order_), static_cast<std::ptrdiff_t>(top_k_));
        std::partial_sort(order_.begin(), end, order_.end(),
                          [&](std::int32_t a, std::int32_t b) { return score(a) > score(b) || (score(a) == score(b) && a < b); });
        order_.erase(end, order_.end());
        order_.resize(suppress(places, order_, most_overlap_));
        for (const std::int32_t i : order_) {
            const Corners& box = places[static_cast<std::size_t>(i)];
            boxes_.push_back({box.left, box.top, box.right, box.bottom, map_.classes()[column], score(i), 0, 0});
        }
    }
    std::stable_sort(boxes_.begin(), boxes_.end(), [](const octavo_box& a, const octavo_box& b) { return a.score > b.score; });
    if (std::ssize(boxes_) > max_detections_) boxes_.resize(static_cast<std::size_t>(max_detections_));
}

}  // namespace octavo
