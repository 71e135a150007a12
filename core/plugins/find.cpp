// The search order is that of find.h. A folder named by the user may hold libraries itself or in folders named after the kinds.
#include "core/plugins/find.h"

#include "core/plugins/kinds.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace octavo {
namespace {

namespace fs = std::filesystem;

void add_folder(const fs::path& folder, std::vector<std::string>& files) {
    std::error_code ignored;
    std::vector<std::string> here;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored))
        if (entry.path().extension() == ".so") here.push_back(entry.path().string());
    std::sort(here.begin(), here.end());
    files.insert(files.end(), here.begin(), here.end());
}

void add_path(const fs::path& path, std::vector<std::string>& files) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
        files.push_back(path.string());  // a file, or nothing: loading it says which
        return;
    }
    add_folder(path, files);
    for (const KindRow& kind : plugin_kinds()) add_folder(path / kind.folder, files);
}

}  // namespace

PluginSearch default_plugin_search(std::vector<std::string> paths) {
    std::error_code failed;
    const fs::path host = fs::read_symlink("/proc/self/exe", failed);
    const char* environment = std::getenv("OCTAVO_PLUGIN_PATH");
    return {failed ? std::string() : host.parent_path().string(), std::move(paths), environment ? environment : ""};
}

std::vector<std::string> find_plugin_libraries(const PluginSearch& search) {
    std::vector<std::string> files;
    if (!search.host_folder.empty()) {
        const fs::path own = fs::path(search.host_folder).parent_path() / "lib" / "octavo";
        for (const KindRow& kind : plugin_kinds()) add_folder(own / kind.folder, files);
    }
    for (const std::string& path : search.paths) add_path(path, files);
    std::size_t begin = 0;
    while (begin < search.environment.size()) {
        const std::size_t end = std::min(search.environment.find(':', begin), search.environment.size());
        if (end > begin) add_path(search.environment.substr(begin, end - begin), files);
        begin = end + 1;
    }
    return files;
}

}  // namespace octavo
