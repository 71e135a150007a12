// Its name points where nothing is, so that looking at the descriptor crashes.
#include <octavo/abi.h>

#include <cstdint>

extern "C" __attribute__((visibility("default"))) const octavo_plugin* octavo_plugin_entry(int32_t* count) {
    static octavo_plugin plugin = {sizeof(octavo_plugin), OCTAVO_ABI_VERSION, OCTAVO_METRIC, nullptr, "1", "", nullptr, 0, nullptr};
    plugin.name = reinterpret_cast<const char*>(std::uintptr_t{16});
    *count = 1;
    return &plugin;
}
