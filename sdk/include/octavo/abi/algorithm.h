/* An algorithm turns statistics into quantization parameters, or improves parameters and biases that others chose. */
#ifndef OCTAVO_ABI_ALGORITHM_H
#define OCTAVO_ABI_ALGORITHM_H

#include <octavo/abi.h>
#include <octavo/abi/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An exactly counted histogram. Bins have the width 2^exponent / bins; bin k of `positive` counts values x with
 * k <= x / width < k + 1, x > 0; bin k of `negative` the same of -x. Zeros are counted apart. */
typedef struct octavo_histogram {
    int32_t bins;
    int32_t exponent;
    const uint64_t* positive;
    const uint64_t* negative;
    uint64_t zeros;
    uint64_t count; /* of all values, zeros included */
    double minimum; /* exact; 0 where count is 0 */
    double maximum;
} octavo_histogram;

/* A place that needs parameters: one tensor, or several that must share them (around a concatenation or a pooling). */
typedef struct octavo_point {
    const char* name;     /* of its first tensor */
    int32_t tensor;       /* index of that tensor in the graph */
    int32_t channels;     /* 1; or the number of channels where only depthwise convolutions read */
    int32_t is_input;     /* 1: an input of the model */
    double known_minimum; /* what the producing operator cannot go below; -infinity if unknown */
    double known_maximum;
    octavo_histogram whole;             /* all values */
    const octavo_histogram* by_channel; /* [channels] where channels > 1 */
} octavo_point;

/* An operator that multiplies an activation with a constant (Conv, Gemm, MatMul) in int8. */
typedef struct octavo_product {
    int32_t node;
    int32_t weight; /* tensor indices */
    int32_t bias;   /* every product has one */
    int32_t groups;
    int64_t output_channels; /* the weight is [output_channels][weight_size / output_channels] after the host's transposition */
    int64_t weight_size;
    const float* weights;
    const float* biases; /* with what was replaced so far */
    int64_t input_channels;
    const double* input_mean;  /* [input_channels] mean of the float input over the calibration images */
    const float* weight_scale; /* [output_channels] as the plan stands; NULL before a range algorithm has set it */
} octavo_product;

typedef struct octavo_calibration {
    uint32_t size;
    const octavo_graph* graph;
    const octavo_point* points;
    int32_t point_count;
    const octavo_product* products;
    int32_t product_count;
} octavo_calibration;

/* How an algorithm changes the plan. Each call copies what it is given. */
typedef struct octavo_plan_editor {
    uint32_t size;
    void* context;
    /* The real interval that the 256 steps must cover, one or `channels` of them; the host extends it to hold zero, gives it a zero
     * point and keeps it inside what is known of the tensor. */
    void (*set_range)(void* context, int32_t point, int32_t channels, const double* minimum, const double* maximum);
    /* One or output_channels scales of the product's weight. */
    void (*set_weight_scale)(void* context, int32_t product, int64_t channels, const float* scale);
    void (*set_bias)(void* context, int32_t product, const float* bias); /* [output_channels] */
} octavo_plan_editor;

typedef struct octavo_algorithm_functions {
    uint32_t size;
    octavo_status (*create)(const octavo_value* values, void** self, octavo_error* error);
    void (*destroy)(void* self);
    octavo_status (*apply)(void* self, const octavo_calibration* calibration, const octavo_plan_editor* editor, octavo_error* error);
} octavo_algorithm_functions;

#ifdef __cplusplus
}
#endif

#endif
