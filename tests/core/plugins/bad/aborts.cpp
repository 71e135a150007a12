// A static object's constructor throws while the library is loaded, which ends a process.
#include <stdexcept>

namespace {

struct Licence {
    Licence() { throw std::runtime_error("no licence found"); }
} const licence;

}  // namespace

extern "C" __attribute__((visibility("default"))) const void* octavo_plugin_entry(int*) {
    return &licence;
}
