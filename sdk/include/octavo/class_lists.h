// The classes of the data sets that detectors are trained on, and which of them are the same thing by two names. Sources: the VOC devkit
// (Everingham et al., 2007) and the categories of COCO's instance annotations (Lin et al., 2014), whose ids run to 90 with gaps.
#pragma once

#include <array>
#include <string_view>

namespace octavo {

inline constexpr std::array<const char*, 20> kVocClasses = {
    "aeroplane",   "bicycle", "bird",  "boat",      "bottle", "bus",         "car",   "cat",  "chair", "cow",
    "diningtable", "dog",     "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"};

inline constexpr std::array<const char*, 80> kCocoClasses = {
    "person",         "bicycle",    "car",           "motorcycle",    "airplane",     "bus",           "train",
    "truck",          "boat",       "traffic light", "fire hydrant",  "stop sign",    "parking meter", "bench",
    "bird",           "cat",        "dog",           "horse",         "sheep",        "cow",           "elephant",
    "bear",           "zebra",      "giraffe",       "backpack",      "umbrella",     "handbag",       "tie",
    "suitcase",       "frisbee",    "skis",          "snowboard",     "sports ball",  "kite",          "baseball bat",
    "baseball glove", "skateboard", "surfboard",     "tennis racket", "bottle",       "wine glass",    "cup",
    "fork",           "knife",      "spoon",         "bowl",          "banana",       "apple",         "sandwich",
    "orange",         "broccoli",   "carrot",        "hot dog",       "pizza",        "donut",         "cake",
    "chair",          "couch",      "potted plant",  "bed",           "dining table", "toilet",        "tv",
    "laptop",         "mouse",      "remote",        "keyboard",      "cell phone",   "microwave",     "oven",
    "toaster",        "sink",       "refrigerator",  "book",          "clock",        "vase",          "scissors",
    "teddy bear",     "hair drier", "toothbrush"};

// Ids that annotations and some models use: [i] belongs to kCocoClasses[i].
inline constexpr std::array<int, 80> kCocoIds = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                                 22, 23, 24, 25, 27, 28, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44,
                                                 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65,
                                                 67, 70, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 84, 85, 86, 87, 88, 89, 90};

// The same, or the same thing as VOC and COCO call it.
constexpr bool is_same_class(std::string_view a, std::string_view b) {
    constexpr std::string_view kPairs[][2] = {{"aeroplane", "airplane"},   {"diningtable", "dining table"},
                                              {"motorbike", "motorcycle"}, {"pottedplant", "potted plant"},
                                              {"sofa", "couch"},           {"tvmonitor", "tv"}};
    if (a == b) return true;
    for (const auto& pair : kPairs)
        if ((a == pair[0] && b == pair[1]) || (a == pair[1] && b == pair[0])) return true;
    return false;
}

}  // namespace octavo
