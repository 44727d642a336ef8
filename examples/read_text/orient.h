// Lines of text that stand on their head.
#ifndef READ_TEXT_ORIENT_H
#define READ_TEXT_ORIENT_H

#include "network.h"

#include <opencv2/core.hpp>

namespace ocr {

/// Turns the lines that the network takes for upside down.
void orient(Network &network, std::vector<cv::Mat> &lines);

} // namespace ocr

#endif
