// The table of plugin kinds.
#include "core/plugins/kinds.h"

#include <octavo/abi/adapter.h>
#include <octavo/abi/algorithm.h>
#include <octavo/abi/dataset.h>
#include <octavo/abi/draft/device.h>
#include <octavo/abi/metric.h>

#include <cstddef>

namespace octavo {

std::span<const KindRow> plugin_kinds() {
    constexpr std::size_t kFunction = sizeof(void (*)());  // behind the offset of the last one in version 1
    static constexpr KindRow kKinds[] = {
        {OCTAVO_DATASET, "dataset", "datasets", offsetof(octavo_dataset_functions, sample) + kFunction},
        {OCTAVO_ADAPTER, "adapter", "adapters", offsetof(octavo_adapter_functions, adapt) + kFunction},
        {OCTAVO_METRIC, "metric", "metrics", offsetof(octavo_metric_functions, result) + kFunction},
        {OCTAVO_ALGORITHM, "algorithm", "algorithms", offsetof(octavo_algorithm_functions, apply) + kFunction},
        {OCTAVO_DEVICE, "device", "devices", offsetof(octavo_device_functions, isa) + kFunction},
    };
    return kKinds;
}

const KindRow* find_kind(octavo_kind kind) {
    for (const KindRow& row : plugin_kinds())
        if (row.kind == kind) return &row;
    return nullptr;
}

std::string kind_with_article(octavo_kind kind) {
    const std::string word = find_kind(kind)->name;
    return (word.front() == 'a' ? "an " : "a ") + word;
}

}  // namespace octavo
