// Lengths are computed in double: of two floats they are exact.
#include "overlap.h"

#include <algorithm>

namespace octavo {
namespace {

struct Corners {
    double left, top, right, bottom;

    double area(double added) const { return (right - left + added) * (bottom - top + added); }
};

Corners corners_of(const octavo_box& box) {
    return {box.left, box.top, box.right, box.bottom};
}

Corners intersection(const Corners& a, const Corners& b) {
    return {std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right), std::min(a.bottom, b.bottom)};
}

double common_area(const octavo_box& a, const octavo_box& b) {
    const Corners common = intersection(corners_of(a), corners_of(b));
    return common.right > common.left && common.bottom > common.top ? common.area(0) : 0;
}

}  // namespace

double area_of(const octavo_box& box) {
    return corners_of(box).area(0);
}

double plain_overlap(const octavo_box& detection, const octavo_box& object) {
    const double common = common_area(detection, object);
    return common > 0 ? common / (area_of(detection) + area_of(object) - common) : 0;
}

double coco_overlap(const octavo_box& detection, const octavo_box& object) {
    if (object.crowd == 0) return plain_overlap(detection, object);
    const double common = common_area(detection, object);
    return common > 0 ? common / area_of(detection) : 0;
}

double tool2018_overlap(const octavo_box& detection, const octavo_box& object) {
    const Corners a = corners_of(detection);
    const Corners b = {object.left + 1.0, object.top + 1.0, object.right, object.bottom};
    if (a.right < a.left || a.bottom < a.top || b.right < b.left || b.bottom < b.top) return 0;
    const Corners common = intersection(a, b);
    if (common.right < common.left || common.bottom < common.top) return 0;
    const double added = common.right > 1 || common.bottom > 1 ? 1 : 0;
    const double together = a.area(added) + b.area(added) - common.area(added);
    return together > 0 ? common.area(added) / together : 0;
}

double accuracy_checker_overlap(const octavo_box& detection, const octavo_box& object) {
    const Corners a = corners_of(detection);
    const Corners b = {object.left, object.top, object.right - 1.0, object.bottom - 1.0};
    Corners common = intersection(a, b);
    common.right = std::max(common.right, common.left);
    common.bottom = std::max(common.bottom, common.top);
    const double together = a.area(1) + b.area(1) - common.area(1);
    return together != 0 ? common.area(1) / together : 0;
}

}  // namespace octavo
