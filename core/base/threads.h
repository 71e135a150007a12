// How many threads a count of threads means.
#pragma once

#include <algorithm>
#include <thread>

namespace octavo {

inline constexpr int kMostThreads = 1024;  // that a config or an option may ask for

// 0 and less: all that the machine has.
inline int thread_count(int wanted) {
    return wanted > 0 ? wanted : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace octavo
