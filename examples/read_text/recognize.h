// What lines of text say.
#ifndef READ_TEXT_RECOGNIZE_H
#define READ_TEXT_RECOGNIZE_H

#include "network.h"

#include <opencv2/core.hpp>

namespace ocr {

/// What is read in a line.
struct Reading {
  std::string text; ///< UTF-8
  double score = 0; ///< mean probability of its characters
};

/// The characters that the recognition network knows, from a file with one a line. Throws std::runtime_error.
std::vector<std::string> readCharacters(const std::string &path);

/// Reads the lines.
std::vector<Reading> recognize(Network &network, const std::vector<std::string> &characters,
                               const std::vector<cv::Mat> &lines);

} // namespace ocr

#endif
