#include "detect.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <polyclipping/clipper.hpp>

namespace ocr {

namespace {

constexpr int kShortestSide = 736;      ///< a smaller picture is enlarged
constexpr float kPixelThreshold = 0.3f; ///< from this probability on a pixel is text
constexpr double kBoxThreshold = 0.5;   ///< the least mean probability of a box
constexpr double kUnclip = 1.6;         ///< how much larger lines are than their cores
constexpr float kLeastSide = 3;         ///< of a core
constexpr size_t kMostCores = 1000;
constexpr float kSameHeight = 10; ///< boxes whose tops differ by less are side by side

using Contour = std::vector<cv::Point>;

/// The smallest rectangle, turned in any way, around the points: its corners clockwise, from the top left one.
std::pair<Box, float> smallestBox(const Contour &points) {
  cv::RotatedRect rectangle = cv::minAreaRect(points);
  Box p;
  rectangle.points(p.data());
  std::stable_sort(p.begin(), p.end(), [](cv::Point2f a, cv::Point2f b) { return a.x < b.x; });
  if (p[1].y <= p[0].y)
    std::swap(p[0], p[1]);
  if (p[3].y <= p[2].y)
    std::swap(p[2], p[3]);
  return {{p[0], p[2], p[3], p[1]}, std::min(rectangle.size.width, rectangle.size.height)};
}

/// The mean of the map within the box.
double score(const cv::Mat &map, const Box &box) {
  auto [left, right] = std::minmax({box[0].x, box[1].x, box[2].x, box[3].x});
  auto [top, bottom] = std::minmax({box[0].y, box[1].y, box[2].y, box[3].y});
  auto column = [&](float x) { return std::clamp(static_cast<int>(x), 0, map.cols - 1); };
  auto row = [&](float y) { return std::clamp(static_cast<int>(y), 0, map.rows - 1); };
  cv::Point from(column(std::floor(left)), row(std::floor(top)));
  cv::Point to(column(std::ceil(right)), row(std::ceil(bottom)));
  cv::Mat mask = cv::Mat::zeros(to.y - from.y + 1, to.x - from.x + 1, CV_8U);
  Contour corners;
  for (cv::Point2f corner : box)
    corners.emplace_back(static_cast<int>(corner.x - static_cast<float>(from.x)),
                         static_cast<int>(corner.y - static_cast<float>(from.y)));
  cv::fillPoly(mask, std::vector<Contour>{corners}, 1);
  return cv::mean(map(cv::Rect(from, mask.size())), mask)[0];
}

/// The outline at a distance around a core that makes it the line.
Contour unclip(const Box &core) {
  double twiceArea = 0, length = 0;
  ClipperLib::Path path;
  for (size_t i = 0; i < core.size(); ++i) {
    cv::Point2d a = core[i], b = core[(i + 1) % core.size()];
    twiceArea += a.x * b.y - a.y * b.x;
    length += std::hypot(a.x - b.x, a.y - b.y);
    path.emplace_back(static_cast<ClipperLib::cInt>(a.x), static_cast<ClipperLib::cInt>(a.y));
  }
  ClipperLib::ClipperOffset offset;
  offset.AddPath(path, ClipperLib::jtRound, ClipperLib::etClosedPolygon);
  ClipperLib::Paths paths;
  offset.Execute(paths, std::abs(twiceArea) / 2 * kUnclip / length);
  Contour outline;
  for (const ClipperLib::Path &each : paths)
    for (const ClipperLib::IntPoint &point : each)
      outline.emplace_back(static_cast<int>(point.X), static_cast<int>(point.Y));
  return outline;
}

/// The corners clockwise from the top left one, inside of the picture; nothing if what is left is hardly a line.
std::optional<Box> tidied(Box p, cv::Size size) {
  std::stable_sort(p.begin(), p.end(), [](cv::Point2f a, cv::Point2f b) { return a.x < b.x; });
  if (p[1].y < p[0].y)
    std::swap(p[0], p[1]);
  if (p[3].y < p[2].y)
    std::swap(p[2], p[3]);
  Box box = {p[0], p[2], p[3], p[1]};
  for (cv::Point2f &corner : box) {
    corner.x = std::clamp(corner.x, 0.0f, static_cast<float>(size.width - 1));
    corner.y = std::clamp(corner.y, 0.0f, static_cast<float>(size.height - 1));
  }
  auto longer = [&](int a, int b) { return static_cast<int>(cv::norm(box[a] - box[b])) > kLeastSide; };
  return longer(0, 1) && longer(0, 3) ? std::optional(box) : std::nullopt;
}

/// The boxes of a map of probabilities in the pixels of a picture of the size.
std::vector<Box> boxesOf(const cv::Mat &map, cv::Size size) {
  cv::Mat cores = map > kPixelThreshold;
  cv::dilate(cores, cores, cv::Mat::ones(2, 2, CV_8U));
  std::vector<Contour> contours;
  cv::findContours(cores, contours, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
  contours.resize(std::min(contours.size(), kMostCores));

  std::vector<Box> boxes;
  const float width = static_cast<float>(size.width), height = static_cast<float>(size.height);
  const float mapWidth = static_cast<float>(map.cols), mapHeight = static_cast<float>(map.rows);
  for (const Contour &contour : contours) {
    auto [core, coreSide] = smallestBox(contour);
    if (coreSide < kLeastSide || score(map, core) < kBoxThreshold)
      continue;
    Contour outline = unclip(core);
    if (outline.empty())
      continue;
    auto [box, side] = smallestBox(outline);
    if (side < kLeastSide + 2)
      continue;
    for (cv::Point2f &corner : box) {
      corner.x = std::clamp(std::nearbyint(corner.x / mapWidth * width), 0.0f, width);
      corner.y = std::clamp(std::nearbyint(corner.y / mapHeight * height), 0.0f, height);
    }
    if (std::optional<Box> good = tidied(box, size))
      boxes.push_back(*good);
  }
  return boxes;
}

/// From top to bottom; a box that starts hardly below its predecessor, and left of it, goes before it.
void sortV4(std::vector<Box> &boxes) {
  std::stable_sort(boxes.begin(), boxes.end(),
                   [](const Box &a, const Box &b) { return std::pair(a[0].y, a[0].x) < std::pair(b[0].y, b[0].x); });
  for (size_t i = 1; i < boxes.size(); ++i)
    for (size_t j = i; j > 0; --j) {
      if (std::abs(boxes[j][0].y - boxes[j - 1][0].y) >= kSameHeight || boxes[j][0].x >= boxes[j - 1][0].x)
        break;
      std::swap(boxes[j], boxes[j - 1]);
    }
}

/// From top to bottom in rows, in which each box starts hardly below the one before; rows from left to right.
void sortV6(std::vector<Box> &boxes) {
  std::stable_sort(boxes.begin(), boxes.end(), [](const Box &a, const Box &b) { return a[0].y < b[0].y; });
  for (auto begin = boxes.begin(); begin != boxes.end();) {
    auto end = std::adjacent_find(begin, boxes.end(),
                                  [](const Box &a, const Box &b) { return b[0].y - a[0].y >= kSameHeight; });
    if (end != boxes.end())
      ++end;
    std::stable_sort(begin, end, [](const Box &a, const Box &b) { return a[0].x < b[0].x; });
    begin = end;
  }
}

} // namespace

std::vector<Box> detect(Network &network, Edition edition, const cv::Mat &picture) {
  int shortest = std::min(picture.cols, picture.rows);
  double ratio = shortest < kShortestSide ? static_cast<double>(kShortestSide) / shortest : 1.0;
  int width = toMultipleOf32(static_cast<int>(picture.cols * ratio));
  int height = toMultipleOf32(static_cast<int>(picture.rows * ratio));
  std::vector<float> image(static_cast<size_t>(3) * width * height);
  toPlanes(resized(picture, width, height), image.data(), height, width);
  const Result &result = network.run(image, height, width);
  cv::Mat map(height, width, CV_32F, const_cast<float *>(result.data.data()));
  std::vector<Box> boxes = boxesOf(map, picture.size());
  edition == Edition::V4 ? sortV4(boxes) : sortV6(boxes);
  return boxes;
}

} // namespace ocr
