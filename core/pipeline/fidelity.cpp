// Sums in double and in order, so that the same images give the same figure.
#include "core/pipeline/fidelity.h"

#include <cmath>
#include <cstddef>
#include <limits>

namespace octavo {
namespace {

// Sum of squares of value(i) less their mean, for i below n. A number on its own is no constant over others: it counts as it is.
template <class Value>
double centred_energy(std::size_t n, Value value) {
    double sum = 0;
    for (std::size_t i = 0; n > 1 && i < n; ++i) sum += value(i);
    const double mean = n > 1 ? sum / static_cast<double>(n) : 0;
    double energy = 0;
    for (std::size_t i = 0; i < n; ++i) energy += (value(i) - mean) * (value(i) - mean);
    return energy;
}

}  // namespace

void Fidelity::add(std::span<const float> expected, std::span<const float> found) {
    const auto energy_of = [](std::span<const float> values) {
        return centred_energy(values.size(), [&](std::size_t i) { return static_cast<double>(values[i]); });
    };
    const double signal = energy_of(expected);
    signal_ += signal;
    if (found.size() != expected.size()) {
        noise_ += expected.empty() ? energy_of(found) : signal;
        return;
    }
    noise_ +=
        centred_energy(expected.size(), [&](std::size_t i) { return static_cast<double>(found[i]) - static_cast<double>(expected[i]); });
}

void Fidelity::merge(const Fidelity& other) {
    signal_ += other.signal_;
    noise_ += other.noise_;
}

double Fidelity::snr_db() const {
    if (noise_ <= 0) return std::numeric_limits<double>::infinity();
    if (std::isnan(noise_)) return -std::numeric_limits<double>::infinity();
    return signal_ > 0 ? 10 * std::log10(signal_ / noise_) : 0;
}

}  // namespace octavo
