/* A graph and a plan as plugins see them: read-only flat arrays that the host owns. Tensors and nodes are named by index. */
#ifndef OCTAVO_ABI_MODEL_H
#define OCTAVO_ABI_MODEL_H

#include <octavo/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum octavo_attribute_type {
    OCTAVO_ATTRIBUTE_INT = 1,
    OCTAVO_ATTRIBUTE_FLOAT = 2,
    OCTAVO_ATTRIBUTE_STRING = 3,
    OCTAVO_ATTRIBUTE_INTS = 4,
    OCTAVO_ATTRIBUTE_FLOATS = 5
} octavo_attribute_type;

typedef struct octavo_attribute {
    const char* name;
    octavo_attribute_type type;
    int64_t count;
    const int64_t* ints;
    const float* floats;
    const char* string;
} octavo_attribute;

/* An operator with ONNX semantics. What passes fused into it stands in attributes and inputs of its own, see octavo/ops.h. */
typedef struct octavo_node {
    const char* name;
    const char* op;
    const int32_t* inputs; /* tensor indices; -1: an optional input that is absent */
    int32_t input_count;
    const int32_t* outputs;
    int32_t output_count;
    const octavo_attribute* attributes;
    int32_t attribute_count;
} octavo_node;

typedef struct octavo_tensor_info {
    const char* name;
    octavo_type type;
    int32_t rank;
    int64_t shape[OCTAVO_MAX_RANK]; /* the batch size of this graph filled in */
    const void* data;               /* constants: dense, row-major; else NULL */
} octavo_tensor_info;

typedef struct octavo_graph {
    uint32_t size;
    const octavo_tensor_info* tensors;
    int32_t tensor_count;
    const octavo_node* nodes; /* each node stands behind those it reads */
    int32_t node_count;
    const int32_t* inputs;
    int32_t input_count;
    const int32_t* outputs;
    int32_t output_count;
} octavo_graph;

typedef enum octavo_precision { OCTAVO_FP32 = 0, OCTAVO_BF16 = 1, OCTAVO_INT8 = 2 } octavo_precision;

/* Real value = scale * (q - zero_point). `channels` is 0 (none), 1 (one for the tensor), or the size of the channel axis
 * (axis 1 of an activation; the output channel of a weight). Activations are u8, weights s8 in -127..127 with zero point 0. */
typedef struct octavo_quantization {
    int32_t channels;
    const float* scale;
    const int32_t* zero_point;
} octavo_quantization;

/* What a plan means for a graph. A tensor with parameters holds values on its grid only, for every reader. A depthwise convolution reads
 * `depthwise` where that is present, every other reader `whole`. */
typedef struct octavo_plan {
    uint32_t size;
    const octavo_quantization* whole;     /* [tensor_count] */
    const octavo_quantization* depthwise; /* [tensor_count] */
    const octavo_quantization* weights;   /* [tensor_count] of constants that int8 operators multiply with */
    const void* const* replaced;          /* [tensor_count] data that takes the place of a constant's, or NULL */
    const int32_t* precision;             /* [node_count] octavo_precision */
    /* [node_count] the grid (one scale) on which an int8 product with a fused residual puts its sum before it adds the residual, as the
     * addition would read it if it stood alone; channels 0: the sum stays real */
    const octavo_quantization* inner;
} octavo_plan;

#ifdef __cplusplus
}
#endif

#endif
