#include "draw.h"

#include <opencv2/imgproc.hpp>

namespace ocr {

void draw(cv::Mat &picture, const std::vector<Box> &boxes) {
  const cv::Scalar red(40, 40, 230), green(60, 160, 0);
  for (size_t i = 0; i < boxes.size(); ++i) {
    std::vector<cv::Point> corners(boxes[i].begin(), boxes[i].end());
    cv::polylines(picture, corners, true, green, 2, cv::LINE_AA);
    cv::putText(picture, std::to_string(i + 1), corners[0], cv::FONT_HERSHEY_SIMPLEX, 0.5, red, 1, cv::LINE_AA);
  }
}

} // namespace ocr
