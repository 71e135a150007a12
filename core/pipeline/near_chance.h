// Whether a classifier does hardly better than guessing, which is how wrong preprocessing shows.
#pragma once

#include <cstdint>
#include <string>

namespace octavo {

// `share` of right answers from 0 to 1, on images of `classes` classes (0: unknown, never near). Near is below three times chance, and
// where there are few classes below the middle between chance and perfect.
bool is_near_chance(double share, std::int64_t classes);

struct AccuracyResult;
// A warning where the principal figure of the first contender is a percentage near chance; empty where there is nothing to warn of.
std::string chance_warning(const AccuracyResult& evaluation);

}  // namespace octavo
