#include "picture.h"

#include <cerrno>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <jerror.h>
#include <jpeglib.h>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <png.h>
#include <stdexcept>
#include <vector>

namespace ocr {

namespace {

using Bytes = std::vector<unsigned char>;

/// What a decoder in C leaves behind when it jumps out of its depth.
struct Failure {
  std::jmp_buf jump;
  char text[256] = "";
};

[[noreturn]] void fail(Failure &failure, const char *text) {
  std::snprintf(failure.text, sizeof failure.text, "%s", text);
  std::longjmp(failure.jump, 1);
}

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

void checkSize(unsigned long width, unsigned long height) {
  if (width == 0 || height == 0 || width > kMaxPixels / height)
    throw std::runtime_error("a picture of " + std::to_string(width) + " x " + std::to_string(height) +
                             " pixels; expected 1 to " + std::to_string(kMaxPixels));
}

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

/// The pixels of a PNG file: grey, grey and alpha, RGB or RGBA.
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

/// A JPEG file that is being read.
struct JpegReader {
  explicit JpegReader() {
    jpeg.err = jpeg_std_error(&errors);
    jpeg.client_data = &failure;
    errors.error_exit = [](j_common_ptr common) {
      char text[JMSG_LENGTH_MAX];
      common->err->format_message(common, text);
      fail(*static_cast<Failure *>(common->client_data), text);
    };
    // Of warnings, only that the file has ended is one about most of the picture.
    errors.emit_message = [](j_common_ptr common, int level) {
      if (level < 0 && common->err->msg_code == JWRN_JPEG_EOF)
        fail(*static_cast<Failure *>(common->client_data), "the file ends too early");
    };
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg); }

  bool readHeader(const Bytes &bytes) {
    if (setjmp(failure.jump))
      return false;
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes.data(), bytes.size());
    jpeg_read_header(&jpeg, TRUE);
    if (jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK)
      fail(failure, "its colours are CMYK; RGB or grey is read");
    jpeg.out_color_space = JCS_EXT_RGB;
    return true;
  }

  bool readRows(cv::Mat &pixels) {
    if (setjmp(failure.jump))
      return false;
    jpeg_start_decompress(&jpeg);
    while (jpeg.output_scanline < jpeg.output_height) {
      JSAMPROW row = pixels.ptr(static_cast<int>(jpeg.output_scanline));
      jpeg_read_scanlines(&jpeg, &row, 1);
    }
    return true;
  }

  Failure failure;
  jpeg_error_mgr errors;
  jpeg_decompress_struct jpeg;
};

/// The pixels of a JPEG file, RGB.
cv::Mat readJpeg(const Bytes &bytes) {
  JpegReader reader;
  if (!reader.readHeader(bytes))
    throw std::runtime_error(std::string("a JPEG file that cannot be read, in its header: ") + reader.failure.text);
  checkSize(reader.jpeg.image_width, reader.jpeg.image_height);
  cv::Mat pixels(static_cast<int>(reader.jpeg.image_height), static_cast<int>(reader.jpeg.image_width), CV_8UC3);
  if (!reader.readRows(pixels))
    throw std::runtime_error("a broken JPEG file, in row " + std::to_string(reader.jpeg.output_scanline + 1) + " of " +
                             std::to_string(pixels.rows) + ": " + reader.failure.text);
  return pixels;
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

cv::Mat readPicture(const std::string &path, Edition edition) {
  Bytes bytes = readBytes(path);
  if (bytes.size() >= 8 && png_sig_cmp(bytes.data(), 0, 8) == 0)
    return toBgr(readPng(bytes), edition);
  if (bytes.size() >= 2 && bytes[0] == 0xff && bytes[1] == 0xd8)
    return toBgr(readJpeg(bytes), edition);
  throw std::runtime_error("expected a PNG or JPEG file");
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
