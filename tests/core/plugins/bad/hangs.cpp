// Is never done loading.
#include <unistd.h>

namespace {

__attribute__((constructor)) void wait_forever() {
    while (true) pause();
}

}  // namespace
