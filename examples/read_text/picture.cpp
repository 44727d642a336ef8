#include "picture.h"
#include "decode.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace ocr {

namespace {

/// What the file holds.
Bytes readBytes(const std::string &path) {
  std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  Bytes bytes;
  unsigned char block[1 << 16];
  while (file) {
    size_t size = std::fread(block, 1, sizeof block, file.get());
    if (std::ferror(file.get()))
      break;
    if (size == 0)
      return bytes;
    bytes.insert(bytes.end(), block, block + size);
  }
  throw std::runtime_error(std::string("cannot be read: ") + std::strerror(errno));
}

/// RGBA over white or black, whichever is farther from the mean of what is visible.
cv::Mat overContrast(const cv::Mat &pixels) {
  double luminance = 0, visible = 0;
  for (auto p = pixels.begin<cv::Vec4b>(); p != pixels.end<cv::Vec4b>(); ++p)
    if ((*p)[3] > 0) {
      luminance += 0.299 * (*p)[0] + 0.587 * (*p)[1] + 0.114 * (*p)[2];
      ++visible;
    }
  const float background = visible == 0 || luminance / visible < 128 ? 255.0f : 0.0f;
  cv::Mat bgr(pixels.size(), CV_8UC3);
  auto to = bgr.begin<cv::Vec3b>();
  for (auto p = pixels.begin<cv::Vec4b>(); p != pixels.end<cv::Vec4b>(); ++p, ++to) {
    const float alpha = static_cast<float>((*p)[3]) / 255.0f;
    for (int c = 0; c < 3; ++c)
      (*to)[2 - c] = static_cast<uchar>(static_cast<float>((*p)[c]) * alpha + background * (1.0f - alpha));
  }
  return bgr;
}

/// Pixels of 1 to 4 channels as BGR. What is transparent becomes white behind grey; V4 inverts the colours of RGBA
/// unless all are black, so that black text on nothing, which is black on black, shows.
cv::Mat toBgr(const cv::Mat &pixels, Edition edition) {
  cv::Mat bgr;
  if (pixels.channels() == 1)
    cv::cvtColor(pixels, bgr, cv::COLOR_GRAY2BGR);
  else if (pixels.channels() == 3)
    cv::cvtColor(pixels, bgr, cv::COLOR_RGB2BGR);
  if (pixels.channels() % 2)
    return bgr;

  if (pixels.channels() == 4 && edition == Edition::V6)
    return overContrast(pixels);
  std::vector<cv::Mat> channels;
  cv::split(pixels, channels);
  cv::Mat alpha = channels.back(), colours, visible, background;
  if (pixels.channels() == 2)
    cv::cvtColor(channels[0], colours, cv::COLOR_GRAY2BGR);
  else
    cv::cvtColor(pixels, colours, cv::COLOR_RGBA2BGR);
  cv::bitwise_and(colours, colours, visible, alpha);
  if (pixels.channels() == 4 && cv::countNonZero(visible.reshape(1)) > 0)
    return ~visible;
  cv::cvtColor(~alpha, background, cv::COLOR_GRAY2BGR);
  return visible + background;
}

} // namespace

void fail(Failure &failure, const char *text) {
  std::snprintf(failure.text, sizeof failure.text, "%s", text);
  std::longjmp(failure.jump, 1);
}

void checkSize(unsigned long width, unsigned long height) {
  if (width == 0 || height == 0 || width > kMaxPixels / height)
    throw std::runtime_error("a picture of " + std::to_string(width) + " x " + std::to_string(height) +
                             " pixels; expected 1 to " + std::to_string(kMaxPixels));
}

cv::Mat readPicture(const std::string &path, Edition edition) {
  Bytes bytes = readBytes(path);
  auto startsWith = [&](std::initializer_list<unsigned char> signature) {
    return bytes.size() >= signature.size() && std::equal(signature.begin(), signature.end(), bytes.begin());
  };
  if (startsWith({0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}))
    return toBgr(readPng(bytes), edition);
  if (startsWith({0xff, 0xd8}))
    return toBgr(readJpeg(bytes, edition == Edition::V6), edition);
  throw std::runtime_error("expected a PNG or JPEG file");
}

} // namespace ocr
