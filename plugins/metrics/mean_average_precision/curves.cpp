// Recall thresholds differ in the last place between tools: 0.1 * 3 is above 3 / 10. The 11 points have slack, since no recall is meant to
// miss them; the 101 are pycocotools' own, which some recalls do miss (7 of 20 is below 35 * 0.01).
#include "curves.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace octavo {
namespace {

std::vector<Point> envelope_of(std::span<const Point> points) {
    std::vector<Point> envelope(points.begin(), points.end());
    for (std::size_t i = envelope.size(); i-- > 1;) envelope[i - 1].precision = std::max(envelope[i - 1].precision, envelope[i].precision);
    return envelope;
}

double precision_at(std::span<const Point> envelope, double recall) {
    const auto is_below = [](const Point& point, double least) { return point.recall < least; };
    const auto found = std::lower_bound(envelope.begin(), envelope.end(), recall, is_below);
    return found == envelope.end() ? 0 : found->precision;
}

}  // namespace

double area_below(std::span<const Point> points) {
    double area = 0, before = 0;
    for (const Point& point : envelope_of(points)) {
        area += (point.recall - before) * point.precision;
        before = point.recall;
    }
    return area;
}

double mean_of_11_points(std::span<const Point> points) {
    constexpr double kSlack = 1e-12;
    const std::vector<Point> envelope = envelope_of(points);
    double sum = 0;
    for (int k = 0; k <= 10; ++k) sum += precision_at(envelope, k / 10.0 - kSlack);
    return sum / 11;
}

double mean_of_101_points(std::span<const Point> points) {
    const std::vector<Point> envelope = envelope_of(points);
    double sum = 0;
    for (int k = 0; k <= 100; ++k) sum += precision_at(envelope, k * 0.01);
    return sum / 101;
}

}  // namespace octavo
