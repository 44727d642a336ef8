// Lines of text cut out of a picture.
#ifndef READ_TEXT_CROP_H
#define READ_TEXT_CROP_H

#include "frame.h"

namespace ocr {

/// The line of text in the box of an 8-bit BGR picture: horizontal, though it may stand on its head.
cv::Mat crop(const cv::Mat &picture, const Box &box);

} // namespace ocr

#endif
