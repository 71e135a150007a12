// The table of plugin kinds.
#include "core/plugins/kinds.h"

#include <octavo/abi/adapter.h>
#include <octavo/abi/algorithm.h>
#include <octavo/abi/dataset.h>
#include <octavo/abi/draft/device.h>
#include <octavo/abi/metric.h>

namespace octavo {

std::span<const KindRow> plugin_kinds() {
    static constexpr KindRow kKinds[] = {
        {OCTAVO_DATASET, "dataset", "datasets", sizeof(octavo_dataset_functions)},
        {OCTAVO_ADAPTER, "adapter", "adapters", sizeof(octavo_adapter_functions)},
        {OCTAVO_METRIC, "metric", "metrics", sizeof(octavo_metric_functions)},
        {OCTAVO_ALGORITHM, "algorithm", "algorithms", sizeof(octavo_algorithm_functions)},
        {OCTAVO_DEVICE, "device", "devices", sizeof(octavo_device_functions)},
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
