// The plugins of a run, as a value: what was loaded, by kind and name, and what was refused and why. Built once by `load_plugins` and
// handed on. Descriptors live as long as the process, since libraries are never unloaded.
#pragma once

#include "core/plugins/kinds.h"

#include <octavo/result.h>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace octavo {

struct LoadedPlugin {
    const octavo_plugin* descriptor = nullptr;
    std::string file;

    std::string_view name() const { return descriptor->name; }
    octavo_kind kind() const { return descriptor->kind; }
    std::span<const octavo_parameter> parameters() const {
        return {descriptor->parameters, static_cast<std::size_t>(descriptor->parameter_count)};
    }
    // "dataset 'imagenet'": how messages call it.
    std::string title() const;
};

struct RefusedPlugin {
    std::string file;
    std::string reason;
};

struct Registry {
    std::vector<LoadedPlugin> plugins;   // by kind, then name
    std::vector<RefusedPlugin> refused;  // in the order of the search

    const LoadedPlugin* find(octavo_kind kind, std::string_view name) const;
    std::vector<std::string> names(octavo_kind kind) const;
};

constexpr std::chrono::milliseconds kLoadPatience{10'000};

// Loads each library and checks what it declares, first in a child process, so that one which crashes, ends the process, or takes longer
// than `patience` is survived. A library that does not fit is refused with a reason, and the others are still loaded. Of two plugins with
// the same kind and name the first stays. To be called before threads are at work (probe.h).
Registry load_plugins(std::span<const std::string> files, std::chrono::milliseconds patience = kLoadPatience);

// The same without the child, for processes whose threads are at work already: a library that crashes takes the process along.
Registry load_plugins_untried(std::span<const std::string> files);

// Takes the descriptors of one library into the registry, as far as they fit; `file` is for messages.
void register_plugins(Registry& registry, const octavo_plugin* plugins, std::int32_t count, const std::string& file);

}  // namespace octavo
