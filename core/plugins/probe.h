// A probe in a child process: the host must not die of a library that crashes, ends the process, or never comes back while it is loaded.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace octavo {

// Runs attempt(0) ... attempt(count - 1) in a child process, in this order, and gives for each what ended the child there ("crashed while
// loading (signal 11, Segmentation fault)"), or an empty text. The child goes on behind an attempt that ended it, without that one. Costs
// one process if all goes well, and one more for each that fails. To be called while no other thread is at work: a lock that it
// holds would stay held in the child.
std::vector<std::string> try_in_child(std::size_t count, std::chrono::milliseconds patience,
                                      const std::function<void(std::size_t)>& attempt);

}  // namespace octavo
