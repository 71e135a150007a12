#include "turn.h"

#include <emmintrin.h>

#include <algorithm>

namespace octavo::onednn {
namespace {

constexpr std::int64_t kTile = 16;  // values of a cache line

void turn_square(const float* from, std::int64_t from_stride, float* to, std::int64_t to_stride) {
    __m128 a = _mm_loadu_ps(from), b = _mm_loadu_ps(from + from_stride);
    __m128 c = _mm_loadu_ps(from + 2 * from_stride), d = _mm_loadu_ps(from + 3 * from_stride);
    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(to, a);
    _mm_storeu_ps(to + to_stride, b);
    _mm_storeu_ps(to + 2 * to_stride, c);
    _mm_storeu_ps(to + 3 * to_stride, d);
}

// Bytes: four times each row is interleaved with the one eight behind it.
void turn_square(const std::uint8_t* from, std::int64_t from_stride, std::uint8_t* to, std::int64_t to_stride) {
    __m128i a[16], b[16];
    for (std::size_t r = 0; r < 16; ++r)
        a[r] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + static_cast<std::int64_t>(r) * from_stride));
    for (int round = 0; round < 4; ++round) {
        for (std::size_t r = 0; r < 8; ++r) {
            b[2 * r] = _mm_unpacklo_epi8(a[r], a[r + 8]);
            b[2 * r + 1] = _mm_unpackhi_epi8(a[r], a[r + 8]);
        }
        std::copy_n(b, 16, a);
    }
    for (std::size_t r = 0; r < 16; ++r) _mm_storeu_si128(reinterpret_cast<__m128i*>(to + static_cast<std::int64_t>(r) * to_stride), a[r]);
}

// In squares that a kernel turns, and value by value what is left beside them.
template <std::int64_t side, class T>
void turn_in_squares(const T* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns, T* to, std::int64_t to_stride) {
    const std::int64_t whole_rows = rows / side * side, whole_columns = columns / side * side;
    for (std::int64_t c = 0; c < whole_columns; c += side)
        for (std::int64_t r = 0; r < whole_rows; r += side)
            turn_square(from + r * from_stride + c, from_stride, to + c * to_stride + r, to_stride);
    for (std::int64_t c = 0; c < columns; ++c)
        for (std::int64_t r = c < whole_columns ? whole_rows : 0; r < rows; ++r) to[c * to_stride + r] = from[r * from_stride + c];
}

}  // namespace

void turn_tile(const float* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns, float* to, std::int64_t to_stride) {
    turn_in_squares<4>(from, from_stride, rows, columns, to, to_stride);
}

void turn_tile(const std::uint8_t* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns, std::uint8_t* to,
               std::int64_t to_stride) {
    turn_in_squares<16>(from, from_stride, rows, columns, to, to_stride);
}

template <class T>
void TurnStep<T>::bind(const Addresses& addresses, std::byte*) {
    from_ = addresses.get<T>(reads[0]);
    to_ = addresses.get<T>(writes[0]);
}

// A task is some columns of some rows: of pictures with few channels there are no others.
template <class T>
void turn(Team& team, const Matrices& size, const T* from_all, T* to_all) {
    constexpr std::int64_t kGrain = 16384;  // values that repay a task
    const std::int64_t bands = (size.columns + kTile - 1) / kTile, width = std::min(size.columns, kTile);
    const std::int64_t height = (kGrain / width + kTile - 1) / kTile * kTile, pieces = (size.rows + height - 1) / height;
    team.share(size.count * bands * pieces, [&](std::int64_t task, int) {
        const std::int64_t image = task / pieces / bands, first = task / pieces % bands * kTile, top = task % pieces * height;
        const T* const from = from_all + image * size.rows * size.columns;
        T* const to = to_all + image * size.rows * size.columns;
        for (std::int64_t row = top; row < std::min(size.rows, top + height); row += kTile)
            turn_tile(from + row * size.columns + first, size.columns, std::min(kTile, size.rows - row),
                      std::min(width, size.columns - first), to + first * size.rows + row, size.rows);
    });
}

template <class T>
void TurnStep<T>::run(const RunContext& context) {
    turn(context.team, size_, from_, to_);
}

template void turn(Team&, const Matrices&, const float*, float*);

template class TurnStep<float>;
template class TurnStep<std::uint8_t>;

}  // namespace octavo::onednn
