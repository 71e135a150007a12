// OCTAVO_WIDE in front of a function: it is compiled for wider vectors too, and the program chooses when it starts. For loops whose results
// do not depend on the width. Sanitizers do not go with that.
#pragma once

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define OCTAVO_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define OCTAVO_WIDE
#endif
