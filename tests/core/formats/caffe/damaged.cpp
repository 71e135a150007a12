// Files that are not what they seem: always an error or a graph, never a crash. Under the sanitizers these tests say more.
#include "tests/core/formats/caffe/caffe_test.h"

#include <limits>
#include <random>

namespace octavo {
namespace {

using namespace testing;

const std::string kConvolution = "type: 'Convolution' convolution_param { num_output: 2 kernel_size: 1 }";

std::string conv_text() {
    return layer_text(kConvolution, {{1, 2, 1, 1}});
}

struct Files {
    std::string text, weights;
};

Files small_model() {
    const std::string text = layer_text("type: 'Convolution' convolution_param { num_output: 2 kernel_size: 3 pad: 1 }", {{1, 2, 4, 4}}) +
                             "layer { name: 'bn' type: 'BatchNorm' bottom: 'y0' top: 'y0' }\n"
                             "layer { name: 'pool' type: 'Pooling' bottom: 'y0' top: 'pool' pooling_param { kernel_size: 2 stride: 2 } }\n"
                             "layer { name: 'fc' type: 'InnerProduct' bottom: 'pool' top: 'fc' inner_product_param { num_output: 1 } }\n";
    const auto blob = [](Shape dims, float value) {
        return blob_proto({dims, std::vector<float>(static_cast<std::size_t>(element_count(dims)), value)});
    };
    return {text, caffemodel({{"l", {blob({2, 2, 3, 3}, 1), blob({2}, 0)}},
                              {"bn", {blob({2}, 1), blob({2}, 1), blob({1}, 1)}},
                              {"fc", {blob({1, 8}, 1), blob({1}, 1)}}})};
}

BOOST_AUTO_TEST_SUITE(caffe_damaged)

BOOST_AUTO_TEST_CASE(a_file_cut_anywhere_is_an_error) {
    const Files whole = small_model();
    BOOST_REQUIRE_EQUAL(refusal_of(whole.text, whole.weights), "");
    for (std::size_t size = 0; size < whole.weights.size(); ++size)
        BOOST_TEST(refusal_of(whole.text, whole.weights.substr(0, size)) != "", "weights cut at " << size);
    const std::size_t last_layer = whole.text.rfind("layer");
    for (std::size_t size = last_layer + 1; size < whole.text.size() - 2; ++size)  // before that it is a smaller network
        BOOST_TEST(refusal_of(whole.text.substr(0, size), whole.weights) != "", "text cut at " << size);
}

BOOST_AUTO_TEST_CASE(any_byte_may_be_anything) {
    const Files whole = small_model();
    std::mt19937 random(7);
    std::size_t refused = 0;
    for (const bool in_text : {true, false})
        for (std::size_t at = 0; at < (in_text ? whole.text : whole.weights).size(); ++at)
            for (const char byte : {'0', '9', '-', '{', '\x7F', '\xFF', static_cast<char>(random() % 256)}) {
                Files changed = whole;
                (in_text ? changed.text : changed.weights)[at] = byte;
                if (!refusal_of(changed.text, changed.weights).empty()) ++refused;
            }
    BOOST_TEST(refused > 0U);
}

BOOST_AUTO_TEST_CASE(blobs_that_do_not_fit_are_named) {
    const std::string weight = blob_proto({{2, 2, 1, 1}, {1, 2, 3, 4}}), bias = blob_proto({{2}, {1, 2}});
    const auto refused = [](std::vector<std::string> blobs, const std::string& name = "l") {
        return refusal_of(conv_text(), caffemodel({{name, std::move(blobs)}}));
    };
    BOOST_TEST(refused({weight, bias}) == "");
    BOOST_TEST(refused({weight, bias}, "other") == "Convolution 'l': the caffemodel has no blobs of a layer of this name");
    BOOST_TEST(refused({weight}) == "Convolution 'l': blob 1 (bias) is missing, the caffemodel has 1");
    BOOST_TEST(refused({bias, bias}) == "Convolution 'l': blob 0 (weight) is 2, expected 2x2x1x1");
    BOOST_TEST(refused({blob_proto({{2, 2, 1, 1}, {1, 2, 3}}), bias}) ==
               "Convolution 'l': blob 0 (weight) has 3 values, its shape 2x2x1x1 needs 4");
    BOOST_TEST(refused({blob_proto({{2, 2, 1, 1}, {}}), bias}) ==
               "Convolution 'l': blob 0 (weight) has 0 values, its shape 2x2x1x1 needs 4");
    BOOST_TEST(refused({blob_proto({{-2, -2, 1, 1}, {1, 2, 3, 4}}), bias}).starts_with("Convolution 'l': blob 0 (weight) is "));
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    BOOST_TEST(refused({blob_proto({{2, 2}, {1, 2, nan, 4}}), bias}) ==
               "Convolution 'l': blob 0 (weight) has nan at 2, expected finite numbers");
    BOOST_TEST(refused({weight, blob_proto({{2}, {1, infinity}})}) ==
               "Convolution 'l': blob 1 (bias) has inf at 1, expected finite numbers");
    const std::string norm = layer_text("type: 'BatchNorm'", {{1, 1}}), one = blob_proto({{1}, {1}});
    BOOST_TEST(refusal_of(norm, caffemodel({{"l", {one, blob_proto({{1}, {nan}}), one}}})) ==
               "BatchNorm 'l': blob 1 (variance) has nan at 0, expected finite numbers");
    BOOST_TEST(refusal_of(conv_text() + "layer { name: 'l' type: 'TanH' bottom: 'y0' top: 'z' }", caffemodel({{"l", {weight, bias}}})) ==
               "Convolution 'l': another layer has this name, so the caffemodel does not say whose blobs it holds");
}

BOOST_AUTO_TEST_CASE(absurd_sizes_are_refused_before_anything_is_made) {
    const std::string huge = "4611686018427387904";
    const auto refused = [](const std::string& layer, const Shape& shape = {1, 2, 4, 4}) { return refusal_of(layer_text(layer, {shape})); };
    for (const std::string key : {"num_output", "kernel_size", "group"})
        BOOST_TEST(refused("type: 'Convolution' convolution_param { num_output: 2 " + key + ": " + huge + " }") != "");
    for (const std::string key : {"kernel_size: 2 stride", "kernel_size: 2 pad", "kernel_size"})
        BOOST_TEST(refused("type: 'Pooling' pooling_param { " + key + ": " + huge + " }") != "");
    BOOST_TEST(refused("type: 'InnerProduct' inner_product_param { num_output: " + huge + " }") != "");
    BOOST_TEST(refused("type: 'Upsample' upsample_param { scale: " + huge + " }") != "");
    BOOST_TEST(refused("type: 'Interp' interp_param { height: " + huge + " width: 2 }") != "");
    BOOST_TEST(refused("type: 'Tile' tile_param { tiles: " + huge + " }") != "");
    BOOST_TEST(refused("type: 'Scale' scale_param { num_axes: " + huge + " }") != "");
    BOOST_TEST(refused("type: 'Reshape' reshape_param { shape { dim: " + huge + " dim: " + huge + " } num_axes: " + huge + " }") != "");
    BOOST_TEST(refused("type: 'Slice' slice_param { slice_point: -" + huge + " }") != "");
    BOOST_TEST(refused("type: 'LRN' lrn_param { local_size: " + huge + "}") != "");
    BOOST_TEST(refused("type: 'Interp' interp_param { zoom_factor: 65536 }", {1, 1, std::int64_t{1} << 62, 1}) ==
               "Input 'x0': makes 1x1x4611686018427387904x1, which is too large");
    BOOST_TEST(refused("type: 'Tile' tile_param { tiles: 65536 }", {1, 1 << 25}) == "Tile 'l': output 1x2199023255552 is too large");
    BOOST_TEST(refused("type: 'TanH'", {1, std::int64_t{1} << 62, std::int64_t{1} << 62}) != "");
    BOOST_TEST(refused("type: 'TanH'", Shape(9, 1)) == "Input 'x0': it has more than 8 dimensions");
    BOOST_TEST(refused("type: 'Permute' permute_param { order: 9 }") != "");
}

BOOST_AUTO_TEST_CASE(layers_that_read_nothing_or_themselves_are_named) {
    const std::string x = input_text("x", {1, 2});
    BOOST_TEST(refusal_of(x + "layer { name: 'a' type: 'TanH' bottom: 'z' top: 'a' }") ==
               "TanH 'a': reads 'z', which no layer before it makes");
    BOOST_TEST(
        refusal_of(x + "layer { name: 'a' type: 'TanH' bottom: 'b' top: 'a' } layer { name: 'b' type: 'TanH' bottom: 'a' top: 'b' }") ==
        "TanH 'a': reads 'b', which no layer before it makes");
    BOOST_TEST(
        refusal_of(x + "layer { name: 'a' type: 'TanH' bottom: 'x' top: 'y' } layer { name: 'b' type: 'TanH' bottom: 'x' top: 'y' }") ==
        "TanH 'b': makes 'y', which another layer makes already");
    BOOST_TEST(refusal_of(x + "layer { name: 'a' type: 'TanH' bottom: 'x' }") == "TanH 'a': 0 tops, expected at least 1");
    BOOST_TEST(refusal_of(x + "layer { name: 'a' type: 'TanH' top: 'y' }") == "TanH 'a': 0 bottoms, expected at least 1");
    BOOST_TEST(refusal_of(x) == "no layer makes a blob that none reads, so there is no output");
    BOOST_TEST(refusal_of("") == "no layers: the file is no network of Caffe's");
    BOOST_TEST(refusal_of(x + x + "layer { name: 'a' type: 'TanH' bottom: 'x' top: 'y' }") != "");
    BOOST_TEST(refusal_of("layer { name: 'a' bottom: 'x' top: 'y' }") == "line 1: the layer has no type");
}

BOOST_AUTO_TEST_CASE(all_layers_that_nothing_reads_stand_in_one_error) {
    std::string text = input_text("x", {1, 2});
    for (const char* name : {"a", "b"}) text += "layer { name: '" + std::string(name) + "' type: 'Embed' bottom: 'x' top: 'y' }";
    BOOST_TEST(refusal_of(text + "layer { name: 'c' type: 'LSTM' bottom: 'x' top: 'z' }") ==
               "unsupported layers: Embed 'a' (and 1 more), LSTM 'c': docs/caffe.md lists what is read");
}

BOOST_AUTO_TEST_CASE(weights_of_another_kind_are_called_so) {
    BOOST_TEST(refusal_of(conv_text(), "") == "the file is empty, expected a Caffe model");
    BOOST_TEST(refusal_of(conv_text(), "\x89PNG\r\n\x1a\n and so on").starts_with("the file is "));
    std::string blobs, layer, net;
    for (int i = 0; i < 1'000'001; ++i) blobs += std::string("\x3A\x00", 2);
    pbf_writer(net).add_message(100, blobs);
    BOOST_TEST(refusal_of(conv_text(), net) == "the file holds more than 1000000 layers and blobs, which no real network does");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
