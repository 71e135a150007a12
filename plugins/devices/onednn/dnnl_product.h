// Conv and Gemm as oneDNN primitives, in fp32 and int8: descriptors, creation, and weights brought into the form that a primitive wants.
// The only file beside its two users that calls oneDNN.
#pragma once

#include "product.h"

#include <dnnl.hpp>

namespace octavo::onednn {

dnnl::engine& dnnl_engine();

struct ProductTypes {
    dnnl::memory::data_type source, weights, destination;
};

struct ProductDescriptors {
    dnnl::memory::desc source, destination, weights, plain_weights, bias;
};

// Channels-last source and destination, weights in any form; `plain_weights` is the order of output_major_weights.
ProductDescriptors describe_product(const ConvShape& shape, bool gemm, const ProductTypes& types);

struct ProductPrimitive {
    dnnl::primitive primitive;
    dnnl::memory::desc weights, scratchpad;
    std::string implementation;
};

// Error: oneDNN has no such primitive, or only reference code.
Result<ProductPrimitive> make_product(const ConvShape& shape, bool gemm, const ProductDescriptors& descriptors,
                                      dnnl::primitive_attr attributes);

dnnl::memory constant_memory(const dnnl::memory::desc& desc, const void* values);
dnnl::memory reordered(dnnl::memory from, const dnnl::memory::desc& desc);

}  // namespace octavo::onednn
