// Compiled with -mavx512f.
#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace octavo::onednn {
namespace {

using Floats = __m512;
constexpr std::size_t kLanes = 16;
constexpr std::int64_t kRows = 12;

inline Floats splat(float value) {
    return _mm512_set1_ps(value);
}
inline Floats load(const float* from) {
    return _mm512_loadu_ps(from);
}
inline void store(float* to, Floats value) {
    _mm512_storeu_ps(to, value);
}
inline Floats fused(Floats a, Floats b, Floats c) {
    return _mm512_fmadd_ps(a, b, c);
}
inline Floats min(Floats a, Floats b) {
    return _mm512_min_ps(a, b);
}
inline Floats max(Floats a, Floats b) {
    return _mm512_max_ps(a, b);
}

}  // namespace
}  // namespace octavo::onednn

#define PRODUCTS_NAME "avx512"
#define PRODUCTS_TABLE kAvx512Floats
#include "kernels/products_f32.inc"
