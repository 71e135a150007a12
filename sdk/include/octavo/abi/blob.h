/* The blob types that come with the SDK. A data set and a metric of another domain agree on a name of their own. */
#ifndef OCTAVO_ABI_BLOB_H
#define OCTAVO_ABI_BLOB_H

#include <octavo/abi.h>

#define OCTAVO_BLOB_NONE "none"                 /* no annotation: data NULL, size 0 */
#define OCTAVO_BLOB_CLASS "class"               /* int64_t, the index of the right class */
#define OCTAVO_BLOB_CLASS_SCORES "class_scores" /* float[classes], larger is likelier */
#define OCTAVO_BLOB_BOXES "boxes"               /* octavo_box[n] */
#define OCTAVO_BLOB_TENSORS "tensors"           /* octavo_output[n] (adapter.h), this sample's row of each: dimension 0 is 1 */

/* Edges in pixels of the original image, as it is upright, and as a continuous plane: its top left corner is 0, 0, its bottom right one
 * width, height, and pixel i lies from i to i + 1. So width is right - left. Formats that count pixels from 1 and name the last one inside,
 * as VOC does, give left = xmin - 1, top = ymin - 1, right = xmax, bottom = ymax; the overlap of two such boxes is what VOC computes with
 * + 1. */
typedef struct octavo_box {
    float left, top, right, bottom;
    int32_t label; /* index of the class */
    float score;   /* of a prediction; 1 in annotations */
    int32_t difficult;
    int32_t crowd;
} octavo_box;

#endif
