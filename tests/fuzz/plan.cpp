// plan.json, from a file of the memory.
#include "core/plan/plan.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/small_network.h"

#include <sys/mman.h>
#include <unistd.h>

using namespace octavo;

std::vector<std::string> fuzz_seeds() {
    return {to_json(small_network().plan)};
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SmallNetwork kSmall = small_network();
    const int file = memfd_create("plan", 0);
    if (file < 0 || write(file, data, size) != static_cast<ssize_t>(size)) return 0;
    const Result<Plan> plan = load_plan("/proc/self/fd/" + std::to_string(file));
    if (plan && check_plan(*plan, kSmall.executed)) (void)to_json(*plan);
    close(file);
    return 0;
}
