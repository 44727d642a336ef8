#include "decode.h"

#include <cstdio>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include <jerror.h>
#include <jpeglib.h>

namespace ocr {

namespace {

/// A JPEG file that is being read.
struct JpegReader {
  JpegReader() {
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
    jpeg_save_markers(&jpeg, JPEG_APP0 + 1, 0xffff);
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

/// An unsigned number of `size` bytes at `offset` of the data of a TIFF; nothing beyond its end.
std::optional<unsigned> number(const unsigned char *tiff, size_t bytes, size_t offset, size_t size) {
  if (offset > bytes || size > bytes - offset)
    return std::nullopt;
  unsigned value = 0;
  for (size_t i = 0; i < size; ++i)
    value = value << 8 | tiff[offset + (tiff[0] == 'I' ? size - 1 - i : i)];
  return value;
}

/// The orientation that the camera has noted, 1 to 8; 1, which is upright, if there is none that can be read.
unsigned orientationOf(const jpeg_decompress_struct &jpeg) {
  constexpr unsigned kOrientation = 0x112;
  for (jpeg_saved_marker_ptr marker = jpeg.marker_list; marker; marker = marker->next) {
    if (marker->data_length < 14 || std::memcmp(marker->data, "Exif\0", 6) != 0)
      continue;
    const unsigned char *tiff = marker->data + 6;
    const size_t bytes = marker->data_length - 6;
    const size_t directory = number(tiff, bytes, 4, 4).value_or(0);
    const unsigned count = number(tiff, bytes, directory, 2).value_or(0);
    for (unsigned entry = 0; entry < count; ++entry)
      if (number(tiff, bytes, directory + 2 + 12 * entry, 2) == kOrientation) {
        unsigned value = number(tiff, bytes, directory + 10 + 12 * entry, 2).value_or(1);
        return value >= 1 && value <= 8 ? value : 1;
      }
  }
  return 1;
}

/// The picture as it was seen, of pixels in an orientation: 2 to 4 are mirrored, on their head, or both; 5 to 8 are
/// these with rows for columns.
cv::Mat turned(cv::Mat pixels, unsigned orientation) {
  if (orientation >= 5)
    cv::transpose(pixels, pixels);
  constexpr int kNone = 2, kFlips[] = {kNone, 1, -1, 0, kNone, 1, -1, 0};
  if (int flip = kFlips[orientation - 1]; flip != kNone)
    cv::flip(pixels, pixels, flip);
  return pixels;
}

} // namespace

cv::Mat readJpeg(const Bytes &bytes, bool upright) {
  JpegReader reader;
  if (!reader.readHeader(bytes))
    throw std::runtime_error(std::string("a JPEG file that cannot be read, in its header: ") + reader.failure.text);
  checkSize(reader.jpeg.image_width, reader.jpeg.image_height);
  cv::Mat pixels(static_cast<int>(reader.jpeg.image_height), static_cast<int>(reader.jpeg.image_width), CV_8UC3);
  if (!reader.readRows(pixels))
    throw std::runtime_error("a broken JPEG file, in row " + std::to_string(reader.jpeg.output_scanline + 1) + " of " +
                             std::to_string(pixels.rows) + ": " + reader.failure.text);
  return upright ? turned(pixels, orientationOf(reader.jpeg)) : pixels;
}

} // namespace ocr
