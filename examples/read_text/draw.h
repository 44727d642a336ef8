// Lines of text drawn into their picture.
#ifndef READ_TEXT_DRAW_H
#define READ_TEXT_DRAW_H

#include "frame.h"

#include <vector>

namespace ocr {

/// Draws the boxes into the picture, with their numbers from 1.
void draw(cv::Mat &picture, const std::vector<Box> &boxes);

} // namespace ocr

#endif
