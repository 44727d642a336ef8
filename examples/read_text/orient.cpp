#include "orient.h"
#include "frame.h"

#include <algorithm>
#include <cmath>

namespace ocr {

namespace {
constexpr int kHeight = 48, kWidth = 192; ///< what the network looks at
constexpr float kCertain = 0.9f;          ///< the least probability of a turned line that is acted upon
} // namespace

void orient(Network &network, std::vector<cv::Mat> &lines) {
  std::vector<float> image(3 * kHeight * kWidth);
  for (cv::Mat &line : lines) {
    int width = std::min(kWidth, static_cast<int>(std::ceil(kHeight * (static_cast<double>(line.cols) / line.rows))));
    std::fill(image.begin(), image.end(), 0.0f);
    toPlanes(resized(line, width, kHeight), image.data(), kHeight, kWidth);
    const Result &probabilities = network.run(image, kHeight, kWidth); // upright, turned
    if (probabilities.data[1] > std::max(probabilities.data[0], kCertain))
      cv::rotate(line, line, cv::ROTATE_180);
  }
}

} // namespace ocr
