/* A data set: numbered samples with annotations. It names or holds encoded images; the host decodes and preprocesses them. */
#ifndef OCTAVO_ABI_DATASET_H
#define OCTAVO_ABI_DATASET_H

#include <octavo/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct octavo_sample {
    uint32_t size;
    const char* id;      /* how messages and reports call it */
    const char* path;    /* file of the encoded image, or NULL */
    const void* encoded; /* the encoded image itself, or NULL */
    uint64_t encoded_bytes;
    const octavo_tensor* tensors; /* ready-made inputs, one an input of the model, or NULL */
    int32_t tensor_count;
    octavo_blob annotation;
    const char* note; /* what was left out of the annotation or put right, for the report; NULL: nothing */
} octavo_sample;

typedef struct octavo_dataset_functions {
    uint32_t size;
    octavo_status (*create)(const octavo_value* values, void** self, octavo_error* error);
    void (*destroy)(void* self);
    int64_t (*count)(void* self);
    /* Fills `sample`; what it points to lives until destroy. May be called from several threads at once. */
    octavo_status (*sample)(void* self, int64_t index, octavo_sample* sample, octavo_error* error);
    /* Names of the classes that annotations speak of, in the order of their indices; they live until destroy. May be NULL. */
    const char* const* (*class_names)(void* self, int32_t* count);
} octavo_dataset_functions;

#ifdef __cplusplus
}
#endif

#endif
