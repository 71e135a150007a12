// Runs many small models in one process, for node_tests.py: `node_cases DEVICE < LIST`, where each line of LIST is a folder with model.onnx
// and in/NAME.npy. Outputs become out.DEVICE/NAME.npy beside them, or out.DEVICE/error the message. The way of a model is that of `octavo
// infer`.
#include "core/base/files.h"
#include "core/pipeline/config.h"
#include "core/pipeline/stage_infer.h"
#include "core/plugins/find.h"
#include "core/plugins/registry.h"

#include <filesystem>
#include <iostream>

namespace {

using namespace octavo;

Result<void> run_case(const DeviceHandle& device, const std::string& folder, const std::string& to) {
    Arrays inputs;
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/in")) {
        OCTAVO_TRY(inputs[entry.path().stem().string()], read_npy(entry.path().string()));
    }
    OCTAVO_TRY(const Arrays outputs, infer(device, folder + "/model.onnx", inputs, {1, {}, false}));
    for (const auto& [name, array] : outputs) OCTAVO_CHECK_OK(write_npy(to + "/" + name + ".npy", array.type, array.shape, array.bytes));
    return {};
}

Result<void> run_all(const std::string& name) {
    const Registry registry = load_plugins(find_plugin_libraries(default_plugin_search({})));
    OCTAVO_TRY(const PluginUse use, default_device(registry, name));
    OCTAVO_TRY(const DeviceHandle device, DeviceHandle::create(*use.plugin, use.values));
    for (std::string folder; std::getline(std::cin, folder);) {
        const std::string to = folder + "/out." + name;
        std::filesystem::create_directories(to);
        const Result<void> done = run_case(device, folder, to);
        if (done) continue;
        const std::string& message = done.error().message();
        OCTAVO_CHECK_OK(write_atomically(to + "/error", std::as_bytes(std::span(message)), Code::data));
    }
    return {};
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return std::cerr << "usage: node_cases DEVICE < list of folders\n", 2;
    const Result<void> done = run_all(arguments[1]);
    if (!done) std::cerr << done.error().message() << '\n';
    return done ? 0 : 1;
}
