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
    int32_t tensor;       /* index of that tensor in the graph; of one that lives inside an operator, the operator's output, as large */
    int32_t channels;     /* 1; or the number of channels where only depthwise convolutions read */
    int32_t is_input;     /* 1: an input of the model */
    double known_minimum; /* what the producing operator cannot go below; -infinity if unknown */
    double known_maximum;
    octavo_histogram whole;             /* all values; in the bins of by_channel where no other reader needs finer ones */
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

/* The network as the plan stands, run on the device for a few of the calibration images. Calls cost runs of the network; none may follow
 * the end of `apply`. Where an operator is meant, `node` is its index in the graph. */
typedef struct octavo_trial {
    uint32_t size;
    void* context;
    /* Takes that many images (fewer where there are fewer: `found`), chosen by their names, dealt to `parts` disjoint parts. */
    octavo_status (*open)(void* context, int64_t images, int32_t parts, int64_t* found, octavo_error* error);
    /* What is changed from here on acts at this operator or behind it: what lies in front is run once and kept. A change in front of it
     * is allowed and costs a run from the start. */
    void (*move_to)(void* context, int32_t node);
    /* The first operator that a range of the point acts on; -1 where it acts on none, as that of a sum that stays real. */
    int32_t (*node_of_point)(void* context, int32_t point);
    /* errors[part]: energy of the error at the outputs over that of the fp32 outputs, both less their mean over an image, averaged over
     * outputs; a softmax at the end is left off. Ends at the first part whose error exceeds limits[part] (NULL: no limits), or is about to:
     * where the limits are what an earlier call gave, and the images so far are clearly worse than they were then. The errors of that
     * part and of those behind it are then infinite. */
    octavo_status (*measure)(void* context, const double* limits, double* errors, octavo_error* error);
    /* shift[output channel]: mean over the images of what fp32 gives in front of activation and residual less what the network as it
     * stands gives there. */
    octavo_status (*product_shift)(void* context, int32_t product, double* shift, octavo_error* error);
    /* Tells people how far the algorithm is: steps done and in all, and by how many dB the error has fallen so far. */
    void (*progress)(void* context, int64_t done, int64_t total, double gain_db);
    /* 1: the user wants an end; return with what has been found. */
    int32_t (*should_stop)(void* context);
} octavo_trial;

typedef struct octavo_calibration {
    uint32_t size;
    const octavo_graph* graph;
    const octavo_point* points;
    int32_t point_count;
    const octavo_product* products;
    int32_t product_count;
    const octavo_trial* trial; /* NULL where no device is at hand */
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
    /* The ranges as they stand, `channels` of the point's; returns 0 where none was set. */
    int32_t (*get_range)(void* context, int32_t point, double* minimum, double* maximum);
} octavo_plan_editor;

typedef struct octavo_algorithm_functions {
    uint32_t size;
    octavo_status (*create)(const octavo_value* values, void** self, octavo_error* error);
    void (*destroy)(void* self);
    octavo_status (*apply)(void* self, const octavo_calibration* calibration, const octavo_plan_editor* editor, octavo_error* error);
    /* 1: works on ranges and weight scales that another algorithm has set, so that it cannot be the first of a list. */
    int32_t needs_ranges;
} octavo_algorithm_functions;

#ifdef __cplusplus
}
#endif

#endif
