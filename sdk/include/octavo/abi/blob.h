/* The blob types that come with the SDK. A data set and a metric of another domain agree on a name of their own. */
#ifndef OCTAVO_ABI_BLOB_H
#define OCTAVO_ABI_BLOB_H

#include <octavo/abi.h>

#define OCTAVO_BLOB_NONE "none"                 /* no annotation: data NULL, size 0 */
#define OCTAVO_BLOB_CLASS "class"               /* int64_t, the index of the right class */
#define OCTAVO_BLOB_CLASS_SCORES "class_scores" /* float[classes], larger is likelier */
#define OCTAVO_BLOB_BOXES "boxes"               /* octavo_box[n] */
#define OCTAVO_BLOB_TENSORS "tensors"           /* octavo_output[n] (adapter.h), this sample's row of each: dimension 0 is 1 */

typedef struct octavo_box {
    float left, top, right, bottom; /* pixels of the original image */
    int32_t label;
    float score; /* of a prediction; 1 in annotations */
    int32_t difficult;
    int32_t crowd;
} octavo_box;

#endif
