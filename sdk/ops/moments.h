// Mean and variance of a run of values, and what normalizations make of them; in double, summed in eight parts that one vector register
// or two can hold, in the same order on every machine.
#pragma once

#include <array>
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

struct Moments {
    double mean = 0, variance = 0;
};

// The sum of term(x) over a run.
template <class Term>
double sum_of(std::span<const float> x, Term term) {
    constexpr std::size_t kParts = 8;
    std::array<double, kParts> parts{};
    std::size_t i = 0;
    for (; i + kParts <= x.size(); i += kParts)
        for (std::size_t k = 0; k < kParts; ++k) parts[k] += term(static_cast<double>(x[i + k]));
    for (std::size_t k = 0; i < x.size(); ++i, ++k) parts[k] += term(static_cast<double>(x[i]));
    double sum = 0;
    for (const double part : parts) sum += part;
    return sum;
}

inline Moments moments_of(std::span<const float> x) {
    const auto count = static_cast<double>(x.size());
    const double mean = sum_of(x, [](double value) { return value; }) / count;
    return {mean, sum_of(x, [mean](double value) { return (value - mean) * (value - mean); }) / count};
}

// (x - mean) * factor + bias
inline void shift_and_scale(std::span<const float> x, double mean, double factor, double bias, float* y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = static_cast<float>((static_cast<double>(x[i]) - mean) * factor + bias);
}

}  // namespace octavo::ops
