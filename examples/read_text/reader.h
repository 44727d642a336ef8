// From a picture to what it says.
#ifndef READ_TEXT_READER_H
#define READ_TEXT_READER_H

#include "edition.h"
#include "frame.h"
#include "network.h"
#include "recognize.h"

namespace ocr {

/// A line of text, with its box in the picture.
struct Line {
  Box box;
  Reading reading;
};

/// Finds and reads text with three networks: detection, orientation and recognition.
class Reader {
public:
  /// `folder` has the networks' libraries, and characters.txt. Throws std::runtime_error.
  Reader(const std::string &folder, Edition edition, unsigned threads);

  /// The lines of an 8-bit BGR picture that are read with a score of at least 0.5. Throws std::runtime_error.
  std::vector<Line> read(const cv::Mat &picture);
  /// What an 8-bit BGR picture of one line says, however low its score. Throws std::runtime_error.
  Line readLine(const cv::Mat &picture);

private:
  Edition edition;
  Network detection, orientation, recognition;
  std::vector<std::string> characters;
};

} // namespace ocr

#endif
