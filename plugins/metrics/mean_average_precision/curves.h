// Curves: average precision, from 0 to 1, of the precisions that falling scores give. At a recall it is the best precision at that recall
// or a greater one.
#pragma once

#include <span>

namespace octavo {

struct Point {
    double recall = 0, precision = 0;
};

// Recalls rise or stay. No point: 0.
using Curve = double (*)(std::span<const Point> points);

double area_below(std::span<const Point> points);
double mean_of_11_points(std::span<const Point> points);
double mean_of_101_points(std::span<const Point> points);

}  // namespace octavo
