// How adapters find outputs of a model and read them as tables of numbers, wherever strides have put those.
#pragma once

#include <octavo/abi/adapter.h>
#include <octavo/result.h>
#include <octavo/tensor.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace octavo {

// "output 'scores'": how messages begin.
inline std::string output_title(const octavo_output& output) {
    return "output '" + std::string(output.name) + "'";
}

inline Result<const octavo_output*> find_output(std::span<const octavo_output> outputs, const std::string& name) {
    std::string names;
    for (const octavo_output& output : outputs) {
        if (name == output.name) return &output;
        names += (names.empty() ? "'" : ", '") + std::string(output.name) + "'";
    }
    if (names.empty()) return Error(Code::model, "the model has no output");
    return Error(Code::config, "the model has no output '" + name + "', expected one of " + names);
}

// The output of that name, else the only one that `fits`. `expected` says in messages what fits, `parameter` where a name is given.
template <class Fits>
Result<const octavo_output*> find_output(std::span<const octavo_output> outputs, const std::string& name, const char* parameter,
                                         const std::string& expected, Fits fits) {
    if (!name.empty()) return find_output(outputs, name);
    std::string all;
    const octavo_output* found = nullptr;
    int count = 0;
    for (const octavo_output& output : outputs) {
        all += (all.empty() ? "'" : ", '") + std::string(output.name) + "' " + shape_text(output.tensor);
        if (!fits(output)) continue;
        found = &output;
        ++count;
    }
    if (count == 1) return found;
    return Error(Code::config, "found the outputs " + (all.empty() ? "none" : all) + ", expected just one of " + expected +
                                   "; name it with \"" + parameter + "\"");
}

// Of float32 with a row for sample `row` of the batch?
inline Result<void> check_output(const octavo_output& output, std::int64_t row) {
    const octavo_tensor& tensor = output.tensor;
    if (tensor.type != OCTAVO_F32) return Error(Code::model, output_title(output) + ": found " + type_name(tensor.type) + ", expected f32");
    if (tensor.rank < 1 || tensor.shape[0] <= row)
        return Error(Code::model, output_title(output) + ": found shape " + shape_text(tensor) + ", expected a row for each sample");
    return {};
}

inline Error wrong_shape(const octavo_output& output, const std::string& expected) {
    return {Code::model, output_title(output) + ": found shape " + shape_text(output.tensor) + ", expected " + expected};
}

// Numbers of one sample. A view.
struct Matrix {
    const float* data = nullptr;
    std::int64_t rows = 0, columns = 0;
    std::int64_t row_step = 0, column_step = 1;

    float at(std::int64_t row, std::int64_t column) const { return data[row * row_step + column * column_step]; }
    Matrix transposed() const { return {data, columns, rows, column_step, row_step}; }
};

// Sample `row` of a tensor [batch, rows, columns], in which axes of length 1 may stand between batch and columns.
inline std::optional<Matrix> matrix_of(const octavo_tensor& tensor, std::int64_t row) {
    if (tensor.rank < 3) return {};
    const std::int32_t last = tensor.rank - 1;
    std::int32_t axis = last - 1, long_axes = 0;
    for (std::int32_t i = 1; i < last; ++i) {
        if (tensor.shape[i] == 1) continue;
        axis = i;
        ++long_axes;
    }
    if (long_axes > 1) return {};
    return Matrix{static_cast<const float*>(tensor.data) + row * tensor.strides[0], tensor.shape[axis], tensor.shape[last],
                  tensor.strides[axis], tensor.strides[last]};
}

// What makes scores of the numbers that a model gives.
enum class Activation { none, sigmoid, softmax };
inline constexpr const char* kActivations = "none|sigmoid|softmax";

inline Activation activation_of(const std::string& name) {
    if (name == "sigmoid") return Activation::sigmoid;
    return name == "softmax" ? Activation::softmax : Activation::none;
}

inline float sigmoid(float x) {
    return 1.0F / (1.0F + std::exp(-x));
}

// Scores of the chosen columns of a row. A softmax is over all columns of the row.
inline void read_scores(const Matrix& matrix, std::int64_t row, std::span<const std::int32_t> columns, Activation activation, float* out) {
    for (std::size_t i = 0; i < columns.size(); ++i) out[i] = matrix.at(row, columns[i]);
    const std::span<float> scores(out, columns.size());
    if (activation == Activation::sigmoid) std::transform(scores.begin(), scores.end(), scores.begin(), sigmoid);
    if (activation != Activation::softmax || columns.empty()) return;
    float most = matrix.at(row, 0), sum = 0;
    for (std::int64_t c = 1; c < matrix.columns; ++c) most = std::max(most, matrix.at(row, c));
    for (std::int64_t c = 0; c < matrix.columns; ++c) sum += std::exp(matrix.at(row, c) - most);
    for (float& score : scores) score = std::exp(score - most) / sum;
}

}  // namespace octavo
