// Compiled with -mavx2 -mfma.
#include "kernels/products_f32.h"

#include <immintrin.h>

#include <algorithm>

namespace octavo::onednn {
namespace {

using Floats = __m256;
constexpr std::int64_t kWidth = 8, kRows = 6, kVectors = kPanel / kWidth;

inline Floats splat(float value) {
    return _mm256_set1_ps(value);
}
inline Floats load(const float* from) {
    return _mm256_loadu_ps(from);
}
inline void store(float* to, Floats value) {
    _mm256_storeu_ps(to, value);
}
inline Floats fused(Floats a, Floats b, Floats c) {
    return _mm256_fmadd_ps(a, b, c);
}
inline Floats least(Floats a, Floats b) {
    return _mm256_min_ps(a, b);
}
inline Floats greatest(Floats a, Floats b) {
    return _mm256_max_ps(a, b);
}

}  // namespace
}  // namespace octavo::onednn

#include "kernels/products_f32.inc"

namespace octavo::onednn {
extern const FloatKernels kAvx2Floats;
const FloatKernels kAvx2Floats = {"avx2", multiply, product, spread, gather};
}  // namespace octavo::onednn
