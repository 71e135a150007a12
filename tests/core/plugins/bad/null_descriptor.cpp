// Says that it has one plugin and shows none.
#include <octavo/abi.h>

extern "C" __attribute__((visibility("default"))) const octavo_plugin* octavo_plugin_entry(int32_t* count) {
    *count = 1;
    return nullptr;
}
