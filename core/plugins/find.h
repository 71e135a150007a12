// Where plugin libraries lie: beside the host in ../lib/octavo/<kinds>, then in every folder (or file) of --plugin-path, then of the
// environment variable OCTAVO_PLUGIN_PATH (separated by colons). Gives file names in that order, each folder's sorted; opens nothing.
#pragma once

#include <string>
#include <vector>

namespace octavo {

struct PluginSearch {
    std::string host_folder;         // folder of the executable; empty: no plugins of our own
    std::vector<std::string> paths;  // --plugin-path
    std::string environment;         // OCTAVO_PLUGIN_PATH
};

// The search of this process: its own folder and environment.
PluginSearch default_plugin_search(std::vector<std::string> paths);

std::vector<std::string> find_plugin_libraries(const PluginSearch& search);

}  // namespace octavo
