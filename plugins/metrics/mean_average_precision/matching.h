// Matching: which detections of one class in one image hit an object. A rule takes the detections by falling score and gives each a
// verdict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace octavo {

enum class Verdict : std::uint8_t { hit, miss, ignored };

struct Pairing {
    std::size_t detections = 0, objects = 0;
    std::vector<double> overlaps;     // [detection][object]
    std::vector<bool> is_counted;     // [object]: else what lies on it is ignored
    std::vector<bool> is_for_many{};  // [object]: may be matched again and again

    double overlap(std::size_t detection, std::size_t object) const { return overlaps[detection * objects + object]; }
};

using Match = std::vector<Verdict> (*)(const Pairing& pairing, double min_overlap);

// The object that overlaps most, of equal ones the first. A second detection of it is a miss; one that is not counted ignores all.
std::vector<Verdict> match_best(const Pairing& pairing, double min_overlap);

// The best of the objects that are counted if it overlaps enough, else the best of the others; a second detection is a miss on these too.
// Objects with exactly the best overlap are matched together.
std::vector<Verdict> match_counted_first(const Pairing& pairing, double min_overlap);

// The best that is still free, counted ones before all others; of equal ones the last.
std::vector<Verdict> match_best_free(const Pairing& pairing, double min_overlap);

}  // namespace octavo
