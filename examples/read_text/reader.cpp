#include "reader.h"
#include "crop.h"
#include "detect.h"
#include "orient.h"

namespace ocr {

namespace {

constexpr double kLeastScore = 0.5; ///< what is read with less is not text

bool isBlank(const std::string &text) { return text.find_first_not_of(' ') == std::string::npos; }

} // namespace

Reader::Reader(const std::string &folder, Edition edition, unsigned threads)
    : edition(edition), detection(folder, "detection", threads), orientation(folder, "orientation", threads),
      recognition(folder, "recognition", threads), characters(readCharacters(folder + "/characters.txt")) {}

std::vector<Line> Reader::read(const cv::Mat &picture) {
  Frame frame(picture);
  frame.pad();
  std::vector<Box> boxes = detect(detection, edition, frame.picture());
  std::vector<cv::Mat> crops;
  crops.reserve(boxes.size());
  for (const Box &box : boxes)
    crops.push_back(crop(frame.picture(), box));
  orient(orientation, crops);
  std::vector<Reading> readings = recognize(recognition, characters, crops);

  std::vector<Line> lines;
  for (size_t i = 0; i < boxes.size(); ++i)
    if (readings[i].score >= kLeastScore && !(edition == Edition::V6 && isBlank(readings[i].text)))
      lines.push_back({frame.toOriginal(boxes[i]), std::move(readings[i])});
  return lines;
}

Line Reader::readLine(const cv::Mat &picture) {
  std::vector<cv::Mat> lines = {Frame(picture).picture()};
  orient(orientation, lines);
  const float right = static_cast<float>(picture.cols), bottom = static_cast<float>(picture.rows);
  return {{cv::Point2f(0, 0), {right, 0}, {right, bottom}, {0, bottom}}, recognize(recognition, characters, lines)[0]};
}

} // namespace ocr
