// Compiled networks of one image and one result.
#ifndef READ_TEXT_NETWORK_H
#define READ_TEXT_NETWORK_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ocr {

/// What a network computes: f32, dense, row-major.
struct Result {
  std::vector<float> data;
  std::vector<int64_t> shape;
};

/// A network for images of many sizes: the libraries NAME-*.so of a folder, each of which takes some of them.
class Network {
public:
  /// Opens the libraries. Throws std::runtime_error if one cannot be, or is none of a network of this name.
  Network(const std::string &folder, const std::string &name, unsigned threads);
  ~Network();

  /// The result for an image of 1 x 3 x height x width numbers; stands until the next call. Throws std::runtime_error
  /// if there is no library for that size.
  const Result &run(const std::vector<float> &image, int64_t height, int64_t width);

private:
  class Library;
  std::string name;
  std::vector<std::unique_ptr<Library>> libraries;
  Result result;
};

} // namespace ocr

#endif
