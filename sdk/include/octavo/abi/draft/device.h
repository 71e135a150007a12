/* A device executes a graph, with or without a plan. On trial until a second engine has been written against it. */
#ifndef OCTAVO_ABI_DRAFT_DEVICE_H
#define OCTAVO_ABI_DRAFT_DEVICE_H

#include <octavo/abi.h>
#include <octavo/abi/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct octavo_compile_options {
    uint32_t size;
    int32_t threads;     /* 0: all */
    const int32_t* taps; /* tensors that `run` must show while it runs */
    int32_t tap_count;
    int32_t profile; /* 1: keep the time of each operator */
    /* How far results of products in floating point may be off, relative to the largest of the output; 0: no further than plain sums of
       f32. What only asks for ranges can bear more, and faster algorithms may be used. */
    float tolerance;
} octavo_compile_options;

/* Shows the values of a tapped tensor in place, as real numbers (f32), during a run. Called on the thread that called `run`. */
typedef void (*octavo_tap)(void* context, int32_t tensor, const octavo_tensor* view);

typedef struct octavo_operator_time {
    const char* name; /* of the node; steps that belong to no node are named "quantize x", "dequantize x" */
    const char* op;
    const char* implementation; /* "brgconv:avx512_core_vnni", "conv_u8:avx2", ... */
    octavo_precision precision;
    double milliseconds; /* mean over the runs since compilation; 0 without profile */
} octavo_operator_time;

typedef void (*octavo_operator_sink)(void* context, const octavo_operator_time* time);

typedef struct octavo_device_functions {
    uint32_t size;
    octavo_status (*create)(const octavo_value* values, void** self, octavo_error* error);
    void (*destroy)(void* self);
    /* 1 if the device can run the node at this precision, else 0 and the reason in `error`. */
    int32_t (*can_run)(void* self, const octavo_graph* graph, int32_t node, octavo_precision precision, octavo_error* error);
    /* Graph and plan (may be NULL) must outlive the call only. */
    octavo_status (*compile)(void* self, const octavo_graph* graph, const octavo_plan* plan, const octavo_compile_options* options,
                             void** executable, octavo_error* error);
    void (*destroy_executable)(void* executable);
    /* Inputs and outputs in the graph's order: dense, row-major (NCHW), of the graph's types and shapes; the host owns both. */
    octavo_status (*run)(void* executable, const octavo_tensor* inputs, octavo_tensor* outputs, octavo_tap tap, void* tap_context,
                         octavo_error* error);
    void (*operators)(void* executable, octavo_operator_sink sink, void* context);
    int64_t (*memory_bytes)(void* executable); /* weights, activations and scratch that it holds */
    const char* (*isa)(void* self);            /* the instruction set that int8 kernels use: "avx2", "avx512_core_vnni", ... */
    /* Int8 kernels are fastest where the weights of one sign of input channels 2i and 2i + 1, at one place of a convolution's kernel, add
       up to at most so many steps; 0: any weights are as fast. May be NULL: 0. */
    int32_t (*pair_limit)(void* self);
} octavo_device_functions;

#ifdef __cplusplus
}
#endif

#endif
