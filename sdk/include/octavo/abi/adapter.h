/* An adapter turns the raw outputs of a model into one prediction for each sample of the batch. */
#ifndef OCTAVO_ABI_ADAPTER_H
#define OCTAVO_ABI_ADAPTER_H

#include <octavo/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What preprocessing did to a sample: input = original * scale - offset, in pixels. An input that is no image has size 0 x 0. */
typedef struct octavo_geometry {
    uint32_t size;
    int32_t source_width, source_height;
    double scale_x, scale_y, offset_x, offset_y;
    int32_t input_width, input_height;
} octavo_geometry;

typedef struct octavo_output {
    const char* name;     /* as in the model */
    octavo_tensor tensor; /* f32; dimension 0 is the batch */
} octavo_output;

/* Receives the prediction for sample `index` of the batch; the blob is read before it returns. */
typedef void (*octavo_prediction_sink)(void* context, int64_t index, const octavo_blob* prediction);

typedef struct octavo_adapter_functions {
    uint32_t size;
    octavo_status (*create)(const octavo_value* values, void** self, octavo_error* error);
    void (*destroy)(void* self);
    octavo_status (*adapt)(void* self, const octavo_output* outputs, int32_t output_count, const octavo_geometry* geometries, int64_t batch,
                           octavo_prediction_sink sink, void* context, octavo_error* error);
    /* The names of the data set's classes in the order of its indices. Called once behind create, and only where the data set has names.
     * May be NULL. */
    octavo_status (*set_classes)(void* self, const char* const* names, int32_t count, octavo_error* error);
    /* How far predictions are apart before anything is suppressed: for each sample the energy of the expected ones, and that of the
     * difference. Both sides are outputs of one model on the same samples. NULL: outputs are compared number by number. */
    octavo_status (*compare)(void* self, const octavo_output* expected, const octavo_output* found, int32_t output_count,
                             const octavo_geometry* geometries, int64_t batch, double* signal, double* noise, octavo_error* error);
} octavo_adapter_functions;

#ifdef __cplusplus
}
#endif

#endif
