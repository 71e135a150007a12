// The adapter of a config on outputs from elsewhere, for detectors.py: `detector_cases CONFIG OUTPUT... < LIST`, where each line of LIST is
// a folder with an OUTPUT.npy for each output, and an octavo_geometry without its size. The data set has the classes of VOC. Boxes become
// boxes.npy in the folder (left, top, right, bottom, label, score), and the comparison of this case's outputs with those of the case before
// energies.npy (signal, noise).
#include "core/base/files.h"
#include "core/pipeline/npy.h"
#include "core/plugins/find.h"
#include "core/plugins/handles.h"

#include <octavo/blob.h>
#include <octavo/class_lists.h>
#include <octavo/tensor.h>

#include <boost/json.hpp>
#include <iostream>
#include <sstream>

namespace {

using namespace octavo;
namespace json = boost::json;

Result<AdapterHandle> adapter_of(const Registry& registry, const std::string& config) {
    OCTAVO_TRY(const MappedFile file, map_file(config, Code::config));
    json::object given = json::parse({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}).at("adapter").as_object();
    const LoadedPlugin* const plugin = registry.find(OCTAVO_ADAPTER, given.at("plugin").as_string().c_str());
    if (!plugin) return Error(Code::config, config + ": no such adapter");
    given.erase("plugin");
    std::vector<Finding> findings;
    const ParameterValues values = check_parameters(*plugin, given, {}, findings);
    if (!findings.empty()) return Error(Code::config, config + ": wrong parameters of the adapter");
    return AdapterHandle::create(*plugin, values, std::vector<std::string>(kVocClasses.begin(), kVocClasses.end()));
}

// With the arrays that the outputs point into.
struct Case {
    std::string folder;
    octavo_geometry geometry{};
    std::vector<Array> arrays;
    std::vector<octavo_output> outputs;
};

Result<Case> read_case(const std::string& line, std::span<char* const> names) {
    Case result;
    octavo_geometry& g = result.geometry;
    g.size = sizeof(g);
    std::istringstream(line) >> result.folder >> g.source_width >> g.source_height >> g.scale_x >> g.scale_y >> g.offset_x >> g.offset_y >>
        g.input_width >> g.input_height;
    for (const char* const name : names) {
        OCTAVO_TRY(Array array, read_npy(result.folder + "/" + name + ".npy"));
        const Array& kept = result.arrays.emplace_back(std::move(array));
        result.outputs.push_back({name, dense_tensor(kept.type, kept.shape, kept.bytes.data())});
    }
    return result;
}

Result<void> write_floats(const std::string& path, std::int64_t columns, std::span<const float> values) {
    const std::vector<std::int64_t> shape = {std::ssize(values) / columns, columns};
    return write_npy(path, OCTAVO_F32, shape, std::as_bytes(values));
}

Result<void> run_case(const AdapterHandle& adapter, const Case& now, const Case& before) {
    std::vector<float> boxes;
    OCTAVO_CHECK_OK(adapter.adapt(now.outputs, {&now.geometry, 1}, [&](std::int64_t, const octavo_blob& prediction) {
        const auto values = values_of<octavo_box>(prediction, OCTAVO_BLOB_BOXES, "the prediction");
        for (const octavo_box& box : values.value())
            boxes.insert(boxes.end(), {box.left, box.top, box.right, box.bottom, static_cast<float>(box.label), box.score});
    }));
    double signal = 0, noise = 0;
    OCTAVO_CHECK_OK(adapter.compare(now.outputs, before.outputs, {&now.geometry, 1}, {&signal, 1}, {&noise, 1}));
    OCTAVO_CHECK_OK(write_floats(now.folder + "/boxes.npy", 6, boxes));
    return write_floats(now.folder + "/energies.npy", 2, std::vector{static_cast<float>(signal), static_cast<float>(noise)});
}

Result<void> run_all(const std::string& config, std::span<char* const> names) {
    const Registry registry = load_plugins(find_plugin_libraries(default_plugin_search({})));
    OCTAVO_TRY(const AdapterHandle adapter, adapter_of(registry, config));
    std::optional<Case> before;
    for (std::string line; std::getline(std::cin, line);) {
        OCTAVO_TRY(Case now, read_case(line, names));
        OCTAVO_CHECK_OK(run_case(adapter, now, before ? *before : now));
        before = std::move(now);
    }
    return {};
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 3) return std::cerr << "usage: detector_cases CONFIG OUTPUT... < list of cases\n", 2;
    const Result<void> done = run_all(arguments[1], {arguments + 2, arguments + count});
    if (!done) std::cerr << done.error().message() << '\n';
    return done ? 0 : 1;
}
