// Built against another version of the plugin interface.
#include <octavo/abi/dataset.h>

#include <cstdint>

extern "C" __attribute__((visibility("default"))) const octavo_plugin* octavo_plugin_entry(std::int32_t* count) {
    static const octavo_dataset_functions functions = {sizeof(octavo_dataset_functions), nullptr, nullptr, nullptr, nullptr, nullptr};
    static const octavo_plugin plugin = {
        sizeof(octavo_plugin), 999, OCTAVO_DATASET, "future", "1.0.0", "from the future", nullptr, 0, &functions};
    *count = 1;
    return &plugin;
}
