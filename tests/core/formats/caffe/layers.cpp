// What each layer computes, by hand from Caffe's definitions.
#include "tests/core/formats/caffe/caffe_test.h"

#include <cmath>
#include <cstdlib>

namespace octavo {
namespace {

using namespace testing;

const std::vector<float> kNine = {1, 2, 3, 4, 5, 6, 7, 8, 9};

struct Case {
    std::string layer;
    std::vector<TestBlob> inputs, blobs;
    TestBlob output;  // the first
};

void check(const std::vector<Case>& cases) {
    for (const Case& one : cases) {
        BOOST_TEST_CONTEXT(one.layer) {
            std::vector<Shape> shapes;
            std::vector<std::vector<float>> values;
            for (const TestBlob& input : one.inputs) shapes.push_back(input.dims), values.push_back(input.values);
            const Graph graph = read_valid(layer_text(one.layer, shapes), layer_weights(one.blobs));
            BOOST_TEST(graph[graph.outputs.at(0)].shape == one.output.dims, boost::test_tools::per_element());
            const std::vector<float> found = run_graph(graph, values).at(0);
            BOOST_REQUIRE(found.size() == one.output.values.size());
            for (std::size_t i = 0; i < found.size(); ++i)
                BOOST_TEST(std::abs(found[i] - one.output.values[i]) < 1e-5F,
                           "value " << i << " is " << found[i] << ", expected " << one.output.values[i]);
        }
    }
}

BOOST_AUTO_TEST_SUITE(caffe_layers)

BOOST_AUTO_TEST_CASE(convolutions) {
    const std::string side = " num_output: 1 kernel_h: 1 kernel_w: 2 stride_h: 1 stride_w: 2 ";
    check({
        {"type: 'Convolution' convolution_param { num_output: 1 kernel_size: 2 weight_filler { type: 'xavier' } }",
         {{{1, 1, 2, 2}, {1, 2, 3, 4}}},
         {{{1, 1, 2, 2}, {1, 0, 0, 1}}, {{1}, {10}}},
         {{1, 1, 1, 1}, {15}}},
        {"type: 'Convolution' convolution_param { num_output: 1 kernel_size: 2 dilation: 2 bias_term: false }",
         {{{1, 1, 3, 3}, kNine}},
         {{{1, 1, 2, 2}, {1, 1, 1, 1}}},
         {{1, 1, 1, 1}, {20}}},
        {"type: 'Convolution' convolution_param {" + side + "pad_w: 1 bias_term: false }",
         {{{1, 1, 1, 4}, {1, 2, 3, 4}}},
         {{{1, 1, 1, 2}, {1, 10}}},
         {{1, 1, 1, 3}, {10, 32, 4}}},
        {"type: 'Convolution' convolution_param { num_output: 2 kernel_size: 1 group: 2 }",
         {{{1, 2, 1, 1}, {3, 5}}},
         {{{2, 1, 1, 1}, {2, 10}}, {{1, 1, 1, 2}, {1, 2}}},
         {{1, 2, 1, 1}, {7, 52}}},
        {"type: 'DepthwiseConvolution' convolution_param { num_output: 2 kernel_size: 1 bias_term: false }",
         {{{1, 2, 1, 1}, {3, 5}}},
         {{{2, 1, 1, 1}, {2, 10}}},
         {{1, 2, 1, 1}, {6, 50}}},
        {"type: 'ConvolutionDepthwise' convolution_param { num_output: 2 kernel_size: 1 bias_term: false }",
         {{{1, 2, 1, 1}, {3, 5}}},
         {{{2, 1, 1, 1}, {2, 10}}},
         {{1, 2, 1, 1}, {6, 50}}},
        {"type: 'Deconvolution' convolution_param {" + side + "}",
         {{{1, 1, 1, 2}, {1, 2}}},
         {{{1, 1, 1, 2}, {1, 10}}, {{1}, {0.5F}}},
         {{1, 1, 1, 4}, {1.5F, 10.5F, 2.5F, 20.5F}}},
    });
}

// Windows are as many as fit when rounded up. The last one is cut at the end of the padding, which counts.
BOOST_AUTO_TEST_CASE(pooling) {
    check({
        {"type: 'Pooling' pooling_param { kernel_size: 2 stride: 2 }", {{{1, 1, 3, 3}, kNine}}, {}, {{1, 1, 2, 2}, {5, 6, 8, 9}}},
        {"type: 'Pooling' pooling_param { pool: MAX kernel_size: 2 stride: 2 pad: 1 }",
         {{{1, 1, 3, 3}, kNine}},
         {},
         {{1, 1, 2, 2}, {1, 3, 7, 9}}},
        {"type: 'Pooling' pooling_param { kernel_size: 2 stride: 2 round_mode: FLOOR }", {{{1, 1, 3, 3}, kNine}}, {}, {{1, 1, 1, 1}, {5}}},
        {"type: 'Pooling' pooling_param { kernel_size: 2 stride: 2 ceil_mode: false }", {{{1, 1, 3, 3}, kNine}}, {}, {{1, 1, 1, 1}, {5}}},
        {"type: 'Pooling' pooling_param { pool: AVE kernel_size: 2 stride: 2 }",
         {{{1, 1, 3, 3}, kNine}},
         {},
         {{1, 1, 2, 2}, {3, 4.5F, 7.5F, 9}}},
        {"type: 'Pooling' pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 }",
         {{{1, 1, 3, 3}, kNine}},
         {},
         {{1, 1, 2, 2}, {12 / 9.0F, 16 / 9.0F, 24 / 9.0F, 28 / 9.0F}}},
        {"type: 'Pooling' pooling_param { pool: 1 kernel_size: 2 stride: 2 pad: 1 }",
         {{{1, 1, 3, 3}, kNine}},
         {},
         {{1, 1, 2, 2}, {0.25F, 1.25F, 2.75F, 7}}},
        {"type: 'Pooling' pooling_param { pool: AVE kernel_h: 1 kernel_w: 3 stride_h: 1 stride_w: 2 pad_w: 1 }",
         {{{1, 1, 1, 4}, {1, 2, 3, 4}}},
         {},
         {{1, 1, 1, 3}, {1, 3, 2}}},
        {"type: 'Pooling' pooling_param { pool: AVE global_pooling: true }", {{{1, 1, 3, 3}, kNine}}, {}, {{1, 1, 1, 1}, {5}}},
        {"type: 'Pooling' pooling_param { pool: MAX global_pooling: true }", {{{1, 1, 3, 3}, kNine}}, {}, {{1, 1, 1, 1}, {9}}},
    });
}

BOOST_AUTO_TEST_CASE(inner_products) {
    const TestBlob four = {{1, 2, 1, 2}, {1, 2, 3, 4}};
    check({
        {"type: 'InnerProduct' inner_product_param { num_output: 2 }",
         {four},
         {{{1, 1, 2, 4}, {1, 0, 0, 0, 1, 1, 1, 1}}, {{2}, {0.5F, 0}}},
         {{1, 2}, {1.5F, 10}}},
        {"type: 'InnerProduct' inner_product_param { num_output: 2 bias_term: false transpose: true }",
         {four},
         {{{4, 2}, {1, 1, 0, 1, 0, 1, 0, 1}}},
         {{1, 2}, {1, 10}}},
        {"type: 'InnerProduct' inner_product_param { num_output: 1 axis: 2 }",
         {four},
         {{{1, 2}, {10, 1}}, {{1}, {100}}},
         {{1, 2, 1}, {112, 134}}},
        {"type: 'InnerProduct' inner_product_param { num_output: 2 axis: -1 transpose: true bias_term: false }",
         {{{1, 2, 2}, {1, 2, 3, 4}}},
         {{{2, 2}, {10, 0, 1, 1}}},
         {{1, 2, 2}, {12, 2, 34, 4}}},
    });
}

BOOST_AUTO_TEST_CASE(normalization) {
    const float root = std::sqrt(29.0F);
    check({
        {"type: 'BatchNorm' batch_norm_param { eps: 0 }",
         {{{1, 2, 1, 1}, {3, 8}}},
         {{{2}, {2, 4}}, {{2}, {8, 2}}, {{1}, {2}}},
         {{1, 2, 1, 1}, {1, 6}}},
        {"type: 'BatchNorm' batch_norm_param { eps: 0.25 use_global_stats: true }",
         {{{1, 2}, {3, 8}}},
         {{{2}, {2, 4}}, {{2}, {8, 2}}, {{1}, {0}}},
         {{1, 2}, {6, 16}}},
        {"type: 'LRN' lrn_param { local_size: 3 alpha: 3 beta: 1 }", {{{1, 2, 1, 1}, {1, 2}}}, {}, {{1, 2, 1, 1}, {1 / 6.0F, 2 / 6.0F}}},
        {"type: 'LRN' lrn_param { local_size: 3 alpha: 9 beta: 1 norm_region: WITHIN_CHANNEL }",
         {{{1, 1, 1, 2}, {1, 2}}},
         {},
         {{1, 1, 1, 2}, {1 / 6.0F, 2 / 6.0F}}},
        {"type: 'Normalize' norm_param { across_spatial: false channel_shared: false }",
         {{{1, 2, 1, 2}, {3, 0, 4, 2}}},
         {{{2}, {10, 20}}},
         {{1, 2, 1, 2}, {6, 0, 16, 20}}},
        {"type: 'Normalize' norm_param { }",
         {{{1, 2, 1, 2}, {3, 0, 4, 2}}},
         {{{1}, {2}}},
         {{1, 2, 1, 2}, {6 / root, 0, 8 / root, 4 / root}}},
        {"type: 'MVN'", {{{1, 2, 1, 2}, {0, 4, 1, 1}}}, {}, {{1, 2, 1, 2}, {-1, 1, 0, 0}}},
        {"type: 'MVN' mvn_param { normalize_variance: false across_channels: true }",
         {{{1, 2, 1, 1}, {0, 4}}},
         {},
         {{1, 2, 1, 1}, {-2, 2}}},
        {"type: 'Softmax'", {{{1, 2, 1, 1}, {0, std::log(3.0F)}}}, {}, {{1, 2, 1, 1}, {0.25F, 0.75F}}},
        {"type: 'Softmax' softmax_param { axis: -1 }", {{{1, 1, 2}, {0, std::log(3.0F)}}}, {}, {{1, 1, 2}, {0.25F, 0.75F}}},
    });
}

BOOST_AUTO_TEST_CASE(activations) {
    const TestBlob two = {{1, 2}, {-2, 4}}, zero = {{1, 1}, {0}};
    const float half = -std::log(2.0F);
    check({
        {"type: 'ReLU'", {two}, {}, {{1, 2}, {0, 4}}},
        {"type: 'ReLU' relu_param { negative_slope: 0.5 }", {two}, {}, {{1, 2}, {-1, 4}}},
        {"type: 'ReLU6'", {{{1, 2}, {-1, 9}}}, {}, {{1, 2}, {0, 6}}},
        {"type: 'Clip' clip_param { min: -1 max: 3 }", {two}, {}, {{1, 2}, {-1, 3}}},
        {"type: 'PReLU'", {{{1, 2, 1, 1}, {-2, -4}}}, {{{2}, {0.5F, 0.25F}}}, {{1, 2, 1, 1}, {-1, -1}}},
        {"type: 'PReLU' prelu_param { channel_shared: true }", {{{1, 2, 1, 1}, {-2, -4}}}, {{{}, {0.5F}}}, {{1, 2, 1, 1}, {-1, -2}}},
        {"type: 'ELU' elu_param { alpha: 2 }", {{{1, 2}, {half, 3}}}, {}, {{1, 2}, {-1, 3}}},
        {"type: 'Sigmoid'", {zero}, {}, {{1, 1}, {0.5F}}},
        {"type: 'TanH'", {{{1, 1}, {half}}}, {}, {{1, 1}, {-0.6F}}},
        {"type: 'AbsVal'", {two}, {}, {{1, 2}, {2, 4}}},
        {"type: 'BNLL'", {zero}, {}, {{1, 1}, {-half}}},
        {"type: 'Power' power_param { power: 2 scale: 3 shift: 1 }", {{{1, 1}, {1}}}, {}, {{1, 1}, {16}}},
        {"type: 'Power' power_param { scale: 0.5 }", {two}, {}, {{1, 2}, {-1, 2}}},
        {"type: 'Power'", {two}, {}, two},
        {"type: 'Exp'", {zero}, {}, {{1, 1}, {1}}},
        {"type: 'Exp' exp_param { base: 2 scale: 2 shift: 1 }", {{{1, 1}, {1}}}, {}, {{1, 1}, {8}}},
        {"type: 'Log'", {{{1, 1}, {0.5F}}}, {}, {{1, 1}, {half}}},
        {"type: 'Log' log_param { base: 2 scale: 4 }", {{{1, 1}, {2}}}, {}, {{1, 1}, {3}}},
        {"type: 'Dropout' dropout_param { dropout_ratio: 0.5 }", {two}, {}, two},
    });
}

BOOST_AUTO_TEST_CASE(arithmetic) {
    const TestBlob four = {{1, 2, 1, 2}, {1, 2, 3, 4}}, other = {{1, 2, 1, 2}, {4, 3, 2, 1}};
    check({
        {"type: 'Eltwise'", {four, other}, {}, {{1, 2, 1, 2}, {5, 5, 5, 5}}},
        {"type: 'Eltwise' eltwise_param { operation: SUM coeff: 2 coeff: -1 }", {four, other}, {}, {{1, 2, 1, 2}, {-2, 1, 4, 7}}},
        {"type: 'Eltwise' eltwise_param { operation: SUM }", {four, other, four}, {}, {{1, 2, 1, 2}, {6, 7, 8, 9}}},
        {"type: 'Eltwise' eltwise_param { operation: PROD }", {four, other, four}, {}, {{1, 2, 1, 2}, {4, 12, 18, 16}}},
        {"type: 'Eltwise' eltwise_param { operation: MAX }", {four, other}, {}, {{1, 2, 1, 2}, {4, 3, 3, 4}}},
        {"type: 'Scale' scale_param { bias_term: true }", {four}, {{{2}, {2, 10}}, {{2}, {1, 0.5F}}}, {{1, 2, 1, 2}, {3, 5, 30.5F, 40.5F}}},
        {"type: 'Scale' scale_param { axis: -1 }", {four}, {{{2}, {1, 10}}}, {{1, 2, 1, 2}, {1, 20, 3, 40}}},
        {"type: 'Scale' scale_param { num_axes: -1 }", {four}, {{{2, 1, 2}, {1, 10, 100, 0}}}, {{1, 2, 1, 2}, {1, 20, 300, 0}}},
        {"type: 'Scale' scale_param { num_axes: 0 }", {four}, {{{}, {3}}}, {{1, 2, 1, 2}, {3, 6, 9, 12}}},
        {"type: 'Scale' scale_param { axis: 0 }", {four, {{1, 2}, {2, 10}}}, {}, {{1, 2, 1, 2}, {2, 4, 30, 40}}},
        {"type: 'Scale' scale_param { axis: 0 }", {four, {{1, 2, 1, 1}, {2, 10}}}, {}, {{1, 2, 1, 2}, {2, 4, 30, 40}}},
        {"type: 'Scale' scale_param { axis: 1 bias_term: true }", {four, {{2}, {2, 10}}}, {{{2}, {1, 0}}}, {{1, 2, 1, 2}, {3, 5, 30, 40}}},
        {"type: 'Bias'", {four}, {{{2}, {10, 20}}}, {{1, 2, 1, 2}, {11, 12, 23, 24}}},
        {"type: 'Bias' bias_param { axis: 0 }", {four, {{1, 2}, {10, 20}}}, {}, {{1, 2, 1, 2}, {11, 12, 23, 24}}},
        {"type: 'Axpy'", {{{1, 2, 1, 1}, {2, 10}}, four, other}, {}, {{1, 2, 1, 2}, {6, 7, 32, 41}}},
        {"type: 'Axpy'", {{{1, 2}, {2, 10}}, four, other}, {}, {{1, 2, 1, 2}, {6, 7, 32, 41}}},
    });
}

BOOST_AUTO_TEST_CASE(shapes) {
    const TestBlob six = {{1, 2, 1, 3}, {1, 2, 3, 4, 5, 6}}, square = {{1, 1, 3, 3}, kNine};
    const auto as = [&](Shape dims) { return TestBlob{std::move(dims), six.values}; };
    check({
        {"type: 'Concat'", {six, {{1, 1, 1, 3}, {7, 8, 9}}}, {}, {{1, 3, 1, 3}, kNine}},
        {"type: 'Concat' concat_param { axis: -1 }", {six, {{1, 2, 1, 1}, {7, 8}}}, {}, {{1, 2, 1, 4}, {1, 2, 3, 7, 4, 5, 6, 8}}},
        {"type: 'Concat' concat_param { concat_dim: 2 }", {six, six}, {}, {{1, 2, 2, 3}, {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}}},
        {"type: 'Permute' permute_param { order: 0 order: 3 }", {six}, {}, {{1, 3, 2, 1}, {1, 4, 2, 5, 3, 6}}},
        {"type: 'Flatten'", {six}, {}, as({1, 6})},
        {"type: 'Flatten' flatten_param { axis: 1 end_axis: 2 }", {six}, {}, as({1, 2, 3})},
        {"type: 'Reshape' reshape_param { shape { dim: 0 dim: -1 dim: 2 } }", {six}, {}, as({1, 3, 2})},
        {"type: 'Reshape' reshape_param { shape { dim: 3 dim: 2 } axis: 1 }", {six}, {}, as({1, 3, 2})},
        {"type: 'Reshape' reshape_param { shape { dim: 0 dim: 3 dim: 1 } axis: 1 }", {six}, {}, as({1, 2, 3, 1})},
        {"type: 'Reshape' reshape_param { shape { dim: 2 dim: 1 } axis: 1 num_axes: 1 }", {six}, {}, as({1, 2, 1, 1, 3})},
        {"type: 'Reshape' reshape_param { shape { dim: 1 } axis: -1 num_axes: 0 }", {six}, {}, as({1, 2, 1, 3, 1})},
        {"type: 'Crop' crop_param { axis: 2 offset: 1 }", {square, {{1, 1, 2, 2}, {0, 0, 0, 0}}}, {}, {{1, 1, 2, 2}, {5, 6, 8, 9}}},
        {"type: 'Crop' crop_param { axis: 2 offset: 0 offset: 1 }",
         {square, {{1, 1, 2, 2}, {0, 0, 0, 0}}},
         {},
         {{1, 1, 2, 2}, {2, 3, 5, 6}}},
        {"type: 'Upsample' upsample_param { scale: 2 }", {{{1, 1, 1, 2}, {1, 2}}}, {}, {{1, 1, 2, 4}, {1, 1, 2, 2, 1, 1, 2, 2}}},
        {"type: 'Interp' interp_param { height: 1 width: 3 }", {{{1, 1, 1, 2}, {1, 2}}}, {}, {{1, 1, 1, 3}, {1, 1.5F, 2}}},
        {"type: 'Interp' interp_param { zoom_factor: 2 }", {{{1, 1, 1, 2}, {1, 2}}}, {}, {{1, 1, 1, 3}, {1, 1.5F, 2}}},
        {"type: 'Interp' interp_param { shrink_factor: 2 }", {square}, {}, {{1, 1, 2, 2}, {1, 3, 7, 9}}},
        {"type: 'ShuffleChannel' shuffle_channel_param { group: 2 }",
         {{{1, 6, 1, 1}, {1, 2, 3, 4, 5, 6}}},
         {},
         {{1, 6, 1, 1}, {1, 4, 2, 5, 3, 6}}},
        {"type: 'Tile' tile_param { axis: 1 tiles: 2 }", {{{1, 2}, {1, 2}}}, {}, {{1, 4}, {1, 2, 1, 2}}},
    });
}

BOOST_AUTO_TEST_CASE(slices_and_splits_write_each_top) {
    const auto parts_of = [](const std::string& layer, std::size_t tops) {
        const Graph graph = read_valid(layer_text(layer, {{1, 4}}, tops));
        return run_graph(graph, {{1, 2, 3, 4}});
    };
    using Parts = std::vector<std::vector<float>>;
    BOOST_CHECK((parts_of("type: 'Slice'", 2) == Parts{{1, 2}, {3, 4}}));
    BOOST_CHECK((parts_of("type: 'Slice'", 1) == Parts{{1, 2, 3, 4}}));
    BOOST_CHECK((parts_of("type: 'Slice' slice_param { axis: 1 slice_point: 1 }", 2) == Parts{{1}, {2, 3, 4}}));
    BOOST_CHECK((parts_of("type: 'Slice' slice_param { slice_dim: 1 slice_point: [1, 3] }", 3) == Parts{{1}, {2, 3}, {4}}));
    BOOST_CHECK((parts_of("type: 'Split'", 2) == Parts{{1, 2, 3, 4}, {1, 2, 3, 4}}));
}

// A cell of 10 x 10 pixels at (5, 5): sizes 2, sqrt(2 * 8) = 4, and 2 by ratio 4 and 1/4.
BOOST_AUTO_TEST_CASE(prior_boxes) {
    const std::vector<Shape> inputs = {{1, 1, 1, 1}, {1, 3, 10, 10}};
    const auto priors = [&](const std::string& parameters) {
        const Graph graph = read_valid(layer_text("type: 'PriorBox' prior_box_param { " + parameters + " }", inputs));
        return run_graph(graph, {{0}, std::vector<float>(300)}).at(0);
    };
    const std::vector<float> found = priors("min_size: 2 max_size: 8 aspect_ratio: 4 variance: [0.1, 0.1, 0.2, 0.2]");
    const std::vector<float> expected = {0.4F,  0.4F,  0.6F, 0.6F,  0.3F, 0.3F, 0.7F, 0.7F, 0.3F, 0.45F, 0.7F,
                                         0.55F, 0.45F, 0.3F, 0.55F, 0.7F, 0.1F, 0.1F, 0.2F, 0.2F, 0.1F,  0.1F,
                                         0.2F,  0.2F,  0.1F, 0.1F,  0.2F, 0.2F, 0.1F, 0.1F, 0.2F, 0.2F};
    BOOST_TEST(found == expected, boost::test_tools::tolerance(1e-5F) << boost::test_tools::per_element());
    const std::vector<float> moved = priors("min_size: 2 flip: false aspect_ratio: 1 step: 4 offset: 0 clip: true img_size: 20");
    BOOST_TEST(moved == (std::vector<float>{0, 0, 0.05F, 0.05F, 0.1F, 0.1F, 0.1F, 0.1F}), boost::test_tools::tolerance(1e-5F)
                                                                                              << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(detections) {
    const std::string parameters =
        "num_classes: 2 share_location: true background_label_id: 0 code_type: CENTER_SIZE keep_top_k: 2 confidence_threshold: 0.5 "
        "nms_param { nms_threshold: 0.45 top_k: 10 }";
    const std::vector<Shape> inputs = {{1, 8}, {1, 4}, {1, 2, 8}};
    const std::string text = layer_text("type: 'DetectionOutput' detection_output_param { " + parameters + " }", inputs);
    const Graph graph = read_valid(text);
    const std::vector<float> priors = {0, 0, 0.5F, 0.5F, 0.5F, 0.5F, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const std::vector<float> found = run_graph(graph, {std::vector<float>(8, 0), {0.9F, 0.1F, 0.2F, 0.8F}, priors}).at(0);
    BOOST_TEST(found == (std::vector<float>{0, 1, 0.8F, 0.5F, 0.5F, 1, 1, -1, 0, 0, 0, 0, 0, 0}), boost::test_tools::per_element());
}

// Each with the layer's title in front.
BOOST_AUTO_TEST_CASE(what_is_not_supported_is_named) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"type: 'Pooling' pooling_param { pool: STOCHASTIC kernel_size: 2 }", "Pooling 'l': pool is STOCHASTIC, expected MAX or AVE"},
        {"type: 'Pooling' pooling_param { pool: MIN kernel_size: 2 }", "Pooling 'l': pool is MIN, expected one of MAX, AVE, STOCHASTIC"},
        {"type: 'Pooling' pooling_param { kernel_size: 2 stride: 5 }", "Pooling 'l': its last window lies outside of 4 pixels"},
        {"type: 'Pooling' pooling_param { kernel_size: 2 kernel_h: 2 }", "Pooling 'l': both kernel_size and kernel_h or kernel_w"},
        {"type: 'Pooling' pooling_param { kernel_size: 2 pad: 2 }", "Pooling 'l': a window of 2 with stride 1 and padding 2"},
        {"type: 'Pooling' pooling_param { kernel_sise: 2 }",
         "Pooling 'l': line 2: kernel_sise, which is not supported, did you mean 'kernel_size'?"},
        {"type: 'BatchNorm' batch_norm_param { use_global_stats: false }",
         "BatchNorm 'l': use_global_stats is false: statistics of each batch are not supported"},
        {"type: 'LRN' lrn_param { local_size: 4 }", "LRN 'l': local_size is 4, expected an odd number"},
        {"type: 'Interp' interp_param { zoom_factor: 2 pad_beg: -1 }", "Interp 'l': pad_beg is -1, expected 0"},
        {"type: 'Convolution' convolution_param { num_output: 2 kernel_size: 1 group: 3 }",
         "Convolution 'l': group 3 does not divide 2 and 2 channels"},
        {"type: 'Convolution' convolution_param { num_output: 0 kernel_size: 1 }", "Convolution 'l': num_output is 0, expected at least 1"},
        {"type: 'Softmax' softmax_param { axis: 4 }", "Softmax 'l': axis is 4, its bottom is 1x2x4x4"},
        {"type: 'Power' power_param { power: two }", "Power 'l': line 2: power is 'two', expected a finite number"},
        {"type: 'Power' power_param { power: 1 power: 2 }", "Power 'l': line 2: power is given twice"},
        {"type: 'Log' log_param { base: 1 }", "Log 'l': base is 1.000000"},
        {"type: 'Reshape'", "Reshape 'l': without shape"},
        {"type: 'Slice' slice_param { slice_point: 1 }", "Slice 'l': 1 slice_points for 1 tops"},
        {"type: 'Crop'", "Crop 'l': 1 bottoms, expected at least 2"},
    };
    for (const auto& [layer, message] : cases) BOOST_TEST(refusal_of(layer_text(layer, {{1, 2, 4, 4}})) == message);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
