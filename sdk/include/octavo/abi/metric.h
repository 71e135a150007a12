/* A metric compares predictions with annotations, one sample at a time, and gives named figures at the end. */
#ifndef OCTAVO_ABI_METRIC_H
#define OCTAVO_ABI_METRIC_H

#include <octavo/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct octavo_figure {
    const char* name;  /* "top1" */
    double value;      /* in the unit below */
    const char* unit;  /* "%" or "" */
    int32_t principal; /* 1 for the one that accuracy targets speak of */
    int32_t higher_is_better;
    const char* group; /* "": stands for itself; else the title of a table that it is a row of: "average precision, voc" */
    const char* note;  /* what to know of the figure: "no detection"; "": nothing */
} octavo_figure;

typedef void (*octavo_figure_sink)(void* context, const octavo_figure* figure);

typedef struct octavo_metric_functions {
    uint32_t size;
    octavo_status (*create)(const octavo_value* values, void** self, octavo_error* error);
    void (*destroy)(void* self);
    void (*reset)(void* self);
    /* Adds one sample. *score is its own contribution (1 right, 0 wrong), NaN where a sample has none. */
    octavo_status (*add)(void* self, const octavo_blob* prediction, const octavo_blob* annotation, double* score, octavo_error* error);
    octavo_status (*result)(void* self, octavo_figure_sink sink, void* context, octavo_error* error);
    /* The names of the data set's classes in the order of its indices. Called once behind create, and only where the data set has names.
     * May be NULL. */
    octavo_status (*set_classes)(void* self, const char* const* names, int32_t count, octavo_error* error);
} octavo_metric_functions;

#ifdef __cplusplus
}
#endif

#endif
