// Where the lines of text are.
#ifndef READ_TEXT_DETECT_H
#define READ_TEXT_DETECT_H

#include "edition.h"
#include "frame.h"
#include "network.h"

namespace ocr {

/// The lines of text of a picture, from top to bottom, and those side by side from left to right. The network tells
/// how likely each pixel is inside of a line's core; each core becomes a box around the whole line.
std::vector<Box> detect(Network &network, Edition edition, const cv::Mat &picture);

} // namespace ocr

#endif
