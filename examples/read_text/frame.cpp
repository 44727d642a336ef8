#include "frame.h"

#include "picture.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace ocr {

namespace {

constexpr int kLongestSide = 2000, kShortestSide = 30, kFlattest = 8;

/// `picture` scaled so that `side` becomes `length`, each side then rounded to a multiple of 32.
cv::Mat scaled(const cv::Mat &picture, int side, int length) {
  double ratio = static_cast<double>(length) / side;
  int width = toMultipleOf32(static_cast<int>(picture.cols * ratio));
  int height = toMultipleOf32(static_cast<int>(picture.rows * ratio));
  if (width == 0 || height == 0 || static_cast<double>(width) * height > kMaxPixels)
    throw std::runtime_error("a picture of " + std::to_string(picture.cols) + " x " + std::to_string(picture.rows) +
                             " pixels is too narrow to look for text in");
  return resized(picture, width, height);
}

} // namespace

Frame::Frame(const cv::Mat &original) : framed(original), originalSize(original.size()) {
  auto scale = [&](int side, int length) {
    cv::Size before = framed.size();
    framed = scaled(framed, side, length);
    ratioX = static_cast<float>(static_cast<double>(before.width) / framed.cols);
    ratioY = static_cast<float>(static_cast<double>(before.height) / framed.rows);
  };
  if (int longest = std::max(framed.cols, framed.rows); longest > kLongestSide)
    scale(longest, kLongestSide);
  if (int shortest = std::min(framed.cols, framed.rows); shortest < kShortestSide)
    scale(shortest, kShortestSide);
}

void Frame::pad() {
  if (framed.rows <= kShortestSide || static_cast<double>(framed.cols) / framed.rows > kFlattest) {
    top = std::abs(std::max(framed.cols / kFlattest, kShortestSide) * 2 - framed.rows) / 2;
    cv::copyMakeBorder(framed, framed, top, top, 0, 0, cv::BORDER_CONSTANT);
  }
}

Box Frame::toOriginal(Box box) const {
  for (cv::Point2f &corner : box) {
    // The maximum of 0 and -0 is 0, for it comes first.
    corner.x = std::min(std::max(0.0f, corner.x * ratioX), static_cast<float>(originalSize.width));
    corner.y = (corner.y - static_cast<float>(top)) * ratioY;
    corner.y = std::min(std::max(0.0f, corner.y), static_cast<float>(originalSize.height));
  }
  return box;
}

cv::Mat resized(const cv::Mat &picture, int width, int height) {
  cv::Mat result;
  cv::resize(picture, result, cv::Size(width, height));
  return result;
}

int toMultipleOf32(int side) { return static_cast<int>(std::nearbyint(side / 32.0)) * 32; }

void toPlanes(const cv::Mat &picture, float *planes, int height, int width) {
  static const auto table = [] {
    std::array<float, 256> values;
    for (int i = 0; i < 256; ++i)
      values[i] = (static_cast<float>(i) / 255.0f - 0.5f) / 0.5f;
    return values;
  }();
  for (int channel = 0; channel < 3; ++channel)
    for (int y = 0; y < picture.rows; ++y) {
      const uchar *row = picture.ptr(y) + channel;
      float *to = planes + (static_cast<size_t>(channel) * height + y) * width;
      for (int x = 0; x < picture.cols; ++x)
        to[x] = table[row[3 * x]];
    }
}

} // namespace ocr
