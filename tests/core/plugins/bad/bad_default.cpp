// Loads, but one default is no JSON and another is out of its own bounds.
#include <octavo/metric.h>

namespace {

constexpr octavo_parameter kParameters[] = {octavo::string("kind", "soft", "soft|hard", "a default without its quotes"),
                                            octavo::integer("size", "9", 1, 5, "a default beyond its bounds")};

class Careless final : public octavo::Metric {
public:
    static octavo::Result<std::unique_ptr<Careless>> create(const octavo::Values&) { return std::make_unique<Careless>(); }
    void reset() override {}
    octavo::Result<double> add(const octavo_blob&, const octavo_blob&) override { return 0.0; }
    octavo::Result<std::vector<octavo::Figure>> result() const override { return std::vector<octavo::Figure>(); }
};

}  // namespace

OCTAVO_PLUGINS(octavo::describe<Careless>("careless", "1.0.0", "defaults that cannot be", kParameters))
