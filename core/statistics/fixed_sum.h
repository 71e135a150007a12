// FixedSum: a sum that does not depend on the order of its terms. Each term is rounded once to a multiple of 2^-40 and added as a 128-bit
// integer; terms beyond +-2^60 count as +-2^60, so 2^27 of them fit.
#pragma once

#include <algorithm>
#include <cmath>

namespace octavo {

class FixedSum {
public:
    // `term` must not be NaN.
    void add(double term) { units_ += static_cast<Integer>(std::nearbyint(std::clamp(term, -kMost, kMost) * kUnitsPerOne)); }
    void merge(const FixedSum& other) { units_ += other.units_; }
    double value() const { return static_cast<double>(units_) / kUnitsPerOne; }

    bool operator==(const FixedSum&) const = default;

private:
    __extension__ using Integer = __int128;
    static constexpr double kUnitsPerOne = 1099511627776.0;  // 2^40
    static constexpr double kMost = 1152921504606846976.0;   // 2^60

    Integer units_ = 0;
};

}  // namespace octavo
