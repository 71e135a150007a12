/* Running a model from a program: the functions of liboctavo_runtime.so. Plain C; octavo/runtime.h is the C++ layer over it.
 *
 * A model is what a file says and a plan decides; a stream is that model compiled for one batch size, with the memory of its inputs and
 * outputs. Rules that hold for all functions:
 *  - One that can fail returns a status: 0, or a code of octavo::Code (result.h), and then leaves a message in `error`, which may be NULL.
 *    Exceptions never cross, nothing is printed, and nothing is written to disk.
 *  - A model may be used by several threads at a time. A stream is used by one thread at a time; different streams run side by side.
 *  - A stream needs its model no longer once it is open: the model may be freed, and its float weights with it.
 *  - Structs that may grow begin with their size, set by the caller: octavo_stream_options options = {sizeof options}.
 */
#ifndef OCTAVO_ABI_RUNTIME_H
#define OCTAVO_ABI_RUNTIME_H

#include <octavo/abi.h>
#include <octavo/abi/adapter.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OCTAVO_RUNTIME_API __attribute__((visibility("default")))

typedef struct octavo_model octavo_model;
typedef struct octavo_stream octavo_stream;

/* Of the library that runs: "0.1.0". */
OCTAVO_RUNTIME_API const char* octavo_runtime_version(void);

/* ---- models */

typedef struct octavo_model_options {
    uint32_t size;
    const char* plan;    /* plan.json; NULL: the run folder's, or what the file itself says; "none": everything is float32 */
    const char* device;  /* plugin that runs the model; NULL: "onednn", or what the library was built for */
    const char* plugins; /* folders or files with further plugins, separated by colons; NULL: none */
} octavo_model_options;

/* `path` is a model file of any format that Octavo reads, or the output folder of `octavo calibrate`, which brings plan and preprocessing.
 * The model of such a folder is looked for in the folder itself, then where the run found it. Device plugins are looked for in
 * octavo/devices beside the library, in `plugins`, then in the environment variable OCTAVO_PLUGIN_PATH. `options` may be NULL. */
OCTAVO_RUNTIME_API octavo_status octavo_model_load(const char* path, const octavo_model_options* options, octavo_model** model,
                                                   octavo_error* error);
OCTAVO_RUNTIME_API void octavo_model_free(octavo_model* model); /* NULL: nothing to do */

/* ---- streams */

typedef struct octavo_stream_options {
    uint32_t size;
    int32_t threads; /* 0: all */
    int64_t batch;   /* 0: the model's own where it is fixed, else 1 */
} octavo_stream_options;

/* `options` may be NULL. */
OCTAVO_RUNTIME_API octavo_status octavo_stream_open(const octavo_model* model, const octavo_stream_options* options, octavo_stream** stream,
                                                    octavo_error* error);
OCTAVO_RUNTIME_API void octavo_stream_close(octavo_stream* stream); /* NULL: nothing to do */

/* An input or an output: dense, in the stream's own memory. Name and data live as long as the stream. */
typedef struct octavo_port {
    const char* name;
    octavo_tensor tensor;
} octavo_port;

/* In the model's order. Values may be written into inputs in place; they stay there from run to run, and are 0 at first. */
OCTAVO_RUNTIME_API const octavo_port* octavo_stream_inputs(const octavo_stream* stream, int32_t* count);
/* Hold what the last run gave until the next one begins. A run may make less than the shape had room for (NonMaxSuppression): shapes are
 * those of the last run. */
OCTAVO_RUNTIME_API const octavo_port* octavo_stream_outputs(const octavo_stream* stream, int32_t* count);

/* Copies `values` into an input; any strides, all 0 meaning dense. `name` may be NULL where the model has one input. */
OCTAVO_RUNTIME_API octavo_status octavo_stream_set_tensor(octavo_stream* stream, const char* name, const octavo_tensor* values,
                                                          octavo_error* error);

/* Puts a picture through the run's preprocessing into row `row` of the batch: a whole JPEG or PNG file, or pixels. Only of a model that
 * was loaded from a run folder and has one input, of 1 or 3 channels. `geometry` receives how to get from a place in the input back
 * to the picture, as far as its size goes, and may be NULL. */
OCTAVO_RUNTIME_API octavo_status octavo_stream_set_image(octavo_stream* stream, int64_t row, const void* file, uint64_t size_bytes,
                                                         octavo_geometry* geometry, octavo_error* error);

typedef enum octavo_pixel_order { OCTAVO_RGB = 1, OCTAVO_BGR = 2, OCTAVO_RGBA = 3, OCTAVO_BGRA = 4, OCTAVO_GREY = 5 } octavo_pixel_order;

typedef struct octavo_pixels { /* 8 bits a channel; alpha is ignored */
    uint32_t size;
    octavo_pixel_order order;
    int32_t width;
    int32_t height;
    int64_t row_bytes; /* from one row to the next; 0: rows follow each other */
    const void* data;
} octavo_pixels;

OCTAVO_RUNTIME_API octavo_status octavo_stream_set_pixels(octavo_stream* stream, int64_t row, const octavo_pixels* pixels,
                                                          octavo_geometry* geometry, octavo_error* error);

OCTAVO_RUNTIME_API octavo_status octavo_stream_run(octavo_stream* stream, octavo_error* error);

#ifdef __cplusplus
}
#endif

#endif
