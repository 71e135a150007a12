// A plugin as it should be: a data set of no samples.
#include <octavo/dataset.h>

namespace {

class Nothing final : public octavo::Dataset {
public:
    static octavo::Result<std::unique_ptr<Nothing>> create(const octavo::Values&) { return std::make_unique<Nothing>(); }
    std::int64_t count() const override { return 0; }
    octavo::Result<octavo_sample> sample(std::int64_t) const override { return octavo::Error(octavo::Code::data, "there is none"); }
};

}  // namespace

OCTAVO_PLUGINS(octavo::describe<Nothing>("nothing", "1.0.0", "no samples at all", {}))
