// Overlap: how much of two boxes is common, from 0 to 1, in the ways of the tools that are followed. Boxes are continuous: one pixel at the
// edge of the image is 0 to 1.
#pragma once

#include <octavo/abi/blob.h>

namespace octavo {

using Overlap = double (*)(const octavo_box& detection, const octavo_box& object);

// Intersection over union. The VOC devkit's "+1" is this one: it counts pixels from 1 and includes the last.
double plain_overlap(const octavo_box& detection, const octavo_box& object);

// The same; with a crowd it is the share of the detection that lies in it.
double coco_overlap(const octavo_box& detection, const octavo_box& object);

// Objects are VOC's numbers, of pixels from 1 on, and detections are continuous; 1 is added to every length where the intersection reaches
// beyond 1. The tool scales both to the input of the network before; here they are pixels of the image.
double tool2018_overlap(const octavo_box& detection, const octavo_box& object);

// Objects are numbers of pixels from 0 on, and detections are continuous; 1 is added to every length, and boxes that are apart have an
// intersection one pixel wide.
double accuracy_checker_overlap(const octavo_box& detection, const octavo_box& object);

double area_of(const octavo_box& box);

}  // namespace octavo
