// Sources: VOCevaldet.m of the VOC devkit, and the 2018 calibration tool, which does the same (match_best); metrics/detection.py of
// Accuracy Checker (match_counted_first); cocoeval.py of pycocotools (match_best_free).
#include "matching.h"

#include <algorithm>
#include <optional>

namespace octavo {
namespace {

// No overlap is above 1, and rounding must not make a perfect match fail (as in pycocotools).
constexpr double kNearlyAll = 1 - 1e-10;

std::optional<std::size_t> best_free(const Pairing& pairing, std::size_t detection, double least, bool counted,
                                     const std::vector<bool>& is_taken) {
    std::optional<std::size_t> best;
    for (std::size_t o = 0; o < pairing.objects; ++o) {
        const bool is_free = !is_taken[o] || pairing.is_for_many[o];
        if (pairing.is_counted[o] != counted || !is_free || pairing.overlap(detection, o) < least) continue;
        best = o;
        least = pairing.overlap(detection, o);
    }
    return best;
}

// The best overlap of a detection with the objects that are counted, or with the others; -1 where there are none.
double best_overlap(const Pairing& pairing, std::size_t detection, bool counted) {
    double best = -1;
    for (std::size_t o = 0; o < pairing.objects; ++o)
        if (pairing.is_counted[o] == counted) best = std::max(best, pairing.overlap(detection, o));
    return best;
}

}  // namespace

std::vector<Verdict> match_best(const Pairing& pairing, double min_overlap) {
    std::vector<bool> is_taken(pairing.objects);
    std::vector<Verdict> verdicts;
    for (std::size_t d = 0; d < pairing.detections; ++d) {
        std::size_t best = 0;
        for (std::size_t o = 1; o < pairing.objects; ++o)
            if (pairing.overlap(d, o) > pairing.overlap(d, best)) best = o;
        if (pairing.objects == 0 || pairing.overlap(d, best) < min_overlap) {
            verdicts.push_back(Verdict::miss);
        } else if (!pairing.is_counted[best]) {
            verdicts.push_back(Verdict::ignored);
        } else {
            verdicts.push_back(is_taken[best] ? Verdict::miss : Verdict::hit);
            is_taken[best] = true;
        }
    }
    return verdicts;
}

std::vector<Verdict> match_counted_first(const Pairing& pairing, double min_overlap) {
    std::vector<bool> is_taken(pairing.objects);
    std::vector<Verdict> verdicts;
    for (std::size_t d = 0; d < pairing.detections; ++d) {
        double best = best_overlap(pairing, d, true);
        if (best < min_overlap) best = best_overlap(pairing, d, false);
        std::vector<std::size_t> matched;
        for (std::size_t o = 0; o < pairing.objects && best >= min_overlap; ++o)
            if (pairing.overlap(d, o) == best) matched.push_back(o);
        const bool was_taken = std::any_of(matched.begin(), matched.end(), [&](std::size_t o) { return is_taken[o]; });
        const bool are_counted = std::all_of(matched.begin(), matched.end(), [&](std::size_t o) { return pairing.is_counted[o]; });
        if (!was_taken || !are_counted)
            for (const std::size_t o : matched) is_taken[o] = true;
        verdicts.push_back(matched.empty() || was_taken ? Verdict::miss : are_counted ? Verdict::hit : Verdict::ignored);
    }
    return verdicts;
}

std::vector<Verdict> match_best_free(const Pairing& pairing, double min_overlap) {
    const double least = std::min(min_overlap, kNearlyAll);
    std::vector<bool> is_taken(pairing.objects);
    std::vector<Verdict> verdicts;
    for (std::size_t d = 0; d < pairing.detections; ++d) {
        std::optional<std::size_t> best = best_free(pairing, d, least, true, is_taken);
        if (!best) best = best_free(pairing, d, least, false, is_taken);
        if (best) is_taken[*best] = true;
        verdicts.push_back(!best ? Verdict::miss : pairing.is_counted[*best] ? Verdict::hit : Verdict::ignored);
    }
    return verdicts;
}

}  // namespace octavo
