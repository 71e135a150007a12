// Case: one operator with tensors and attributes, built as a host would flatten them, for tests of shape inference and reference
// arithmetic.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>

#include "ops/op.h"

namespace octavo::ops::testing {

struct Data {
    octavo_type type = OCTAVO_F32;
    Shape shape;
    std::vector<std::byte> bytes;
    bool absent = false;
    bool constant = false;

    template <class T>
    std::vector<T> as() const {
        std::vector<T> result(bytes.size() / sizeof(T));
        if (!result.empty()) std::memcpy(result.data(), bytes.data(), bytes.size());
        return result;
    }
};

template <class T>
Data make_data(octavo_type type, Shape shape, const std::vector<T>& values) {
    BOOST_REQUIRE_EQUAL(static_cast<std::size_t>(element_count(shape)), values.size());
    Data data{type, std::move(shape), std::vector<std::byte>(values.size() * sizeof(T))};
    if (!values.empty()) std::memcpy(data.bytes.data(), values.data(), data.bytes.size());
    return data;
}

inline Data floats(Shape shape, const std::vector<float>& values) {
    return make_data(OCTAVO_F32, std::move(shape), values);
}
inline Data integers(Shape shape, const std::vector<std::int64_t>& values) {
    return make_data(OCTAVO_S64, std::move(shape), values);
}
inline Data zeros(Shape shape) {
    const auto count = static_cast<std::size_t>(element_count(shape));
    return floats(std::move(shape), std::vector<float>(count));
}
inline Data constant(Data data) {
    data.constant = true;
    return data;
}
// A constant list, as shapes and axes are.
inline Data list(const std::vector<std::int64_t>& values) {
    return constant(integers({static_cast<std::int64_t>(values.size())}, values));
}
inline Data absent() {
    Data data;
    data.absent = true;
    return data;
}

// The value, or the end of the test with the error's message.
template <class T>
T need(Result<T> result) {
    if (!result) BOOST_FAIL(result.error().message());
    return std::move(*result);
}

class Case {
public:
    Case(const char* op, std::vector<Data> inputs, std::size_t outputs = 1) : op_(op), data_(std::move(inputs)), output_count_(outputs) {}

    Case& with(const char* name, std::int64_t value) { return with_list(name, {value}, OCTAVO_ATTRIBUTE_INT); }
    Case& with(const char* name, int value) { return with(name, std::int64_t{value}); }
    Case& with_list(const char* name, std::vector<std::int64_t> values, octavo_attribute_type type = OCTAVO_ATTRIBUTE_INTS) {
        const auto& kept = kept_->integers.emplace_back(std::move(values));
        attributes_.push_back({name, type, static_cast<std::int64_t>(kept.size()), kept.data(), nullptr, nullptr});
        return *this;
    }
    Case& with(const char* name, float value) {
        attributes_.push_back({name, OCTAVO_ATTRIBUTE_FLOAT, 1, nullptr, &kept_->floats.emplace_back(value), nullptr});
        return *this;
    }
    Case& with_reals(const char* name, std::vector<float> values) {
        const auto& kept = kept_->lists.emplace_back(std::move(values));
        attributes_.push_back({name, OCTAVO_ATTRIBUTE_FLOATS, static_cast<std::int64_t>(kept.size()), nullptr, kept.data(), nullptr});
        return *this;
    }
    Case& with(const char* name, const char* text) {
        attributes_.push_back({name, OCTAVO_ATTRIBUTE_STRING, 1, nullptr, nullptr, text});
        return *this;
    }

    // Calls body(NodeView) on the node with inputs in place and outputs of unknown shape.
    template <class Body>
    auto visit(Body&& body) {
        lay_out();
        const octavo_node node = flat();
        return body(NodeView(node, tensors_));
    }

    Result<std::vector<TensorType>> infer() {
        return visit([](const NodeView& node) { return ops::infer(node); });
    }

    Result<std::vector<Data>> run() {
        lay_out();
        const octavo_node node = flat();
        OCTAVO_TRY(const std::vector<TensorType> types, ops::infer(NodeView(node, tensors_)));
        std::vector<octavo_tensor> in, out;
        for (const Data& data : data_) in.push_back(view(data));
        std::vector<Data> results;
        for (std::size_t i = 0; i < types.size(); ++i) {
            set(tensors_[data_.size() + i], types[i].type, types[i].shape);
            const std::size_t width = types[i].type == OCTAVO_S64 ? 8 : types[i].type == OCTAVO_F32 || types[i].type == OCTAVO_S32 ? 4 : 1;
            results.push_back(
                {types[i].type, types[i].shape, std::vector<std::byte>(static_cast<std::size_t>(element_count(types[i].shape)) * width)});
        }
        for (const Data& data : results) out.push_back(view(data));
        OCTAVO_CHECK_OK(find(op_)->compute(NodeView(node, tensors_), in, out));
        return results;
    }

    // The only output, which must be f32.
    std::vector<float> run_floats() { return need(run()).front().as<float>(); }

    Shape output_shape() { return need(infer()).front().shape; }

    std::string error() {
        const auto types = infer();
        if (types) return "no error";
        BOOST_CHECK(types.error().code() == Code::model);
        return types.error().message();
    }

private:
    // What attributes point at; copies of a case share it.
    struct Kept {
        std::deque<std::vector<std::int64_t>> integers;
        std::deque<float> floats;
        std::deque<std::vector<float>> lists;
    };

    static void set(octavo_tensor_info& tensor, octavo_type type, const Shape& shape) {
        tensor.type = type;
        tensor.rank = static_cast<std::int32_t>(shape.size());
        std::ranges::copy(shape, tensor.shape);
    }
    static octavo_tensor view(const Data& data) {
        octavo_tensor tensor{};
        if (data.absent) return tensor;
        tensor.type = data.type;
        tensor.rank = static_cast<std::int32_t>(data.shape.size());
        std::ranges::copy(data.shape, tensor.shape);
        static std::byte nothing;
        tensor.data = data.bytes.empty() ? &nothing : const_cast<std::byte*>(data.bytes.data());
        return tensor;
    }

    void lay_out() {
        tensors_.assign(data_.size() + output_count_, {});
        input_ids_.clear();
        output_ids_.clear();
        for (std::size_t i = 0; i < tensors_.size(); ++i) {
            tensors_[i].name = "t";
            if (i >= data_.size()) {
                output_ids_.push_back(static_cast<std::int32_t>(i));
                continue;
            }
            input_ids_.push_back(data_[i].absent ? -1 : static_cast<std::int32_t>(i));
            set(tensors_[i], data_[i].type, data_[i].shape);
            if (data_[i].constant) tensors_[i].data = view(data_[i]).data;
        }
    }
    octavo_node flat() const {
        return {"n",
                op_,
                input_ids_.data(),
                static_cast<std::int32_t>(input_ids_.size()),
                output_ids_.data(),
                static_cast<std::int32_t>(output_ids_.size()),
                attributes_.data(),
                static_cast<std::int32_t>(attributes_.size())};
    }

    const char* op_;
    std::vector<Data> data_;
    std::size_t output_count_;
    std::shared_ptr<Kept> kept_ = std::make_shared<Kept>();
    std::vector<octavo_attribute> attributes_;
    std::vector<octavo_tensor_info> tensors_;
    std::vector<std::int32_t> input_ids_, output_ids_;
};

inline void check_values(const std::vector<float>& found, const std::vector<float>& expected, float tolerance = 1e-6F) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_CHECK_MESSAGE(std::abs(found[i] - expected[i]) <= tolerance * std::max(1.0F, std::abs(expected[i])),
                            "value " << i << " is " << found[i] << ", expected " << expected[i]);
}

inline void check_shape(Case subject, const Shape& expected) {
    BOOST_CHECK_EQUAL(shape_text(subject.output_shape()), shape_text(expected));
}

}  // namespace octavo::ops::testing
