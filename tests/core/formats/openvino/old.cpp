// IR of versions 2 to 7: what each layer computes, on small numbers.
#include "core/formats/openvino/ir_statistics.h"
#include "core/passes/passes.h"
#include "tests/core/formats/openvino/ir_test.h"
#include "tests/support/evaluate.h"
#include "tests/support/graph_builder.h"

#include <cmath>
#include <random>

namespace octavo {
namespace {

using namespace testing;
using Floats = std::vector<float>;

struct Blob {
    std::string name;
    Floats values;
};

// One layer between inputs and results, as a file of that time has it.
struct OldFile {
    std::string type, data;
    std::vector<Shape> inputs;
    std::vector<Shape> outputs;
    std::vector<Blob> blobs = {};
    std::string version = "6";
    std::vector<std::vector<std::int32_t>> constants = {};  // further inputs
    std::string more = {};                                  // below <net>

    static std::string port(std::size_t id, const Shape& shape) {
        std::string text = "<port id=\"" + std::to_string(id) + "\">";
        for (const std::int64_t dim : shape) text += "<dim>" + std::to_string(dim) + "</dim>";
        return text + "</port>";
    }

    static std::string layer(std::size_t id, const std::string& name, const std::string& type, const std::string& precision) {
        return "<layer id=\"" + std::to_string(id) + "\" name=\"" + name + "\" type=\"" + type + "\" precision=\"" + precision + "\">";
    }

    IrModel model() const {
        IrModel ir;
        std::string layers, edges, ports;
        const std::size_t self = inputs.size() + constants.size();
        const auto append = [&](const std::string& name, const void* values, std::size_t size) {
            const std::string place =
                "<" + name + " offset=\"" + std::to_string(ir.binary.size()) + "\" size=\"" + std::to_string(size) + "\"/>";
            ir.binary.append(static_cast<const char*>(values), size);
            return place;
        };
        for (std::size_t i = 0; i < self; ++i) {
            const bool is_input = i < inputs.size();
            const std::size_t count = is_input ? 0 : constants[i - inputs.size()].size();
            const Shape shape = is_input ? inputs[i] : Shape{static_cast<std::int64_t>(count)};
            layers += layer(i, "x" + std::to_string(i), is_input ? "Input" : "Const", is_input ? "FP32" : "I32");
            if (!is_input) layers += "<blobs>" + append("custom", constants[i - inputs.size()].data(), count * 4) + "</blobs>";
            layers += "<output>" + port(0, shape) + "</output></layer>";
            ports += port(i, shape);
            edges += "<edge from-layer=\"" + std::to_string(i) + "\" from-port=\"0\" to-layer=\"" + std::to_string(self) + "\" to-port=\"" +
                     std::to_string(i) + "\"/>";
        }
        layers += layer(self, "y", type, "FP32") + data + "<input>" + ports + "</input><output>";
        for (std::size_t i = 0; i < outputs.size(); ++i) layers += port(self + i, outputs[i]);
        layers += "</output><blobs>";
        for (const Blob& blob : blobs) layers += append(blob.name, blob.values.data(), blob.values.size() * 4);
        ir.xml = "<net name=\"n\" version=\"" + version + "\" batch=\"1\"><layers>" + layers + "</blobs></layer></layers><edges>" + edges +
                 "</edges>" + more + "</net>";
        return ir;
    }

    std::string error() const {
        const IrModel ir = model();
        return refusal_of(ir.xml, ir.binary);
    }

    std::vector<Floats> run(const std::vector<Floats>& values) const {
        Graph graph = read_valid(model());
        BOOST_REQUIRE(fold_constants(graph));
        BOOST_REQUIRE(infer_shapes(graph, 1));
        return run_graph(graph, values);
    }
};

void check(const OldFile& file, const std::vector<Floats>& values, const std::vector<Floats>& expected) {
    BOOST_TEST_CONTEXT(file.type << " " << file.data) {
        BOOST_TEST(difference(file.run(values), expected) < 1e-5);
    }
}

BOOST_AUTO_TEST_SUITE(openvino_old)

BOOST_AUTO_TEST_CASE(activations) {
    const auto activated = [](const std::string& type, const std::string& data, const Floats& expected, std::vector<Blob> blobs = {}) {
        check({type, data, {{1, 2, 1, 2}}, {{1, 2, 1, 2}}, std::move(blobs)}, {{-2, 0.5F, -1, 8}}, {expected});
    };
    const auto of_all = [](float (*f)(float)) { return Floats{f(-2), f(0.5F), f(-1), f(8)}; };
    activated("ReLU", "", {0, 0.5F, 0, 8});
    activated("ReLU", "<data negative_slope=\"0.5\"/>", {-1, 0.5F, -0.5F, 8});
    activated("ReLU6", "", {0, 0.5F, 0, 6});
    activated("Clamp", "<data min=\"-1.5\" max=\"2\"/>", {-1.5F, 0.5F, -1, 2});
    activated("ELU", "<elu_data alpha=\"2\"/>", {2 * std::expm1(-2.0F), 0.5F, 2 * std::expm1(-1.0F), 8});
    activated("PReLU", "<data channel_shared=\"0\"/>", {-1, 0.5F, -0.25F, 8}, {{"weights", {0.5F, 0.25F}}});
    activated("PReLU", "<data channel_shared=\"1\"/>", {-1, 0.5F, -0.5F, 8}, {{"weights", {0.5F}}});
    activated("Sigmoid", "", of_all([](float x) { return 1 / (1 + std::exp(-x)); }));
    activated("TanH", "", of_all([](float x) { return std::tanh(x); }));
    activated("Exp", "", of_all([](float x) { return std::exp(x); }));
    activated("Activation", "<data type=\"tanh\"/>", of_all([](float x) { return std::tanh(x); }));
    activated("Activation", "<data type=\"elu\" alpha=\"1\"/>", {std::expm1(-2.0F), 0.5F, std::expm1(-1.0F), 8});
    activated("Copy", "", {-2, 0.5F, -1, 8});
    BOOST_TEST((OldFile{"Activation", "<data type=\"activation\"/>", {{1, 1}}, {{1, 1}}}.error()) ==
               "Activation 'y': type 'activation', which is not supported");
}

// A kernel of 1 x 2 tells height from width; version 2 spells each side.
BOOST_AUTO_TEST_CASE(convolutions) {
    const std::vector<Blob> blobs = {{"weights", {1, 10}}, {"biases", {0.5F}}};
    const Floats x = {1, 2, 3, 4, 5, 6};
    const OldFile lists = {"Convolution",
                           R"(<data kernel="1,2" strides="1,1" pads_begin="0,1" pads_end="0,0" dilations="1,1" group="1" output="1"/>)",
                           {{1, 1, 2, 3}},
                           {{1, 1, 2, 3}},
                           blobs};
    const Floats expected = {10.5F, 21.5F, 32.5F, 40.5F, 54.5F, 65.5F};
    check(lists, {x}, {expected});
    OldFile sides = lists;
    sides.version = "2";
    sides.data = R"(<convolution_data kernel-x="2" kernel-y="1" stride-x="1" stride-y="1" pad-x="1" pad-r="0" group="1" output="1"/>)";
    check(sides, {x}, {expected});
    OldFile same = lists;
    same.data = R"(<data kernel="1,2" strides="1,1" pads_begin="7,7" pads_end="7,7" auto_pad="same_lower" output="1"/>)";
    check(same, {x}, {expected});
    OldFile strided = lists;
    strided.version = "2";
    strided.data = R"(<convolution_data kernel-x="2" kernel-y="1" stride-x="2" stride-y="1" pad-x="1" output="1"/>)";
    strided.outputs = {{1, 1, 2, 2}};
    check(strided, {x}, {{10.5F, 32.5F, 40.5F, 65.5F}});
    check({"Convolution", R"(<data kernel="1,1" group="2" output="2"/>)", {{1, 2, 1, 2}}, {{1, 2, 1, 2}}, {{"weights", {2, 3}}}},
          {{1, 2, 3, 4}}, {{2, 4, 9, 12}});
    check({"Deconvolution", R"(<data kernel="1,2" strides="1,2" group="1" output="1"/>)", {{1, 1, 1, 2}}, {{1, 1, 1, 4}}, blobs}, {{1, 2}},
          {{1.5F, 10.5F, 2.5F, 20.5F}});
    OldFile wrong = lists;
    wrong.outputs = {{1, 1, 2, 2}};
    BOOST_TEST(wrong.error() == "Convolution 'y': makes 1x1x2x3, but the file says 1x1x2x2");
    wrong.blobs.front().values.pop_back();
    BOOST_TEST(wrong.error() == "Convolution 'y', weights: 4 bytes of f32, its shape needs 2 values");
    wrong.blobs.clear();
    BOOST_TEST(wrong.error() == "Convolution 'y': it has no weights");
    wrong.data = R"(<data kernel="1,2" group="2" output="3"/>)";
    BOOST_TEST(wrong.error() == "Convolution 'y': 1 channels become 3 in 2 groups");
}

BOOST_AUTO_TEST_CASE(half_weights_and_weights_of_another_layer) {
    OldFile half = {"ScaleShift", "", {{1, 2}}, {{1, 2}}};
    IrModel ir = half.model();
    ir.binary = std::string("\x00\x40\x00\xbc", 4);  // 2 and -1
    const std::string blobs = "<blobs><weights offset=\"0\" size=\"4\"/></blobs>";
    ir.xml.replace(ir.xml.rfind("<blobs></blobs>"), 15, blobs);
    ir.xml.replace(ir.xml.rfind("FP32"), 4, "FP16");
    const Graph graph = read_valid(ir);
    BOOST_TEST(run_graph(graph, {{3, 4}}).at(0) == (Floats{6, -4}), boost::test_tools::per_element());
    check({"Convolution", R"(<data kernel="1,1" output="1"/>)", {{1, 1, 1, 2}, {1, 1, 1, 1}}, {{1, 1, 1, 2}}}, {{1, 2}, {3}}, {{3, 6}});
}

BOOST_AUTO_TEST_CASE(products_and_pools) {
    check({"FullyConnected",
           "<fc_data out-size=\"2\"/>",
           {{1, 2, 1, 2}},
           {{1, 2}},
           {{"weights", {1, 2, 3, 4, 0, 0, 0, 1}}, {"biases", {1, 0}}}},
          {{1, 1, 2, 1}}, {{14, 1}});
    const Floats x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    const auto pooled = [&](const std::string& data, const Shape& shape, const Floats& expected) {
        check({"Pooling", "<data kernel=\"2,2\" strides=\"2,2\" " + data + "/>", {{1, 1, 3, 3}}, {shape}}, {x}, {expected});
    };
    pooled("pool-method=\"max\"", {1, 1, 2, 2}, {5, 6, 8, 9});
    pooled("pool-method=\"max\" rounding_type=\"floor\"", {1, 1, 1, 1}, {5});
    pooled(R"(pool-method="avg" exclude-pad="true" pads_begin="1,1" pads_end="0,0" rounding_type="floor")", {1, 1, 2, 2},
           {1, 2.5F, 5.5F, 7});
    pooled(R"(pool-method="avg" exclude-pad="false" pads_begin="1,1" pads_end="0,0" rounding_type="floor")", {1, 1, 2, 2},
           {0.25F, 1.25F, 2.75F, 7});
    BOOST_TEST((OldFile{"Pooling", R"(<data kernel="2,2" pool-method="sum"/>)", {{1, 1, 3, 3}}, {{1, 1, 2, 2}}}.error()) ==
               "Pooling 'y': pool-method 'sum', expected 'max' or 'avg'");
}

BOOST_AUTO_TEST_CASE(arithmetic) {
    const auto joined = [](const std::string& data, const Floats& expected) {
        check({"Eltwise", data, {{1, 2}, {1, 2}, {1, 2}}, {{1, 2}}}, {{1, 2}, {3, 5}, {4, -4}}, {expected});
    };
    joined("<data operation=\"sum\"/>", {8, 3});
    joined("<data operation=\"sum\" coeff=\"1,-1,2\"/>", {6, -11});
    joined("<elementwise_data operation=\"mul\"/>", {12, -40});
    joined("<data operation=\"max\"/>", {4, 5});
    BOOST_TEST((OldFile{"Eltwise", R"(<data operation="sum" coeff="1"/>)", {{1, 1}, {1, 1}}, {{1, 1}}}.error()) ==
               "Eltwise 'y': 1 coefficients for 2 inputs");
    const auto powered = [](const std::string& data, const Floats& expected) {
        check({"Power", data, {{1, 2}}, {{1, 2}}}, {{1, 3}}, {expected});
    };
    powered("<data power=\"1\" scale=\"1\" shift=\"0\"/>", {1, 3});
    powered("<power_data power=\"2\" scale=\"2\" shift=\"-1\"/>", {1, 25});
    powered("<data power=\"1\" scale=\"0.5\" shift=\"0\"/>", {0.5F, 1.5F});
    const std::vector<Blob> blobs = {{"weights", {2, 3}}, {"biases", {1, -1}}};
    check({"ScaleShift", "<data broadcast=\"0\"/>", {{1, 2, 1, 2}}, {{1, 2, 1, 2}}, blobs}, {{1, 2, 3, 4}}, {{3, 5, 8, 11}});
    check({"ScaleShift", "", {{1, 2, 1, 2}}, {{1, 2, 1, 2}}, {{"weights", {2}}}}, {{1, 2, 3, 4}}, {{2, 4, 6, 8}});
    check({"BatchNormalization",
           "<batch_norm_data epsilon=\"1\"/>",
           {{1, 2, 1, 1}},
           {{1, 2, 1, 1}},
           {{"weights", {3, 8}}, {"biases", {1, 2}}}},
          {{5, 5}}, {{2, 1}});
}

BOOST_AUTO_TEST_CASE(normalizations) {
    check({"Norm", R"(<norm_data local-size="3" alpha="3" beta="1" region="across" k="1"/>)", {{1, 2, 1, 1}}, {{1, 2, 1, 1}}}, {{1, 2}},
          {{1.0F / 6, 2.0F / 6}});
    // 3 x 3 pixels around each, nine in all whatever lies inside.
    check({"Norm", R"(<data local-size="3" alpha="9" beta="1" region="same"/>)", {{1, 1, 1, 2}}, {{1, 1, 1, 2}}}, {{1, 2}},
          {{1.0F / 6, 2.0F / 6}});
    check({"Normalize", R"(<data across_spatial="0" channel_shared="0" eps="0"/>)", {{1, 2, 1, 2}}, {{1, 2, 1, 2}}, {{"weights", {1, 10}}}},
          {{3, 0, 4, 2}}, {{0.6F, 0, 8, 10}});
    check({"Normalize", R"(<data across_spatial="1" channel_shared="1" eps="0"/>)", {{1, 2, 1, 2}}, {{1, 2, 1, 2}}, {{"weights", {2}}}},
          {{1, 1, 1, 1}}, {{1, 1, 1, 1}});
    check({"SoftMax", "<data axis=\"1\"/>", {{1, 2}}, {{1, 2}}}, {{0, std::log(3.0F)}}, {{0.25F, 0.75F}});
}

BOOST_AUTO_TEST_CASE(what_moves_values) {
    const Floats x = {1, 2, 3, 4, 5, 6};
    check({"Concat", "<concat_data axis=\"1\"/>", {{1, 1, 2}, {1, 2, 2}}, {{1, 3, 2}}}, {{1, 2}, {3, 4, 5, 6}}, {x});
    check({"Split", "<data axis=\"1\"/>", {{1, 3, 2}}, {{1, 1, 2}, {1, 2, 2}}}, {x}, {{1, 2}, {3, 4, 5, 6}});
    check({"Slice", "<slice_data axis=\"2\"/>", {{1, 3, 2}}, {{1, 3, 1}, {1, 3, 1}}}, {x}, {{1, 3, 5}, {2, 4, 6}});
    check({"Crop", R"(<data axis="1,2" offset="1,1" dim="2,1"/>)", {{1, 3, 2}}, {{1, 2, 1}}}, {x}, {{4, 6}});
    check({"Crop", R"(<data axis="1" crop_begin="1" crop_end="1"/>)", {{1, 3, 2}}, {{1, 1, 2}}}, {x}, {{3, 4}});
    check({"Crop", R"(<data axis="1" offset="1"/>)", {{1, 3, 2}, {1, 2, 2}}, {{1, 2, 2}}}, {x, {0, 0, 0, 0}}, {{3, 4, 5, 6}});
    check({"Reshape", R"(<data dim="0,-1" axis="0" num_axes="-1"/>)", {{1, 3, 2}}, {{1, 6}}}, {x}, {x});
    check({"Reshape", R"(<data dim="" axis="0" num_axes="-1"/>)", {{1, 6}}, {{1, 3, 2}}, {}, "6", {{0, 3, 2}}}, {x}, {x});
    check({"Flatten", R"(<data axis="1" end_axis="-1"/>)", {{1, 3, 2}}, {{1, 6}}}, {x}, {x});
    check({"Permute", R"(<data order="0,2,1"/>)", {{1, 3, 2}}, {{1, 2, 3}}}, {x}, {{1, 3, 5, 2, 4, 6}});
    check({"Tile", R"(<tile_data axis="1" tiles="2"/>)", {{1, 3}}, {{1, 6}}}, {{1, 2, 3}}, {{1, 2, 3, 1, 2, 3}});
    check({"Squeeze", "", {{1, 3, 1}}, {{1, 3}}, {}, "6", {{2}}}, {{1, 2, 3}}, {{1, 2, 3}});
    check({"Unsqueeze", "", {{1, 3}}, {{1, 1, 3}}, {}, "6", {{1}}}, {{1, 2, 3}}, {{1, 2, 3}});
    check({"Gather", "<data axis=\"1\"/>", {{1, 3}}, {{1, 2}}, {}, "6", {{2, 0}}}, {{1, 2, 3}}, {{3, 1}});
    // The first axis as the file says, the second from its beginning to the given end.
    check({"StridedSlice", R"(<data begin_mask="1,0" end_mask="1,1"/>)", {{2, 3}}, {{1, 2}}, {}, "6", {{1, 2}, {2, 2}, {1, 1}}}, {x},
          {{4, 5}});
    check({"ArgMax", R"(<data axis="1" top_k="1" out_max_val="0"/>)", {{1, 3}}, {{1, 1}}}, {{1, 7, 3}}, {{1}});
    BOOST_TEST((OldFile{"Crop", R"(<data axis="1,9" offset="1,1"/>)", {{1, 3}}, {{1, 2}}}.error()) == "Crop 'y': axis 9 of its output");
}

BOOST_AUTO_TEST_CASE(images_of_another_size) {
    check({"Resample", R"(<data type="caffe.ResampleParameter.NEAREST" antialias="0" factor="2.0"/>)", {{1, 1, 1, 2}}, {{1, 1, 2, 4}}},
          {{1, 2}}, {{1, 1, 2, 2, 1, 1, 2, 2}});
    check({"Resample", R"(<data type="caffe.ResampleParameter.LINEAR" antialias="0"/>)", {{1, 1, 1, 2}}, {{1, 1, 1, 4}}}, {{1, 2}},
          {{1, 1.25F, 1.75F, 2}});
    check({"Interp", R"(<data align_corners="1" height="1" width="3" pad_beg="0" pad_end="0"/>)", {{1, 1, 1, 2}}, {{1, 1, 1, 3}}}, {{1, 2}},
          {{1, 1.5F, 2}});
    check({"Interp", R"(<data align_corners="0" factor="2"/>)", {{1, 1, 1, 2}}, {{1, 1, 2, 4}}}, {{1, 2}},
          {{1, 1.5F, 2, 2, 1, 1.5F, 2, 2}});
}

BOOST_AUTO_TEST_CASE(detectors) {
    check({"PriorBoxClustered",
           R"(<data width="4" height="2" offset="0.5" step="0" clip="0" variance="0.1,0.2,0.3,0.4"/>)",
           {{1, 8, 1, 1}, {1, 3, 10, 10}},
           {{1, 2, 4}}},
          {Floats(8), Floats(300)}, {{0.3F, 0.4F, 0.7F, 0.6F, 0.1F, 0.2F, 0.3F, 0.4F}});
    check({"PriorBox",
           R"(<data min_size="4" max_size="9" aspect_ratio="4" flip="0" clip="0" offset="0.5" step="10" variance="0.1"/>)",
           {{1, 8, 1, 1}, {1, 3, 10, 10}},
           {{1, 2, 12}}},
          {Floats(8), Floats(300)}, {{0.3F, 0.3F, 0.7F, 0.7F, 0.2F, 0.2F, 0.8F, 0.8F, 0.1F, 0.4F, 0.9F, 0.6F,
                                      0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F}});
    check({"DetectionOutput",
           R"(<data background_label_id="0" code_type="caffe.PriorBoxParameter.CENTER_SIZE" keep_top_k="2" top_k="-1" nms_threshold="0.5"
                 confidence_threshold="0.3" num_classes="2" share_location="1" input_width="-1" input_height="-1"/>)",
           {{1, 4}, {1, 2}, {1, 2, 4}},
           {{1, 1, 2, 7}}},
          {{0, 0, 0, 0}, {0.1F, 0.9F}, {0.1F, 0.2F, 0.3F, 0.4F, 1, 1, 1, 1}}, {{0, 1, 0.9F, 0.1F, 0.2F, 0.3F, 0.4F, -1, 0, 0, 0, 0, 0, 0}});
    const auto s = [](float x) { return 1 / (1 + std::exp(-x)); };
    // One anchor of x, y, w, h, object and two classes, one pixel.
    const Floats values = {1, 2, 3, 4, 5, 0, 0};
    check({"RegionYolo", R"(<data coords="4" classes="2" num="1" do_softmax="1" axis="1" end_axis="3"/>)", {{1, 7, 1, 1}}, {{1, 7}}},
          {values}, {{s(1), s(2), 3, 4, s(5), 0.5F, 0.5F}});
    check({"RegionYolo",
           R"(<data coords="4" classes="2" num="9" mask="0" do_softmax="0" axis="1" end_axis="3"/>)",
           {{1, 7, 1, 1}},
           {{1, 7, 1, 1}}},
          {values}, {{s(1), s(2), 3, 4, s(5), s(0), s(0)}});
    // Four channels of 2 x 2 are read as one of 4 x 4, whose pixels 2 apart become a channel.
    check({"ReorgYolo", R"(<data stride="2"/>)", {{1, 4, 2, 2}}, {{1, 16, 1, 1}}}, {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
          {{0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15}});
    BOOST_TEST((OldFile{"RegionYolo", R"(<data coords="4" classes="3" num="1"/>)", {{1, 7, 1, 1}}, {{1, 7}}}.error()) ==
               "RegionYolo 'y': 1 anchors of 4 coordinates and 3 classes from axis 1 on do not fit its input");
}

// Two convolutions with a pooling between: signed, then per tensor; what nobody marked stays in floating point.
BOOST_AUTO_TEST_CASE(statistics_become_a_plan) {
    const auto statistics = [](const std::string& low) {
        return "<statistics><layer><name>x0</name><min>-1.000000, 0.5</min><max>2.540000, 1</max></layer><layer><name>y</name><min>" + low +
               "</min><max>1.27, 2.54</max></layer></statistics>";
    };
    OldFile file = {"Convolution",
                    R"(<data kernel="1,1" group="2" output="2" quantization_level="I8"/>)",
                    {{1, 2, 1, 2}},
                    {{1, 2, 1, 2}},
                    {{"weights", {0.1F, -1}}}};
    file.more = statistics("0, 0");
    const auto plan_of = [](const OldFile& subject) {
        const IrModel ir = subject.model();
        Graph graph = read_valid(ir);
        BOOST_REQUIRE(run_passes(graph));
        const Result<SeenRanges> seen = parse_ir_statistics(ir.xml);
        BOOST_REQUIRE(seen);
        std::optional<Plan> plan = plan_from(graph, *seen);
        if (plan) BOOST_REQUIRE(check_plan(*plan, graph));
        return plan;
    };
    std::optional<Plan> plan = plan_of(file);
    BOOST_REQUIRE(plan);
    BOOST_TEST((plan->tensors.at("x0").depthwise == Quantization{{2.54F / 127, 1.0F / 127}, {128, 128}}));
    BOOST_TEST(!plan->tensors.at("x0").whole.has_value());
    BOOST_TEST((plan->weight_scale.begin()->second == Floats{0.1F / 127, 1.0F / 127}));
    file.data = R"(<data kernel="1,1" output="2" quantization_level="I8"/>)";
    file.blobs = {{"weights", {0.1F, -1, 0, 0}}};
    plan = plan_of(file);
    BOOST_REQUIRE(plan);
    BOOST_TEST((plan->tensors.at("x0").whole == Quantization{{2.54F / 127}, {128}}));
    BOOST_TEST((plan->weight_scale.begin()->second == Floats{1.0F / 127, 1}));
    file.data = R"(<data kernel="1,1" output="2" quantization_level="FP32"/>)";
    BOOST_TEST(!plan_of(file).has_value());
    const auto refused = [&](const std::string& low) {
        file.more = statistics(low);
        const Result<SeenRanges> seen = parse_ir_statistics(file.model().xml);
        return seen ? "" : seen.error().message();
    };
    BOOST_TEST(refused("0") == "statistics of layer 'y': 1 numbers of min and 2 of max");
    BOOST_TEST(refused("0, low") == "statistics of layer 'y': min is no list of numbers");
    BOOST_TEST(refused("0, inf") == "statistics of layer 'y': min is no list of numbers");
}

// Tensors that share a grid take the widest range, and -0.000000 is not negative.
BOOST_AUTO_TEST_CASE(concatenated_tensors_share_the_widest_range) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {1, 1, 2, 2});
    const TensorId a = builder.conv("a", x, 1, 1), b = builder.conv("b", x, 1, 1);
    const TensorId joined = builder.node("Concat", "joined", {a, b}, {{"axis", std::int64_t{1}}});
    const Graph graph = builder.done({builder.conv("y", joined, 2, 1), builder.conv("z", a, 1, 1)}, 1);
    const SeenRanges seen = {{{"x", {{-0.0F}, {255}}}, {"a", {{0}, {5.1F}}}, {"b", {{-1}, {0}}}, {"joined", {{-1, 0}, {2, 1}}}},
                             {"a", "b", "y", "z"}};
    const std::optional<Plan> plan = plan_from(graph, seen);
    BOOST_REQUIRE(plan);
    BOOST_TEST((plan->tensors.at("x").whole == Quantization{{1}, {0}}));
    for (const char* name : {"a", "b", "joined"}) BOOST_TEST((plan->tensors.at(name).whole == Quantization{{5.1F / 127}, {128}}), name);
}

BOOST_AUTO_TEST_CASE(what_is_not_read_is_named) {
    BOOST_TEST((OldFile{"Proposal", "", {{1, 2}}, {{1, 2}}}.error()) ==
               "unsupported layers: Proposal 'y': docs/openvino.md lists what is read");
    OldFile weights = {"PReLU", "", {{1, 2}}, {{1, 2}}, {{"weights", {1, 2}}}};
    IrModel ir = weights.model();
    BOOST_TEST(refusal_of(ir.xml, ir.binary.substr(1)) == "PReLU 'y', weights: bytes 0 to 8 of the .bin file, which has 7");
    ir.xml.replace(ir.xml.rfind("FP32"), 4, "BIN1");
    BOOST_TEST(refusal_of(ir.xml, ir.binary) == "PReLU 'y', weights: values of type '', which is not supported");
}

// Under the sanitizers this says more.
BOOST_AUTO_TEST_CASE(any_byte_may_be_anything) {
    const OldFile files[] = {{"Convolution",
                              R"(<data kernel="1,2" strides="1,1" pads_begin="0,1" pads_end="0,0" group="1" output="1"/>)",
                              {{1, 1, 2, 3}},
                              {{1, 1, 2, 3}},
                              {{"weights", {1, 10}}}},
                             {"Crop", R"(<data axis="1,2" offset="1,1"/>)", {{1, 3, 2}}, {{1, 2, 1}}},
                             {"RegionYolo", R"(<data coords="4" classes="2" num="1" do_softmax="1"/>)", {{1, 7, 1, 1}}, {{1, 7}}},
                             {"ReorgYolo", R"(<data stride="2"/>)", {{1, 4, 2, 2}}, {{1, 16, 1, 1}}},
                             {"Interp", R"(<data align_corners="1"/>)", {{1, 1, 1, 2}}, {{1, 1, 1, 3}}}};
    std::mt19937 random(7);
    std::size_t refused = 0;
    for (const OldFile& file : files) {
        const IrModel whole = file.model();
        BOOST_REQUIRE_EQUAL(refusal_of(whole.xml, whole.binary), "");
        for (std::size_t at = 0; at < whole.xml.size(); ++at)
            for (const char byte : {'0', '9', '-', '"', static_cast<char>(random() % 255 + 1)}) {
                std::string xml = whole.xml;
                xml[at] = byte;
                if (!refusal_of(xml, whole.binary).empty()) ++refused;
            }
        for (std::size_t size = 0; size < whole.xml.rfind("</net>"); ++size)
            BOOST_TEST(refusal_of(whole.xml.substr(0, size), whole.binary) != "");
    }
    BOOST_TEST(refused > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
