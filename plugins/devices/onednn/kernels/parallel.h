// Work shared among the threads of the current TBB arena: body(i) for i in 0..count-1, in any order, each at most once at a time.
#pragma once

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <cstdint>

namespace octavo::onednn {

template <class Body>
void parallel(std::int64_t count, const Body& body) {
    if (count == 1) return body(std::int64_t{0});
    tbb::parallel_for(
        tbb::blocked_range<std::int64_t>(0, count, 1),
        [&](const tbb::blocked_range<std::int64_t>& range) {
            for (std::int64_t i = range.begin(); i < range.end(); ++i) body(i);
        },
        tbb::simple_partitioner());
}

inline std::int64_t thread_index() {
    return tbb::this_task_arena::current_thread_index();
}

}  // namespace octavo::onednn
