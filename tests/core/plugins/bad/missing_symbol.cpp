// Calls a function that no library has.
#include <octavo/abi.h>

extern "C" const octavo_plugin* made_elsewhere(int32_t* count);

extern "C" __attribute__((visibility("default"))) const octavo_plugin* octavo_plugin_entry(int32_t* count) {
    return made_elsewhere(count);
}
