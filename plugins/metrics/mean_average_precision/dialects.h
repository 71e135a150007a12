// Dialects: what the tools that compute mean average precision understand by it, one row a tool. What is common to all: detections are
// taken by falling score, equal ones in the order of images and then of detections; an object that is difficult or a crowd is not counted.
#pragma once

#include "curves.h"
#include "matching.h"
#include "overlap.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace octavo {

// One class in one image.
struct Scene {
    std::vector<octavo_box> detections;  // by falling score, of equal ones the first first
    std::vector<octavo_box> objects;
};

// One class in all images.
struct ClassFigure {
    std::int64_t objects = 0;     // that are counted
    std::int64_t detections = 0;  // that are looked at
    std::int64_t judged = 0;      // of them; the others are ignored
    double precision = 0;         // average, from 0 to 1
};

// Whether a class is part of the mean.
using Averaged = bool (*)(const ClassFigure& figure);

// One figure of a dialect: the mean over classes and over thresholds of overlap.
struct Cut {
    const char* suffix;
    std::span<const double> min_overlaps;
    double least_area, most_area;  // objects of other sizes are not counted, nor are detections of other sizes that match nothing
};

struct Dialect {
    const char* name;
    std::span<const Cut> cuts;  // the first is the one that classes are listed by
    Overlap overlap;
    Match match;
    bool crowd_is_for_many;
    Curve curve;
    Averaged is_averaged;
    std::size_t max_detections;  // of a class in an image
};

std::span<const Dialect> dialects();
const Dialect* find_dialect(std::string_view name);

// One figure a cut. `scenes` are in the order of images.
std::vector<ClassFigure> judge_class(const Dialect& dialect, std::span<const Scene> scenes);

}  // namespace octavo
