// Reads through a null pointer while it is loaded.
namespace {

int* volatile nowhere = nullptr;
const int value = *nowhere;

}  // namespace

extern "C" __attribute__((visibility("default"))) int octavo_plugin_entry(int*) {
    return value;
}
