// Picture files.
#ifndef READ_TEXT_PICTURE_H
#define READ_TEXT_PICTURE_H

#include "edition.h"

#include <opencv2/core.hpp>
#include <string>

namespace ocr {

/// Most pixels of a picture: 100 million, 300 MB. A small file can claim to be any size.
constexpr long kMaxPixels = 100'000'000;

/// The picture in a PNG or JPEG file, 8-bit BGR. Grey becomes three equal channels, 16 bits become 8, and the edition
/// chooses what is behind transparency so that text stands out. Throws std::runtime_error that tells what is wrong with
/// the file, and in which row.
cv::Mat readPicture(const std::string &path, Edition edition);

/// Writes 8-bit BGR as PNG. Throws std::runtime_error.
void writePng(const std::string &path, const cv::Mat &picture);

} // namespace ocr

#endif
