// The five kinds of plugin, with the words that messages, folders and the command line use for them.
#pragma once

#include <octavo/abi.h>

#include <cstdint>
#include <span>
#include <string>

namespace octavo {

struct KindRow {
    octavo_kind kind;
    const char* name;          // "dataset"
    const char* folder;        // lib/octavo/<folder>
    std::uint32_t table_size;  // least size of the function table: what version 1 of the interface has; later functions may be absent
};

std::span<const KindRow> plugin_kinds();
// nullptr where there is no such kind.
const KindRow* find_kind(octavo_kind kind);
// "an adapter", "a device"
std::string kind_with_article(octavo_kind kind);

}  // namespace octavo
