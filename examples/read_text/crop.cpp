#include "crop.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace ocr {

namespace {

/// a * b + c, rounded once: as a fused operation has it, which not every CPU has.
float fused(float a, float b, float c) { return static_cast<float>(static_cast<double>(a) * b + c); }

/// Weights of the four pixels around a place, `t` behind the second of them: the cubic of Keys with a = -0.75.
std::array<float, 4> cubic(float t) {
  const float a = -0.75f, rest = 1 - t, square = t * t;
  const float first = a * (t * (rest * rest)), last = a * (square * rest);
  const float second = fused(square, fused(a + 2, t, -(a + 3)), 1.0f);
  return {first, second, 1 - first - second - last, last};
}

/// A place on an axis with that many pixels. A few beyond the edges all is the same; so far an int holds it, and what
/// is no number, from a box that is a line, goes there.
float near(float place, int pixels) { return std::min(std::max(-16.0f, place), static_cast<float>(pixels + 16)); }

/// The picture seen through a perspective, which maps its places to those of the result: warpPerspective of OpenCV 5,
/// bit for bit. Before, OpenCV took only each 32nd of a pixel for a place, and a grey level of difference can show in
/// the score of a line.
cv::Mat warped(const cv::Mat &picture, const cv::Matx33d &perspective, int width, int height) {
  const cv::Matx33f m = perspective.inv();
  cv::Mat result(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    const float row = static_cast<float>(y);
    const float rowX = row * m(0, 1) + m(0, 2), rowY = row * m(1, 1) + m(1, 2), rowZ = row * m(2, 1) + m(2, 2);
    uchar *to = result.ptr(y);
    for (int x = 0; x < width; ++x) {
      const double column = x, inverse = 1.0 / (rowZ + m(2, 0) * column);
      const float atX = near(static_cast<float>((rowX + m(0, 0) * column) * inverse), picture.cols);
      const float atY = near(static_cast<float>((rowY + m(1, 0) * column) * inverse), picture.rows);
      const int left = static_cast<int>(std::floor(atX)), top = static_cast<int>(std::floor(atY));
      const std::array<float, 4> weightsX = cubic(atX - static_cast<float>(left));
      const std::array<float, 4> weightsY = cubic(atY - static_cast<float>(top));
      float sums[3] = {};
      for (int j = 0; j < 4; ++j) {
        const uchar *from = picture.ptr(std::clamp(top + j - 1, 0, picture.rows - 1));
        float rowSums[3] = {};
        for (int i = 0; i < 4; ++i)
          for (int c = 0; c < 3; ++c)
            rowSums[c] = fused(weightsX[i], from[3 * std::clamp(left + i - 1, 0, picture.cols - 1) + c], rowSums[c]);
        for (int c = 0; c < 3; ++c)
          sums[c] = fused(weightsY[j], rowSums[c], sums[c]);
      }
      for (int c = 0; c < 3; ++c)
        *to++ = cv::saturate_cast<uchar>(sums[c]);
    }
  }
  return result;
}

} // namespace

cv::Mat crop(const cv::Mat &picture, const Box &box) {
  auto distance = [&](int a, int b) {
    cv::Point2f d = box[a] - box[b];
    return std::sqrt(d.x * d.x + d.y * d.y);
  };
  int width = static_cast<int>(std::max(distance(0, 1), distance(2, 3)));
  int height = static_cast<int>(std::max(distance(0, 3), distance(1, 2)));
  const float right = static_cast<float>(width), bottom = static_cast<float>(height);
  const Box upright = {cv::Point2f(0, 0), {right, 0}, {right, bottom}, {0, bottom}};
  cv::Mat line = warped(picture, cv::getPerspectiveTransform(box.data(), upright.data()), width, height);
  if (static_cast<double>(height) / width >= 1.5)
    cv::rotate(line, line, cv::ROTATE_90_COUNTERCLOCKWISE);
  return line;
}

} // namespace ocr
