// A plugin whose entry function throws.
#include <octavo/abi.h>

#include <cstdint>
#include <stdexcept>

extern "C" __attribute__((visibility("default"))) const octavo_plugin* octavo_plugin_entry(std::int32_t*) {
    throw std::runtime_error("no licence found");
}
