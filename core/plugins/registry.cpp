// What a descriptor must be before the host believes it. Strangers' libraries are read field by field and never past the size they state.
#include "core/plugins/registry.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <tuple>

namespace octavo {
namespace {

constexpr std::int32_t kMostPlugins = 1000;
constexpr std::int32_t kMostParameters = 1000;

bool is_name(const char* name) {
    if (!name || !*name) return false;
    return std::all_of(name, name + std::strlen(name),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; });
}

std::string parameter_fault(const octavo_plugin& plugin) {
    if (plugin.parameter_count < 0 || plugin.parameter_count > kMostParameters || (plugin.parameter_count > 0 && !plugin.parameters))
        return "has a parameter table that cannot be (" + std::to_string(plugin.parameter_count) + " entries)";
    for (std::int32_t i = 0; i < plugin.parameter_count; ++i) {
        const octavo_parameter& parameter = plugin.parameters[i];
        if (!parameter.name || !*parameter.name) return "parameter " + std::to_string(i) + " has no name";
        if (parameter.type < OCTAVO_INT || parameter.type > OCTAVO_STRING_LIST)
            return std::string("parameter '") + parameter.name + "' has the unknown type " + std::to_string(parameter.type);
        if (!parameter.doc) return std::string("parameter '") + parameter.name + "' is not documented";
    }
    return "";
}

// A table is its size and then functions; each that version 1 of the interface has must be there.
std::string table_fault(const void* functions, const KindRow& kind) {
    std::uint32_t size = 0;
    std::memcpy(&size, functions, sizeof size);
    if (size < kind.table_size)
        return "has a function table of " + std::to_string(size) + " bytes, expected at least " + std::to_string(kind.table_size) +
               "; build it with the headers of this version";
    using Function = void (*)();
    for (std::size_t offset = sizeof(Function); offset < kind.table_size; offset += sizeof(Function)) {
        Function function = nullptr;
        std::memcpy(&function, static_cast<const std::byte*>(functions) + offset, sizeof function);
        if (!function) return "has a null pointer as function " + std::to_string(offset / sizeof(Function)) + " of its table";
    }
    return "";
}

// Empty if the plugin can be used. Size and version have been checked.
std::string fault(const octavo_plugin& plugin) {
    const KindRow* kind = find_kind(plugin.kind);
    if (!kind) return "is of the unknown kind " + std::to_string(plugin.kind);
    if (!is_name(plugin.name)) return "has no proper name (lower case letters, digits, '_', '-', '.')";
    const std::string title = std::string(kind->name) + " '" + plugin.name + "' ";
    if (!plugin.version || !plugin.summary) return title + "has no version or summary";
    if (!plugin.functions) return title + "has no functions";
    std::string reason = table_fault(plugin.functions, *kind);
    if (reason.empty()) reason = parameter_fault(plugin);
    return reason.empty() ? "" : title + reason;
}

bool before(const LoadedPlugin& a, const LoadedPlugin& b) {
    return std::tuple(a.kind(), a.name()) < std::tuple(b.kind(), b.name());
}

}  // namespace

std::string LoadedPlugin::title() const {
    return std::string(find_kind(kind())->name) + " '" + descriptor->name + "'";
}

const LoadedPlugin* Registry::find(octavo_kind kind, std::string_view name) const {
    for (const LoadedPlugin& plugin : plugins)
        if (plugin.kind() == kind && plugin.name() == name) return &plugin;
    return nullptr;
}

std::vector<std::string> Registry::names(octavo_kind kind) const {
    std::vector<std::string> found;
    for (const LoadedPlugin& plugin : plugins)
        if (plugin.kind() == kind) found.emplace_back(plugin.name());
    return found;
}

void register_plugins(Registry& registry, const octavo_plugin* plugins, std::int32_t count, const std::string& file) {
    const auto refuse = [&](std::string reason) { registry.refused.push_back({file, std::move(reason)}); };
    if (!plugins) return refuse("shows no plugins: " OCTAVO_PLUGIN_ENTRY " gave a null pointer");
    if (count < 1 || count > kMostPlugins) return refuse("names no plugins (count " + std::to_string(count) + ")");
    const std::uint32_t stride = plugins->size;  // a newer library's descriptors may be larger than ours
    const std::uint32_t version = plugins->abi_version;
    if (version != OCTAVO_ABI_VERSION)
        return refuse("was built for version " + std::to_string(version) + " of the plugin interface, this host has version " +
                      std::to_string(OCTAVO_ABI_VERSION) + "; build it again");
    if (stride < sizeof(octavo_plugin))
        return refuse("has descriptors of " + std::to_string(stride) + " bytes, expected at least " +
                      std::to_string(sizeof(octavo_plugin)) + "; build it with the headers of this version");
    for (std::int32_t i = 0; i < count; ++i) {
        const std::byte* place = reinterpret_cast<const std::byte*>(plugins) + static_cast<std::size_t>(i) * stride;
        const LoadedPlugin plugin{reinterpret_cast<const octavo_plugin*>(place), file};
        if (const std::string reason = fault(*plugin.descriptor); !reason.empty()) {
            refuse(reason);
        } else if (const LoadedPlugin* other = registry.find(plugin.kind(), plugin.name())) {
            if (other->descriptor != plugin.descriptor) refuse(plugin.title() + " is already there, from " + other->file);
        } else {
            registry.plugins.insert(std::upper_bound(registry.plugins.begin(), registry.plugins.end(), plugin, before), plugin);
        }
    }
}

}  // namespace octavo
