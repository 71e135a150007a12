// plan.json: its exact text, that it reads back, and what its reader says to damage.
#include "core/base/files.h"
#include "core/plan/delta.h"
#include "tests/core/plan/damage.h"
#include "tests/core/plan/samples.h"
#include "tests/support/folder.h"

#include <bit>
#include <cmath>
#include <filesystem>

namespace octavo {
namespace {

namespace fs = std::filesystem;
using testing::sample_graph;
using testing::sample_plan;

using testing::Folder;

const char* const kText = R"({
  "format": "octavo-plan",
  "version": 1,
  "graph": {"structure": "S", "constants": "C"},
  "algorithm": ["percentile", "bias"],
  "objective": "latency",
  "isa": "avx2",
  "residual_sums": "rounded",
  "operators": {
    "conv": {"precision": "int8", "reason": "int8 by default"},
    "d": {"precision": "int8", "reason": "int8 by default"},
    "out": {"precision": "int8", "reason": "int8 by default"},
    "p": {"precision": "int8", "reason": "int8 by default"}
  },
  "tensors": {
    "conv": {"depthwise": {"scale": [0.25, 0.5], "zero_point": [0, 3]}},
    "d": {"whole": {"scale": 1.5, "zero_point": 0}},
    "inner": {"whole": {"scale": 0.02, "zero_point": 100}},
    "p": {"whole": {"scale": 1.5, "zero_point": 0}},
    "x": {"whole": {"scale": 0.1, "zero_point": 128}}
  },
  "weights": {
    "conv.w": [0.5, 0.25],
    "d.w": [1, 2],
    "out.w": 0.125
  }
}
)";

BOOST_AUTO_TEST_SUITE(plan_json)

BOOST_AUTO_TEST_CASE(the_text_is_readable_and_stable) {
    Plan plan = sample_plan(sample_graph());
    plan.graph_structure = "S";
    plan.graph_constants = "C";
    plan.replaced.clear();
    BOOST_TEST(to_json(plan) == kText);
}

BOOST_AUTO_TEST_CASE(a_saved_plan_loads_as_it_was) {
    const Folder folder;
    const Plan plan = sample_plan(sample_graph());
    BOOST_REQUIRE(bool(save_plan(plan, folder / "run/plan.json")));
    BOOST_TEST(fs::exists(folder / "run/plan.delta.bin"));
    const auto loaded = load_plan(folder / "run/plan.json");
    BOOST_REQUIRE_MESSAGE(loaded, (loaded ? "" : loaded.error().message()));
    BOOST_TEST((*loaded == plan));
}

BOOST_AUTO_TEST_CASE(without_replaced_constants_there_is_no_delta_file) {
    const Folder folder;
    Plan plan = sample_plan(sample_graph());
    plan.replaced.clear();
    BOOST_REQUIRE(bool(save_plan(plan, folder / "plan.json")));
    BOOST_TEST(!fs::exists(folder / "plan.delta.bin"));
    BOOST_TEST((load_plan(folder / "plan.json").value() == plan));
}

BOOST_AUTO_TEST_CASE(names_may_hold_anything) {
    const Folder folder;
    Plan plan;
    plan.tensors["a/b~c\"d\\e\n\xc3\xa9"].whole = Quantization{{1}, {0}};
    plan.tensors[""].whole = Quantization{{2}, {255}};
    BOOST_REQUIRE(bool(save_plan(plan, folder / "plan.json")));
    BOOST_TEST((load_plan(folder / "plan.json").value() == plan));
}

// Scales of every size come back bit for bit.
BOOST_AUTO_TEST_CASE(floats_survive_the_text) {
    const Folder folder;
    std::mt19937 random(4);
    Plan plan;
    std::vector<float>& scales = plan.weight_scale["w"];
    while (scales.size() < 200000) {
        const float value = std::fabs(std::bit_cast<float>(static_cast<std::uint32_t>(random())));
        if (std::isfinite(value) && value > 0 && std::isfinite(1 / value)) scales.push_back(value);
    }
    BOOST_REQUIRE(bool(save_plan(plan, folder / "plan.json")));
    const auto loaded = load_plan(folder / "plan.json");
    BOOST_REQUIRE(loaded);
    BOOST_TEST((loaded->weight_scale == plan.weight_scale), "seed 4");
}

const testing::Damage kDamages[] = {
    {"\"format\": \"octavo-plan\"", "\"format\": \"oktavo\"",
     "found the format \"oktavo\", expected a plan, the plan.json that octavo calibrate writes"},
    {"\"version\": 1", "\"version\": 2", "/version: found 2, expected 1"},
    {"\"isa\": ", "\"isb\": ", "/: has an unknown key 'isb', did you mean 'isa'?"},
    {"\"isa\": \"avx2\"", "\"isa\": 3", "/isa: found 3, expected a string"},
    {"\"isa\": \"avx2\",", "", "/: lacks 'isa'"},
    {"[\"percentile\", \"bias\"]", "[\"percentile\", 7]", "/algorithm/1: found 7, expected a string"},
    {"[0.25, 0.5]", "[0.25, -1]", "/tensors/conv/depthwise/scale/1: found -1, expected a finite positive number"},
    {"[0.25, 0.5]", "[0.25, 1e99]", "/tensors/conv/depthwise/scale/1: found 1E99, expected a finite positive number"},
    {"[0.25, 0.5]", "[0.25, \"a\"]", "/tensors/conv/depthwise/scale/1: found \"a\", expected a positive number"},
    {"[0.25, 0.5]", "[]", "/tensors/conv/depthwise/scale: found [], expected at least one number"},
    {"[0.25, 0.5]", "[0.25]", "/tensors/conv/depthwise: has 1 scale and 2 zero points, expected as many"},
    {"\"zero_point\": 128", "\"zero_point\": 256", "/tensors/x/whole/zero_point: found 256, expected an integer from 0 to 255"},
    {"\"zero_point\": 128", "\"zero_point\": 1.5", "/tensors/x/whole/zero_point: found 1.5E0, expected an integer from 0 to 255"},
    {"\"zero_point\": 128", "\"zeropoint\": 128", "/tensors/x/whole: has an unknown key 'zeropoint', did you mean 'zero_point'?"},
    {"\"d\": {\"precision\": \"int8\"", "\"d\": {\"precision\": \"int4\"",
     "/operators/d/precision: found \"int4\", expected one of 'fp32', 'bf16', 'int8'"},
    {"\"out.w\": 0.125", "\"out.w\": null", "/weights/out.w: found null, expected a positive number"},
    {"\"weights\": {", "\"weights\": [", "found no JSON (syntax error), expected a plan, the plan.json that octavo calibrate writes"},
};

BOOST_AUTO_TEST_CASE(damage_is_named_with_its_place) {
    testing::check_damages(kText, kDamages, &load_plan);
}

// Folders, reports, models: each is said to be no plan, with the plan where one lies there.
BOOST_AUTO_TEST_CASE(what_is_given_in_place_of_a_plan_is_named_with_the_plan_beside_it) {
    const Folder folder;
    const std::string any = "a plan, the plan.json that octavo calibrate writes", here = "a plan, here " + (folder / "run/plan.json");
    const auto check = [&](const std::string& name, const std::string& found, const std::string& expected) {
        const auto loaded = load_plan(folder / name);
        BOOST_REQUIRE(!loaded);
        BOOST_TEST(loaded.error().message() == (folder / name) + ": found " + found + ", expected " + expected);
        BOOST_TEST((loaded.error().code() == Code::config));
    };
    const auto check_all = [&](const std::string& expected) {
        check("run", "a folder", expected);
        check("run/", "a folder", expected);
        check("run/report.json", "JSON without a format", expected);
        check("run/list.json", "JSON without a format", expected);
        check("run/costs.json", "the format \"octavo-costs\"", expected);
        check("run/number.json", "the format 3", expected);
        check("run/model.onnx", "no JSON (syntax error)", expected);
        check("run/empty", "no JSON (incomplete JSON)", expected);
    };
    const std::pair<const char*, const char*> files[] = {
        {"report.json", R"({"version": "1.0"})"}, {"list.json", "[1, 2]"}, {"costs.json", R"({"format": "octavo-costs", "version": 1})"},
        {"number.json", R"({"format": 3})"},      {"model.onnx", "\b\a"},  {"empty", ""}};
    for (const auto& [name, text] : files) folder.write("run/" + std::string(name), text);
    check_all(any);
    folder.write("run/plan.json", "{");
    check_all(here);
    check("run/plan.json", "no JSON (incomplete JSON)", any);
}

BOOST_AUTO_TEST_CASE(a_plan_cut_anywhere_is_an_error) {
    const Folder folder;
    const std::string text = kText;
    for (std::size_t size = 0; size + 2 < text.size(); size += 7) {
        BOOST_REQUIRE(bool(write_atomically(folder / "plan.json", std::string_view(text).substr(0, size), Code::config)));
        BOOST_TEST(!load_plan(folder / "plan.json"));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(delta)

const Replaced kReplaced = {{"a", {1.5F, -2}}, {"empty", {}}, {"z", {0.1F}}};

BOOST_AUTO_TEST_CASE(reads_back_what_was_written) {
    const std::string bytes = write_delta(kReplaced);
    BOOST_TEST((read_delta(bytes, delta_hash(bytes)).value() == kReplaced));
}

BOOST_AUTO_TEST_CASE(every_cut_and_every_flipped_byte_is_noticed) {
    const std::string bytes = write_delta(kReplaced);
    const std::string hash = delta_hash(bytes);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        BOOST_TEST(!read_delta(std::string_view(bytes).substr(0, i), hash));
        std::string flipped = bytes;
        flipped[i] = static_cast<char>(flipped[i] ^ 1);
        BOOST_TEST(!read_delta(flipped, hash));
    }
}

// With a hash that was made to fit, sizes are all that is left to trust.
BOOST_AUTO_TEST_CASE(sizes_that_lie_are_refused_before_anything_is_allocated) {
    const std::string bytes = write_delta(kReplaced);
    for (std::size_t i = 8; i < bytes.size(); ++i)
        for (const char value : {'\x00', '\x7f', '\xff'}) {
            std::string changed = bytes;
            changed[i] = value;
            const auto read = read_delta(changed, delta_hash(changed));
            if (read) BOOST_TEST(read->size() == 3U);
            const std::string cut = changed.substr(0, i);
            BOOST_TEST(!read_delta(cut, delta_hash(cut)));
        }
}

BOOST_AUTO_TEST_CASE(a_plan_whose_delta_file_changed_does_not_load) {
    const Folder folder;
    BOOST_REQUIRE(bool(save_plan(sample_plan(sample_graph()), folder / "plan.json")));
    BOOST_REQUIRE(bool(write_atomically(folder / "plan.delta.bin", write_delta({{"conv.b", {1, 1}}}), Code::config)));
    const auto loaded = load_plan(folder / "plan.json");
    BOOST_REQUIRE(!loaded);
    BOOST_TEST(loaded.error().message().find("plan.json: /delta/file: plan.delta.bin: differs from what its plan was saved with") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_delta_file_outside_of_the_folder_is_refused) {
    const Folder folder;
    BOOST_REQUIRE(bool(save_plan(sample_plan(sample_graph()), folder / "plan.json")));
    std::string text = read_text(folder / "plan.json", Code::config).value();
    text.replace(text.find("plan.delta.bin"), 14, "../delta.bin");
    BOOST_REQUIRE(bool(write_atomically(folder / "plan.json", text, Code::config)));
    const auto loaded = load_plan(folder / "plan.json");
    BOOST_REQUIRE(!loaded);
    BOOST_TEST(loaded.error().message() ==
               (folder / "plan.json") + ": /delta/file: found \"../delta.bin\", expected the name of a file beside the plan");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
