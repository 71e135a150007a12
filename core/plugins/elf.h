// A look at a library's headers before the system's loader gets it: the loader trusts them, and dies of a file that was cut short.
#pragma once

#include <string>

namespace octavo {

// Empty if the file is a whole shared library for this processor, else what is wrong with it.
std::string library_fault(const std::string& path);

}  // namespace octavo
