// Conv, Gemm and ConvTranspose as oneDNN primitives, in fp32 and int8: descriptors, creation, and weights brought into the form that a
// primitive wants. The only file beside its users that calls oneDNN.
#pragma once

#include "product.h"

#include <dnnl.hpp>

#include <string>

namespace octavo::onednn {

dnnl::engine& dnnl_engine();

struct ProductTypes {
    dnnl::memory::data_type source, weights, destination;
};

struct ProductDescriptors {
    dnnl::memory::desc source, destination, weights, plain_weights, bias;
};

// Channels-last source and destination, weights in any form; `plain_weights` is the order of output_major_weights. Of Conv and Gemm.
ProductDescriptors describe_product(const ConvShape& shape, bool gemm, const ProductTypes& types);

struct ProductPrimitive {
    dnnl::primitive primitive;
    dnnl::memory::desc weights, scratchpad;
    std::string implementation;
};

// What windows cover of an axis behind its end; negative where some of it is left. `before`: padding in front of it.
std::int64_t pad_behind(std::int64_t windows, std::int64_t stride, std::int64_t kernel, std::int64_t dilation, std::int64_t size,
                        std::int64_t before);

// Error: oneDNN has only reference code.
template <class Primitive>
Result<ProductPrimitive> finished(const typename Primitive::primitive_desc& made) {
    const std::string implementation = made.impl_info_str();
    if (implementation.find("ref") != std::string::npos)
        return Error(Code::internal, "oneDNN has only reference code (" + implementation + ")");
    return ProductPrimitive{Primitive(made), made.weights_desc(), made.scratchpad_desc(), implementation};
}

// Error: oneDNN has no such primitive, or only reference code.
Result<ProductPrimitive> make_product(const ConvShape& shape, bool gemm, const ProductDescriptors& descriptors,
                                      dnnl::primitive_attr attributes);

void append_activation(dnnl::post_ops& post, const Activation& activation);

dnnl::memory constant_memory(const dnnl::memory::desc& desc, const void* values);
dnnl::memory reordered(dnnl::memory from, const dnnl::memory::desc& desc);

// Adds the step of a primitive that computes in floating point. `weights` are in the order of plain_weights; bias and residual are the
// node's inputs 2 and 3. `times` is what make_depthwise gave.
void add_float_product(Builder& builder, std::int32_t index, octavo_precision precision, const ProductDescriptors& descriptors,
                       const ProductPrimitive& made, const float* weights, std::int64_t times = 1);

}  // namespace octavo::onednn
