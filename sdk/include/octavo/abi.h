/* The boundary between host and plugins: the entry, the descriptor, parameters, errors and views. Plain C; only C types cross it.
 *
 * A plugin is one shared library that exports one function, octavo_plugin_entry. Rules that hold everywhere:
 *  - Every struct that may grow carries its size in its first field and grows at its end only.
 *  - Memory is freed by whoever allocated it. A pointer handed over is valid until the call returns unless a longer life is stated.
 *  - A function that can fail returns a status; 0 is success. It then leaves a message in the octavo_error it was given.
 *  - Exceptions never cross. Strings are UTF-8 and end with a zero.
 *  - A created object is used by one thread at a time unless its header says otherwise. Libraries are never unloaded.
 */
#ifndef OCTAVO_ABI_H
#define OCTAVO_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OCTAVO_ABI_VERSION 1u

typedef int32_t octavo_status; /* 0: done; else a code of octavo::Code (result.h) */

typedef struct octavo_error {
    uint32_t size;
    int32_t code;
    char text[2040]; /* lower case, no full stop: place, found, expected, remedy */
} octavo_error;

typedef enum octavo_kind { OCTAVO_DATASET = 1, OCTAVO_ADAPTER = 2, OCTAVO_METRIC = 3, OCTAVO_ALGORITHM = 4, OCTAVO_DEVICE = 5 } octavo_kind;

/* ---- parameters: declared once by the plugin; the host validates, documents and fills in defaults from the declaration */

typedef enum octavo_parameter_type {
    OCTAVO_INT = 1,
    OCTAVO_REAL = 2,
    OCTAVO_BOOL = 3, /* in ints, 0 or 1 */
    OCTAVO_STRING = 4,
    OCTAVO_PATH = 5, /* of a file or folder that must be there; resolved against the config's folder before the plugin sees it */
    OCTAVO_INT_LIST = 6,
    OCTAVO_REAL_LIST = 7,
    OCTAVO_STRING_LIST = 8
} octavo_parameter_type;

typedef struct octavo_parameter {
    const char* name;
    octavo_parameter_type type;
    const char* fallback; /* default as JSON text ("3", "\"channel\"", "[1, 5]"); NULL: required; "null": may be absent */
    double minimum;       /* of each number; both 0: no bounds */
    double maximum;
    const char* choices; /* "channel|tensor" for strings, or NULL */
    const char* doc;     /* one sentence, with the unit */
} octavo_parameter;

/* A value for each declared parameter, in the order of declaration. Scalars are lists of one; count 0: absent. */
typedef struct octavo_value {
    octavo_parameter_type type;
    int64_t count;
    const int64_t* ints;
    const double* reals;
    const char* const* strings;
} octavo_value;

/* ---- the descriptor */

typedef struct octavo_plugin {
    uint32_t size;
    uint32_t abi_version; /* OCTAVO_ABI_VERSION of the headers it was built with */
    octavo_kind kind;
    const char* name; /* what configs call it; lower case */
    const char* version;
    const char* summary; /* one line */
    const octavo_parameter* parameters;
    int32_t parameter_count;
    const void* functions; /* the table of its kind: octavo_dataset_functions, octavo_metric_functions, ... */
} octavo_plugin;

/* Returns the library's plugins and their number; valid for the life of the process. Must be cheap and must not fail. */
typedef const octavo_plugin* (*octavo_plugin_entry_function)(int32_t* count);
#define OCTAVO_PLUGIN_ENTRY "octavo_plugin_entry"

/* ---- views */

typedef enum octavo_type { OCTAVO_F32 = 1, OCTAVO_U8 = 2, OCTAVO_S8 = 3, OCTAVO_S32 = 4, OCTAVO_S64 = 5, OCTAVO_BOOLEAN = 6 } octavo_type;

#define OCTAVO_MAX_RANK 8

typedef struct octavo_tensor {
    octavo_type type;
    int32_t rank;
    int64_t shape[OCTAVO_MAX_RANK];   /* logical order, NCHW for images */
    int64_t strides[OCTAVO_MAX_RANK]; /* in elements, so that channels-last data is seen in place */
    void* data;
} octavo_tensor;

/* Data whose type plugins agree on by name; the host passes it through untouched. Types that come with the SDK: see blob.h. */
typedef struct octavo_blob {
    const char* type;
    const void* data;
    uint64_t size_bytes;
} octavo_blob;

#ifdef __cplusplus
}
#endif

#endif
