// Ends the process while it is loaded.
#include <cstdlib>

namespace {

__attribute__((constructor)) void leave() {
    std::exit(3);
}

}  // namespace
