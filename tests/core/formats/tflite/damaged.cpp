// Files that are not what they seem.
#include "core/formats/tflite/reader.h"

#include "tests/core/formats/tflite/tflite_test.h"

#include <random>

namespace octavo {
namespace {

using namespace testing;
using tflite::Element;

std::vector<std::byte> small_model() {
    TfliteBuilder b;
    const int x = b.input({1, 4, 4, 2}, Element::uint8, {1}, {0});
    const int conv =
        b.op(kConv, {x, b.filled({3, 1, 1, 2}), b.filled({3})}, {b.tensor({1, 4, 4, 3}, Element::uint8, {0.5F}, {3})}, kOneByOne);
    const int mean = b.op_to({1, 3}, kMean, {conv, b.integers({1, 2})});
    const int sliced = b.op_to({1, 2}, kStridedSlice, {mean, b.integers({0, 1}), b.integers({1, 3}), b.integers({1, 1})});
    return b.done({b.op_to({1, 2}, kSoftmax, {sliced}, {{0, 1.0F}})});
}

BOOST_AUTO_TEST_SUITE(tflite_damaged)

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    const auto with = [](auto make) {
        TfliteBuilder b;
        const int x = b.input({1, 2, 3, 4});
        return refusal_of(make(b, x));
    };
    using B = TfliteBuilder;
    BOOST_TEST(with([](B& b, int x) {
                   return b.done({b.op_to({1}, kLstm, {x}), b.op_to({1}, kCustom, {x}), b.op_to({1}, 300, {x})});
               }) == "unsupported operators: LSTM 't1', CUSTOM custom 't2', operator 300 't3': docs/tflite.md lists what is read");
    BOOST_TEST(with([](B& b, int x) { return b.done({b.op_to({1, 2, 3, 4}, kRelu, {x, 7})}); }) == "operator 0: an input is tensor 7 of 2");
    BOOST_TEST(with([](B& b, int) { return b.done({b.op_to({1}, kRelu, {-1})}); }) == "RELU 't1': it has no input 0");
    BOOST_TEST(with([](B& b, int) { return b.done({b.op_to({1}, kRelu, {1})}); }) ==
               "RELU 't1': reads 't1', which nothing before it makes");
    BOOST_TEST(with([](B& b, int x) { return b.done({b.op(kRelu, {x}, {x})}); }) == "RELU 't0': writes 't0', which is there already");
    BOOST_TEST(with([](B& b, int x) {
                   return b.done({b.op_to({1, 2, 3, 5}, kRelu, {x})});
               }) == "tensor 't1': its operator makes [1,2,3,4], the file says [1,2,3,5] (in our order of dimensions)");
    BOOST_TEST(with([](B& b, int x) {
                   return b.done({b.op_to({1}, kTranspose, {x, b.integers({0, 1, 1, 3})})});
               }) == "TRANSPOSE 't2': its second input is no order of the first one's dimensions");
    BOOST_TEST(with([](B& b, int x) {
                   return b.done({b.op_to({1}, kMean, {x, b.integers({4})})});
               }) == "MEAN 't2': axis 4 of 4 dimensions");
    BOOST_TEST(with([](B& b, int x) {
                   b.tensors.back().signature = {1, -1, 3, 4};
                   return b.done({b.op_to({1, 2, 3, 4}, kRelu, {x})});
               }) == "input 't0': a dimension other than the batch size is free: fix it when the model is converted");
    BOOST_TEST(with([](B& b, int x) {
                   return b.done({b.op(kRelu, {x}, {b.tensor({1, 2, 3, 4}, Element::int16, {1}, {0})})});
               }) == "RELU 't1': its output is quantized int16, which is not supported");
    BOOST_TEST(with([](B& b, int x) {
                   return b.done({b.op(kRelu, {x}, {b.tensor({1, 2, 3, 4}, Element::uint8, {0}, {0})})});
               }) == "RELU 't1': its output has scale 0.000000 and zero point 0");
    BOOST_TEST(with([](B& b, int x) {
                   return b.done({b.op_to({1, 2, 3, 4}, kAdd, {x, b.floats({2}, {1})})});
               }) == "tensor 't1': 4 bytes of float32, its shape is [2]");
    BOOST_TEST(with([](B& b, int x) {
                   b.version = 2;
                   return b.done({x});
               }) == "it is of version 2, expected 3");
    BOOST_TEST(with([](B& b, int) { return b.done({}); }) == "the model has no output, expected at least one");
    BOOST_TEST(with([](B& b, int x) {
                   return b.done({b.op_to({1, 24}, kRelu, {x})});
               }) == "RELU 't1': makes 4 dimensions, the file says 2 of 't1'");
    BOOST_TEST(refusal_of({}) == "no TensorFlow Lite model: expected 'TFL3' at byte 4");
}

// A few bytes that claim gigabytes.
BOOST_AUTO_TEST_CASE(parts_that_overlap_are_no_large_file) {
    TfliteBuilder b;
    int x = b.input({1, 1, 1, 1});
    const std::vector<float> values(4096, 1);
    std::vector<std::byte> file;
    for (int i = 0; i < 64; ++i) x = b.op_to({1, 1, 64, 64}, kAdd, {x, b.floats({64, 64}, values)});
    file = b.done({x});
    BOOST_TEST(refusal_of(file) == "");
    // each buffer's vector becomes the first one's length
    std::vector<std::byte> hostile = file;
    const std::uint32_t length = 4 * 4096, claimed = 4 * 4096 * 40;
    std::size_t changed = 0;
    for (std::size_t at = 0; at + 4 <= hostile.size(); at += 4)
        if (std::memcmp(hostile.data() + at, &length, 4) == 0 && at + claimed < hostile.size()) {
            std::memcpy(hostile.data() + at, &claimed, 4);
            ++changed;
        }
    BOOST_TEST(changed > 16U);
    BOOST_TEST(refusal_of(hostile) == "damaged: its parts overlap: they claim to be more than 16 times the file");
}

BOOST_AUTO_TEST_CASE(a_file_cut_anywhere_is_an_error) {
    const std::vector<std::byte> whole = small_model();
    BOOST_REQUIRE(refusal_of(whole) == "");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        const std::string refusal = refusal_of(cut);
        // what is cut at the end may be padding
        if (size + 8 < whole.size()) BOOST_TEST(refusal != "", "cut at " << size);
    }
}

// Under the sanitizers this says more.
BOOST_AUTO_TEST_CASE(any_byte_may_be_anything) {
    const std::vector<std::byte> whole = small_model();
    std::mt19937 random(7);
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const int byte : {0, 1, 127, 128, 255, static_cast<int>(random() % 256)}) {
            std::vector<std::byte> damaged = whole;
            damaged[at] = static_cast<std::byte>(byte);
            if (!refusal_of(damaged).empty()) ++refused;
        }
    BOOST_TEST(refused > whole.size() / 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
