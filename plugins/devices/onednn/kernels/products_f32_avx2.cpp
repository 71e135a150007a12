// Compiled with -mfma besides.
#include "kernels/vectors_avx2.h"

namespace octavo::onednn {
namespace {

constexpr std::int64_t kRows = 6;

inline Floats fused(Floats a, Floats b, Floats c) {
    return _mm256_fmadd_ps(a, b, c);
}

}  // namespace
}  // namespace octavo::onednn

#define PRODUCTS_NAME "avx2"
#define PRODUCTS_TABLE kAvx2Floats
#include "kernels/products_f32.inc"
