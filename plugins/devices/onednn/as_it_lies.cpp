#include "as_it_lies.h"

#include <numeric>

namespace octavo::onednn {

ops::Shape axes_as_they_lie(std::size_t rank, bool in_rows) {
    if (!in_rows) return {0, 2, 3, 1};
    ops::Shape axes(rank);
    std::iota(axes.begin(), axes.end(), 0);
    return axes;
}

ops::Shape as_it_lies(const ops::Shape& shape, bool in_rows) {
    ops::Shape made;
    for (const std::int64_t axis : axes_as_they_lie(shape.size(), in_rows)) made.push_back(shape[static_cast<std::size_t>(axis)]);
    return made;
}

std::vector<float> as_it_lies(const float* values, const ops::Shape& shape, bool in_rows) {
    std::vector<float> made(values, values + ops::element_count(shape));
    if (!in_rows) from_rows({shape[0], shape[2] * shape[3], shape[1]}, values, made.data());
    return made;
}

}  // namespace octavo::onednn
