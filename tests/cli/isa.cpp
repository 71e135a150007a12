// The instruction set that a config asks the device for, which a process can have one of.
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace {

using namespace octavo::testing;

std::string config_for(const Folder& folder, const std::string& isa) {
    const std::string quickstart = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/";
    return folder.write("isa.json", R"({"model": ")" + quickstart + R"(classify.onnx", "dataset": {"plugin": "imagenet", "images": ")" +
                                        quickstart + R"(images"}, "calibration": {"list": ")" + quickstart +
                                        R"(calibration.txt"}, "validation": [{"list": ")" + quickstart +
                                        R"(validation.txt"}], "preprocess": [{"resize": {"shorter_side": 72}}, {"crop": 64}],
    "device": {"plugin": "onednn", "isa": ")" +
                                        isa + R"("}, "output": "run"})");
}

BOOST_AUTO_TEST_SUITE(isa)

BOOST_AUTO_TEST_CASE(a_plan_is_made_and_measured_for_an_older_cpu) {
    const Folder folder;
    const Outcome outcome = run(folder, "calibrate " + config_for(folder, "sse41") + " --limit 4");
    BOOST_TEST(outcome.code == 0, outcome.err);
    for (const char* file : {"/run/plan.json", "/run/report.json"}) {
        const std::string text = file_text(folder.path.string() + file);
        BOOST_TEST(text.find(R"("isa": "sse41")") != std::string::npos, file);
    }
}

BOOST_AUTO_TEST_CASE(what_the_cpu_lacks_is_refused) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("amx-int8")) return;
    const Folder folder;
    const Outcome outcome = run(folder, "calibrate " + config_for(folder, "avx512_core_amx") + " --limit 4");
    BOOST_TEST(outcome.code == 2);
    BOOST_TEST(outcome.err.find("device 'onednn': isa: found avx512_core_amx, but this process runs ") != std::string::npos, outcome.err);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
