// Opens plugin libraries. The only file that sees Boost.DLL. Whatever goes wrong is a refusal with the file's name, never an exception.
#include "core/plugins/elf.h"
#include "core/plugins/probe.h"
#include "core/plugins/registry.h"

#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>

#include <exception>
#include <filesystem>
#include <system_error>

namespace octavo {
namespace {

// Boost's message is "... failed (dlerror system message: FILE: REASON): WORD [...]"; the reason is what helps.
std::string reason_of(const std::string& message, const std::string& file) {
    constexpr std::string_view kBefore = "system message: ";
    const std::size_t begin = message.find(kBefore);
    if (begin == std::string::npos) return message;
    std::string reason = message.substr(begin + kBefore.size());
    if (const std::size_t end = reason.rfind("): "); end != std::string::npos) reason.resize(end);
    if (reason.starts_with(file + ": ")) reason.erase(0, file.size() + 2);
    return reason;
}

// Never unloaded, whatever becomes of the handle: descriptors and whatever the library registered in the process stay valid.
constexpr auto kMode =
    boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local | static_cast<boost::dll::load_mode::type>(RTLD_NODELETE);

void load_one(Registry& registry, const std::string& file) {
    const auto refuse = [&](std::string reason) { registry.refused.push_back({file, std::move(reason)}); };
    std::error_code missing;
    if (!std::filesystem::exists(file, missing)) return refuse("there is no such file");
    if (std::string fault = library_fault(file); !fault.empty()) return refuse(std::move(fault));
    boost::dll::shared_library library;
    try {
        library.load(file, kMode);
        if (!library.has(OCTAVO_PLUGIN_ENTRY)) return refuse("is no Octavo plugin: it does not export " OCTAVO_PLUGIN_ENTRY);
        const auto entry = reinterpret_cast<octavo_plugin_entry_function>(
            reinterpret_cast<void*>(&library.get<const octavo_plugin*(std::int32_t*)>(OCTAVO_PLUGIN_ENTRY)));
        std::int32_t count = 0;
        const octavo_plugin* plugins = entry(&count);
        register_plugins(registry, plugins, count, file);
    } catch (const std::exception& exception) {
        refuse("cannot be loaded: " + reason_of(exception.what(), file));
    } catch (...) {
        refuse("cannot be loaded: its entry function threw");
    }
}

}  // namespace

Registry load_plugins(std::span<const std::string> files, std::chrono::milliseconds patience) {
    Registry tried, registry;
    const std::vector<std::string> fates = try_in_child(files.size(), patience, [&](std::size_t i) { load_one(tried, files[i]); });
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (fates[i].empty())
            load_one(registry, files[i]);
        else
            registry.refused.push_back({files[i], fates[i]});
    }
    return registry;
}

Registry load_plugins_untried(std::span<const std::string> files) {
    Registry registry;
    for (const std::string& file : files) load_one(registry, file);
    return registry;
}

}  // namespace octavo
