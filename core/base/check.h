// OCTAVO_CHECK(condition): our own mistakes end the program with file and line, in release builds too. What users or files can bring about
// is a Result instead.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace octavo {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, condition);
    std::abort();
}

}  // namespace octavo

#define OCTAVO_CHECK(condition) ((condition) ? static_cast<void>(0) : ::octavo::check_failed(#condition, __FILE__, __LINE__))
