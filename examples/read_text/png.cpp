#include "decode.h"
#include "picture.h"

#include <cstring>
#include <opencv2/imgproc.hpp>
#include <png.h>
#include <stdexcept>

namespace ocr {

namespace {

/// A PNG file that is being read.
struct PngReader {
  explicit PngReader(const Bytes &bytes) : data(bytes.data()), left(bytes.size()) {
    png = png_create_read_struct(
        PNG_LIBPNG_VER_STRING, &failure,
        [](png_structp p, png_const_charp text) { fail(*static_cast<Failure *>(png_get_error_ptr(p)), text); },
        [](png_structp, png_const_charp) {});
    info = png_create_info_struct(png);
    png_set_user_limits(png, kMaxPixels, kMaxPixels);
    png_set_read_fn(png, this, [](png_structp p, png_bytep to, size_t size) {
      auto &reader = *static_cast<PngReader *>(png_get_io_ptr(p));
      if (size > reader.left)
        fail(reader.failure, "the file ends too early");
      std::memcpy(to, reader.data, size);
      reader.data += size;
      reader.left -= size;
    });
  }
  ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }

  /// Reads the header; false on an error. What comes out has 1 to 4 channels of 8 bits.
  bool readHeader() {
    if (setjmp(failure.jump))
      return false;
    png_read_info(png, info);
    png_set_strip_16(png);
    png_set_packing(png);
    if (png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE)
      png_set_palette_to_rgb(png);
    else if (png_get_bit_depth(png, info) < 8)
      png_set_expand_gray_1_2_4_to_8(png);
    passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    return true;
  }

  bool readRows(cv::Mat &pixels) {
    if (setjmp(failure.jump))
      return false;
    for (int pass = 0; pass < passes; ++pass)
      for (row = 0; row < pixels.rows; ++row)
        png_read_row(png, pixels.ptr(row), nullptr);
    return true;
  }

  Failure failure;
  const unsigned char *data;
  size_t left;
  png_structp png;
  png_infop info;
  int passes = 1;
  int row = 0;
};

} // namespace

cv::Mat readPng(const Bytes &bytes) {
  PngReader reader(bytes);
  if (!reader.readHeader())
    throw std::runtime_error(std::string("a broken PNG file, in its header: ") + reader.failure.text);
  checkSize(png_get_image_width(reader.png, reader.info), png_get_image_height(reader.png, reader.info));
  cv::Mat pixels(static_cast<int>(png_get_image_height(reader.png, reader.info)),
                 static_cast<int>(png_get_image_width(reader.png, reader.info)),
                 CV_8UC(png_get_channels(reader.png, reader.info)));
  if (!reader.readRows(pixels))
    throw std::runtime_error("a broken PNG file, in row " + std::to_string(reader.row + 1) + " of " +
                             std::to_string(pixels.rows) + ": " + reader.failure.text);
  return pixels;
}

void writePng(const std::string &path, const cv::Mat &picture) {
  cv::Mat rgb;
  cv::cvtColor(picture, rgb, cv::COLOR_BGR2RGB);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(rgb.cols);
  image.height = static_cast<png_uint_32>(rgb.rows);
  image.format = PNG_FORMAT_RGB;
  if (!png_image_write_to_file(&image, path.c_str(), 0, rgb.data, 0, nullptr))
    throw std::runtime_error(path + ": cannot be written: " + image.message);
}

} // namespace ocr
