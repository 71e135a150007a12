// Fidelity: 10 log10 of the energy of the fp32 outputs over the energy of the error, both less their mean over the elements of an image: a
// constant over all elements changes no answer. An output of one number an image has no mean taken away. Or of energies that were measured
// in another way.
#pragma once

#include <span>

namespace octavo {

class Fidelity {
public:
    Fidelity() = default;
    Fidelity(double signal, double noise) : signal_(signal), noise_(noise) {}

    // One image's output of both sides. Where a model computes how much it gives, and gives another number, all of it is error.
    void add(std::span<const float> expected, std::span<const float> found);
    // The energies of another output, so that several give one figure.
    void merge(const Fidelity& other);
    // Infinite where there is no error, 0 where there is no signal, minus infinity where what was found is no number.
    double snr_db() const;

    double signal() const { return signal_; }
    double noise() const { return noise_; }

private:
    double signal_ = 0;
    double noise_ = 0;
};

}  // namespace octavo
