// What the readers of picture files share.
#ifndef READ_TEXT_DECODE_H
#define READ_TEXT_DECODE_H

#include <csetjmp>
#include <opencv2/core.hpp>
#include <vector>

namespace ocr {

using Bytes = std::vector<unsigned char>;

/// What a decoder in C leaves behind when it jumps out of its depth.
struct Failure {
  std::jmp_buf jump;
  char text[256] = "";
};

/// Jumps to where `failure.jump` was set, with a text.
[[noreturn]] void fail(Failure &failure, const char *text);

/// Throws std::runtime_error for a picture without pixels, or with more than kMaxPixels.
void checkSize(unsigned long width, unsigned long height);

/// The pixels of a PNG file: grey, grey and alpha, RGB or RGBA, 8 bits each. Throws std::runtime_error.
cv::Mat readPng(const Bytes &bytes);

/// The pixels of a JPEG file, RGB, and if `upright` turned as the camera says that they must be. Throws
/// std::runtime_error.
cv::Mat readJpeg(const Bytes &bytes, bool upright);

} // namespace ocr

#endif
