// Matrices turned, so that rows become columns: a picture from channels-last to row by row, or back, by all threads. Of real numbers or
// codes.
#pragma once

#include "builder.h"

namespace octavo::onednn {

// to[c][r] = from[r][c], of rows and columns that lie so many values apart.
void turn_tile(const float* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns, float* to, std::int64_t to_stride);
void turn_tile(const std::uint8_t* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns, std::uint8_t* to,
               std::int64_t to_stride);

struct Matrices {  // one behind the other
    std::int64_t count = 1, rows = 1, columns = 1;
};

// Each of them, by all threads.
template <class T>
void turn(Team& team, const Matrices& size, const T* from, T* to);
extern template void turn(Team& team, const Matrices& size, const float* from, float* to);

template <class T>
class TurnStep : public Step {
public:
    TurnStep(const Layout& layout, bool to_rows)
        : size_{layout.images, to_rows ? layout.pixels : layout.channels, to_rows ? layout.channels : layout.pixels} {}

    void bind(const Addresses& addresses, std::byte*) override;
    void run(const RunContext& context) override;

private:
    Matrices size_;  // of what is read; an image is a matrix
    const T* from_ = nullptr;
    T* to_ = nullptr;
};

extern template class TurnStep<float>;
extern template class TurnStep<std::uint8_t>;

}  // namespace octavo::onednn
