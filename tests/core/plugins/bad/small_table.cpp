// A metric whose function table ends behind its first field, as one of an older interface might.
#include <octavo/abi.h>

extern "C" __attribute__((visibility("default"))) const octavo_plugin* octavo_plugin_entry(int32_t* count) {
    static const uint32_t table_size = 4;
    static const octavo_plugin plugin = {
        sizeof(octavo_plugin), OCTAVO_ABI_VERSION, OCTAVO_METRIC, "small", "1", "", nullptr, 0, &table_size};
    *count = 1;
    return &plugin;
}
