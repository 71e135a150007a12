// TensorFlow Lite files for tests, written with FlatBuffers' own builder. Tensors are numbers, in the order of calls.
#pragma once

#include "core/formats/tflite/document.h"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <string>
#include <variant>

namespace octavo::testing {

using Field = std::pair<int, std::variant<std::int8_t, std::int32_t, float, std::vector<std::int32_t>>>;
using Fields = std::vector<Field>;

inline Field byte(int field, int value) {
    return {field, static_cast<std::int8_t>(value)};
}

class TfliteBuilder {
public:
    struct Written {
        std::string name;
        tflite::Element element;
        std::vector<std::int32_t> shape, signature;
        std::vector<std::uint8_t> data;
        std::vector<float> scale;
        std::vector<std::int64_t> zero_point;
        std::int32_t axis;
    };
    std::vector<Written> tensors;
    std::uint32_t version = 3;

    int tensor(std::vector<std::int32_t> shape, tflite::Element element = tflite::Element::float32, std::vector<float> scale = {},
               std::vector<std::int64_t> zero_point = {}) {
        tensors.push_back(
            {"t" + std::to_string(tensors.size()), element, std::move(shape), {}, {}, std::move(scale), std::move(zero_point), 0});
        return static_cast<int>(tensors.size()) - 1;
    }
    int input(std::vector<std::int32_t> shape, tflite::Element element = tflite::Element::float32, std::vector<float> scale = {},
              std::vector<std::int64_t> zero_point = {}) {
        inputs_.push_back(tensor(std::move(shape), element, std::move(scale), std::move(zero_point)));
        return inputs_.back();
    }
    template <class T>
    int constant(std::vector<std::int32_t> shape, const std::vector<T>& values, tflite::Element element) {
        const int id = tensor(std::move(shape), element);
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
        tensors.back().data.assign(bytes, bytes + values.size() * sizeof(T));
        return id;
    }
    int floats(std::vector<std::int32_t> shape, const std::vector<float>& values) {
        return constant(std::move(shape), values, tflite::Element::float32);
    }
    // All of one value.
    int filled(const std::vector<std::int32_t>& shape, float value = 1) {
        std::size_t count = 1;
        for (const std::int32_t dim : shape) count *= static_cast<std::size_t>(dim);
        return floats(shape, std::vector<float>(count, value));
    }
    int integers(const std::vector<std::int32_t>& values) {
        return constant({static_cast<std::int32_t>(values.size())}, values, tflite::Element::int32);
    }
    // Writes tensors that are there; gives the first.
    int op(std::int32_t code, std::vector<std::int32_t> inputs, std::vector<std::int32_t> outputs, Fields options = {}) {
        operators_.push_back({code, std::move(inputs), std::move(outputs), std::move(options)});
        return operators_.back().outputs.front();
    }
    // Writes a new tensor of this shape.
    int op_to(std::vector<std::int32_t> shape, std::int32_t code, std::vector<std::int32_t> inputs, Fields options = {}) {
        return op(code, std::move(inputs), {tensor(std::move(shape))}, std::move(options));
    }

    std::vector<std::byte> done(std::vector<std::int32_t> outputs) const {
        flatbuffers::FlatBufferBuilder b;
        std::vector<Offset> buffers = {table(b, {}, {})}, codes, all_tensors, all_operators;
        for (const Written& tensor : tensors) {
            const Offset grid = tensor.scale.empty()
                                    ? Offset()
                                    : table(b, {{6, tensor.axis}}, {{2, vector(b, tensor.scale)}, {3, vector(b, tensor.zero_point)}});
            Fields fields = {byte(1, static_cast<int>(tensor.element))};
            if (!tensor.data.empty()) {
                fields.emplace_back(2, static_cast<std::int32_t>(buffers.size()));
                buffers.push_back(table(b, {}, {{0, vector(b, tensor.data)}}));
            }
            const Offset signature = tensor.signature.empty() ? Offset() : vector(b, tensor.signature);
            all_tensors.push_back(
                table(b, fields, {{0, vector(b, tensor.shape)}, {3, Offset(b.CreateString(tensor.name).o)}, {4, grid}, {7, signature}}));
        }
        for (const Operator& op : operators_) {
            constexpr std::int32_t kMostByte = 127;
            all_operators.push_back(table(b, {{0, static_cast<std::int32_t>(codes.size())}},
                                          {{1, vector(b, op.inputs)}, {2, vector(b, op.outputs)}, {4, table(b, op.options, {})}}));
            codes.push_back(table(b, {byte(0, std::min(op.code, kMostByte)), {3, op.code > kMostByte ? op.code : 0}},
                                  {{1, Offset(b.CreateString("custom").o)}}));
        }
        const Offset graph =
            table(b, {}, {{0, tables(b, all_tensors)}, {1, vector(b, inputs_)}, {2, vector(b, outputs)}, {3, tables(b, all_operators)}});
        const Offset model =
            table(b, {{0, static_cast<std::int32_t>(version)}}, {{1, tables(b, codes)}, {2, tables(b, {graph})}, {4, tables(b, buffers)}});
        b.Finish(model, "TFL3");
        const auto* bytes = reinterpret_cast<const std::byte*>(b.GetBufferPointer());
        return {bytes, bytes + b.GetSize()};
    }

private:
    using Offset = flatbuffers::Offset<void>;
    struct Operator {
        std::int32_t code;
        std::vector<std::int32_t> inputs, outputs;
        Fields options;
    };

    template <class T>
    static Offset vector(flatbuffers::FlatBufferBuilder& b, const std::vector<T>& values) {
        return Offset(b.CreateVector(values).o);
    }
    static Offset tables(flatbuffers::FlatBufferBuilder& b, const std::vector<Offset>& all) { return Offset(b.CreateVector(all).o); }
    static Offset table(flatbuffers::FlatBufferBuilder& b, const Fields& fields, std::vector<std::pair<int, Offset>> offsets) {
        for (const auto& [field, value] : fields)
            if (const auto* list = std::get_if<std::vector<std::int32_t>>(&value)) offsets.emplace_back(field, vector(b, *list));
        const auto place = [](int field) { return flatbuffers::FieldIndexToOffset(static_cast<flatbuffers::voffset_t>(field)); };
        const auto start = b.StartTable();
        for (const auto& [field, value] : fields) {
            if (const auto* number = std::get_if<std::int8_t>(&value)) b.AddElement(place(field), *number, std::int8_t{0});
            if (const auto* number = std::get_if<std::int32_t>(&value)) b.AddElement(place(field), *number, std::int32_t{0});
            if (const auto* number = std::get_if<float>(&value)) b.AddElement(place(field), *number, 0.0F);
        }
        for (const auto& [field, offset] : offsets)
            if (!offset.IsNull()) b.AddOffset(place(field), offset);
        return Offset(b.EndTable(start));
    }

    std::vector<std::int32_t> inputs_;
    std::vector<Operator> operators_;
};

// Numbers of builtin operators, as far as tests name them.
enum Builtin : std::int32_t {
    kAdd = 0,
    kAveragePool = 1,
    kConcatenation = 2,
    kConv = 3,
    kDepthwiseConv = 4,
    kDepthToSpace = 5,
    kDequantize = 6,
    kFullyConnected = 9,
    kL2Normalization = 11,
    kResponseNormalization = 13,
    kLogistic = 14,
    kLstm = 16,
    kMaxPool = 17,
    kMul = 18,
    kRelu = 19,
    kRelu6 = 21,
    kReshape = 22,
    kResizeBilinear = 23,
    kSoftmax = 25,
    kSpaceToDepth = 26,
    kCustom = 32,
    kPad = 34,
    kGather = 36,
    kBatchToSpace = 37,
    kSpaceToBatch = 38,
    kTranspose = 39,
    kMean = 40,
    kSqueeze = 43,
    kStridedSlice = 45,
    kTopK = 48,
    kSplit = 49,
    kCast = 53,
    kPRelu = 54,
    kArgMax = 56,
    kSlice = 65,
    kTransposeConv = 67,
    kTile = 69,
    kExpandDims = 70,
    kShape = 77,
    kPack = 83,
    kUnpack = 88,
    kResizeNearest = 97,
    kLeakyRelu = 98,
    kMirrorPad = 100,
    kQuantize = 114,
    kBroadcastTo = 130,
    kGelu = 150
};

const Fields kOneByOne = {{1, 1}, {2, 1}};  // strides of a convolution or pooling

}  // namespace octavo::testing
