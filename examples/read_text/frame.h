// A picture within the limits of sides that text is looked for in.
#ifndef READ_TEXT_FRAME_H
#define READ_TEXT_FRAME_H

#include <array>
#include <opencv2/core.hpp>

namespace ocr {

/// Corners of a line of text, clockwise from its top left.
using Box = std::array<cv::Point2f, 4>;

/// A picture made smaller if a side is longer than 2000, larger if one is shorter than 30.
class Frame {
public:
  /// Throws std::runtime_error if the picture is too narrow for that.
  explicit Frame(const cv::Mat &original);

  /// Adds black above and below if the picture is flatter than 1 : 8, for flat ones hide their text from the network.
  void pad();

  const cv::Mat &picture() const { return framed; }
  /// A box of the picture in the original's pixels, not beyond its edges.
  Box toOriginal(Box box) const;

private:
  cv::Mat framed;
  cv::Size originalSize;
  float ratioX = 1, ratioY = 1;
  int top = 0;
};

/// `picture` at another size, bilinear.
cv::Mat resized(const cv::Mat &picture, int width, int height);

/// `side` rounded to the nearest multiple of 32.
int toMultipleOf32(int side);

/// The rows of an 8-bit BGR picture as three planes of numbers from -1 to 1, `width` apart, in front of `planes`, each
/// `height` x `width`; what the picture does not reach stays.
void toPlanes(const cv::Mat &picture, float *planes, int height, int width);

} // namespace ocr

#endif
