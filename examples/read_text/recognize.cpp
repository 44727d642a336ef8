#include "recognize.h"
#include "frame.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <stdexcept>

namespace ocr {

namespace {

constexpr int kHeight = 48;                  ///< of a line as the network sees it
constexpr double kLeastRatio = 320.0 / 48.0; ///< width over height of the image that holds the line
constexpr int kWidest = 8192;                ///< as wide as the networks are compiled for; a
                                             ///< longer line is squeezed
constexpr size_t kGroup = 6;                 ///< lines that are given one width, that of the longest

double ratioOf(const cv::Mat &line) { return static_cast<double>(line.cols) / line.rows; }

/// The text in a result of 1 x steps x (blank, the characters, space): at each
/// step the most likely character, those that repeat once, and blanks, which
/// separate, not at all.
Reading decode(const Result &result, const std::vector<std::string> &characters) {
  const size_t classes = characters.size() + 2;
  if (result.shape.size() != 3 || result.shape[2] != static_cast<int64_t>(classes))
    throw std::runtime_error("the recognition network does not know " + std::to_string(characters.size()) +
                             " characters");
  Reading reading;
  size_t before = 0, count = 0;
  for (auto step = result.data.begin(); step != result.data.end(); step += static_cast<ptrdiff_t>(classes)) {
    auto best = std::max_element(step, step + static_cast<ptrdiff_t>(classes));
    size_t index = static_cast<size_t>(best - step);
    if (index != 0 && index != before) {
      reading.text += index <= characters.size() ? characters[index - 1] : " ";
      reading.score += *best;
      ++count;
    }
    before = index;
  }
  reading.score /= static_cast<double>(std::max<size_t>(count, 1));
  return reading;
}

} // namespace

std::vector<std::string> readCharacters(const std::string &path) {
  std::ifstream file(path);
  std::vector<std::string> characters;
  for (std::string line; std::getline(file, line);)
    characters.push_back(line);
  if (characters.empty())
    throw std::runtime_error(path + ": no characters, one a line, are here");
  return characters;
}

std::vector<Reading> recognize(Network &network, const std::vector<std::string> &characters,
                               const std::vector<cv::Mat> &lines) {
  std::vector<size_t> order(lines.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return ratioOf(lines[a]) < ratioOf(lines[b]); });

  std::vector<Reading> readings(lines.size());
  std::vector<float> image;
  for (size_t begin = 0; begin < order.size(); begin += kGroup) {
    size_t end = std::min(begin + kGroup, order.size());
    int width = std::min(kWidest, static_cast<int>(kHeight * std::max(kLeastRatio, ratioOf(lines[order[end - 1]]))));
    for (size_t i = begin; i < end; ++i) {
      const cv::Mat &line = lines[order[i]];
      image.assign(static_cast<size_t>(3) * kHeight * width, 0.0f);
      int lineWidth = std::min(width, static_cast<int>(std::ceil(kHeight * ratioOf(line))));
      toPlanes(resized(line, lineWidth, kHeight), image.data(), kHeight, width);
      readings[order[i]] = decode(network.run(image, kHeight, width), characters);
    }
  }
  return readings;
}

} // namespace ocr
