// Chance is that of guessing among the classes that occur.
#include "core/pipeline/near_chance.h"

#include "core/pipeline/stage_evaluate.h"

#include <algorithm>
#include <cstdio>

namespace octavo {

bool is_near_chance(double share, std::int64_t classes) {
    if (classes < 2) return false;
    const double chance = 1.0 / static_cast<double>(classes);
    return share < std::min(3 * chance, (1 + chance) / 2);
}

std::string chance_warning(const AccuracyResult& evaluation) {
    constexpr std::int64_t kLeastImages = 10;  // fewer are near chance, or far from it, by chance
    if (evaluation.all.images < kLeastImages) return {};
    const auto classes = static_cast<std::int64_t>(evaluation.labels.size());
    for (const MetricFigure& figure : evaluation.all.figures.at(0)) {
        if (!figure.principal || figure.unit != "%" || !figure.higher_is_better || !is_near_chance(figure.value / 100, classes)) continue;
        char numbers[160];
        std::snprintf(numbers, sizeof numbers, "%s of the fp32 model is %.1f %%, and guessing among the %lld classes gives %.1f %%",
                      figure.name.c_str(), figure.value, static_cast<long long>(classes), 100.0 / static_cast<double>(classes));
        return std::string(numbers) +
               ": the preprocessing (order of the channels, mean, scale, resize) or the adapter's label_offset probably does not fit the "
               "model, and ranges taken so would be wrong too; octavo init tries the usual ones";
    }
    return {};
}

}  // namespace octavo
