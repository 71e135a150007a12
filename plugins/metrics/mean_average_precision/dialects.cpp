// Sources: VOC2007 development kit (11 points) and those from 2010 on (area); cocoeval.py of pycocotools; the calibration tool of OpenVINO
// 2018; metrics/detection.py of OpenVINO's Accuracy Checker with its defaults.
#include "dialects.h"

#include <algorithm>
#include <array>
#include <limits>

namespace octavo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

constexpr std::array kHalf = {0.5};
constexpr std::array kPlainCuts = {Cut{"", kHalf, -kInfinity, kInfinity}};

// To the last place those of numpy's linspace(.5, .95, 10).
constexpr auto kCocoOverlaps = [] {
    std::array<double, 10> all{};
    for (int i = 0; i < 9; ++i) all[static_cast<std::size_t>(i)] = 0.5 + i * ((0.95 - 0.5) / 9);
    all[9] = 0.95;
    return all;
}();
constexpr double kSmall = 32 * 32, kLarge = 96 * 96, kLargest = 1e10;
constexpr std::array kCocoCuts = {Cut{"", kCocoOverlaps, 0, kLargest},
                                  Cut{"_50", std::span(kCocoOverlaps).subspan(0, 1), 0, kLargest},
                                  Cut{"_75", std::span(kCocoOverlaps).subspan(5, 1), 0, kLargest},
                                  Cut{"_small", kCocoOverlaps, 0, kSmall},
                                  Cut{"_medium", kCocoOverlaps, kSmall, kLarge},
                                  Cut{"_large", kCocoOverlaps, kLarge, kLargest}};

bool has_objects(const ClassFigure& figure) {
    return figure.objects > 0;
}
bool has_detections(const ClassFigure& figure) {
    return figure.detections > 0;
}
bool has_judged_detections(const ClassFigure& figure) {
    return figure.judged > 0;
}

// clang-format off
constexpr Dialect kDialects[] = {
    // name             cuts        overlap                   match                crowds  curve               averaged               most
    {"voc",              kPlainCuts, plain_overlap,            match_best,          false, area_below,         has_objects,           kAll},
    {"voc07",            kPlainCuts, plain_overlap,            match_best,          false, mean_of_11_points,  has_objects,           kAll},
    {"coco",             kCocoCuts,  coco_overlap,             match_best_free,     true,  mean_of_101_points, has_objects,           100},
    {"tool2018",         kPlainCuts, tool2018_overlap,         match_best,          false, mean_of_11_points,  has_judged_detections, kAll},
    {"accuracy_checker", kPlainCuts, accuracy_checker_overlap, match_counted_first, false, area_below,         has_detections,        kAll}};
// clang-format on

bool is_outside(const octavo_box& box, const Cut& cut) {
    return area_of(box) < cut.least_area || area_of(box) > cut.most_area;
}

Pairing pairing_of(const Dialect& dialect, const Scene& scene) {
    Pairing pairing{std::min(scene.detections.size(), dialect.max_detections), scene.objects.size(), {}, {}};
    for (std::size_t d = 0; d < pairing.detections; ++d)
        for (const octavo_box& object : scene.objects) pairing.overlaps.push_back(dialect.overlap(scene.detections[d], object));
    for (const octavo_box& object : scene.objects) pairing.is_for_many.push_back(dialect.crowd_is_for_many && object.crowd != 0);
    return pairing;
}

// One class: what lies between its boxes is computed once, and judged for every cut and threshold.
class ClassJudge {
public:
    ClassJudge(const Dialect& dialect, std::span<const Scene> scenes) : dialect_(dialect), scenes_(scenes) {
        std::vector<float> scores;
        for (const Scene& scene : scenes) {
            pairings_.push_back(pairing_of(dialect, scene));
            for (std::size_t d = 0; d < pairings_.back().detections; ++d) scores.push_back(scene.detections[d].score);
        }
        order_.resize(scores.size());
        for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = i;
        std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    }

    ClassFigure figure(const Cut& cut) {
        ClassFigure figure;
        figure.detections = static_cast<std::int64_t>(order_.size());
        for (std::size_t s = 0; s < scenes_.size(); ++s) {
            pairings_[s].is_counted.clear();
            for (const octavo_box& object : scenes_[s].objects) {
                const bool is_counted = object.difficult == 0 && object.crowd == 0 && !is_outside(object, cut);
                pairings_[s].is_counted.push_back(is_counted);
                figure.objects += is_counted ? 1 : 0;
            }
        }
        for (const double min_overlap : cut.min_overlaps) {
            const std::vector<Point> points = points_of(cut, min_overlap, figure.objects);
            figure.judged = std::max(figure.judged, static_cast<std::int64_t>(points.size()));
            figure.precision += dialect_.curve(points) / static_cast<double>(cut.min_overlaps.size());
        }
        return figure;
    }

private:
    std::vector<Point> points_of(const Cut& cut, double min_overlap, std::int64_t objects) const {
        std::vector<Verdict> verdicts;  // scene by scene
        for (std::size_t s = 0; s < scenes_.size(); ++s) {
            std::vector<Verdict> found = dialect_.match(pairings_[s], min_overlap);
            for (std::size_t d = 0; d < found.size(); ++d)
                if (found[d] == Verdict::miss && is_outside(scenes_[s].detections[d], cut)) found[d] = Verdict::ignored;
            verdicts.insert(verdicts.end(), found.begin(), found.end());
        }
        std::vector<Point> points;
        double hits = 0, judged = 0;
        for (const std::size_t i : order_) {
            if (verdicts[i] == Verdict::ignored) continue;
            judged += 1;
            hits += verdicts[i] == Verdict::hit ? 1 : 0;
            points.push_back({objects > 0 ? hits / static_cast<double>(objects) : 0, hits / judged});
        }
        return points;
    }

    const Dialect& dialect_;
    const std::span<const Scene> scenes_;
    std::vector<Pairing> pairings_;   // of the scenes
    std::vector<std::size_t> order_;  // of the detections of all scenes, by falling score
};

}  // namespace

std::span<const Dialect> dialects() {
    return kDialects;
}

const Dialect* find_dialect(std::string_view name) {
    const auto found = std::find_if(std::begin(kDialects), std::end(kDialects), [&](const Dialect& one) { return one.name == name; });
    return found == std::end(kDialects) ? nullptr : found;
}

std::vector<ClassFigure> judge_class(const Dialect& dialect, std::span<const Scene> scenes) {
    ClassJudge judge(dialect, scenes);
    std::vector<ClassFigure> figures;
    for (const Cut& cut : dialect.cuts) figures.push_back(judge.figure(cut));
    return figures;
}

}  // namespace octavo
