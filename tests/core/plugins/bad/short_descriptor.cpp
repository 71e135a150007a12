// Its descriptor ends behind the first fields.
#include <octavo/abi.h>

extern "C" __attribute__((visibility("default"))) const octavo_plugin* octavo_plugin_entry(int32_t* count) {
    static const octavo_plugin plugin = {8, OCTAVO_ABI_VERSION, OCTAVO_METRIC, "short", "1", "", nullptr, 0, nullptr};
    *count = 1;
    return &plugin;
}
