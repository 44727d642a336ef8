// Compiled networks of one image and one result.
#ifndef READ_TEXT_NETWORK_H
#define READ_TEXT_NETWORK_H

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ocr {

/// What a network computes: f32, dense, row-major.
struct Result {
  std::vector<float> data;
  std::vector<int64_t> shape;
};

/// A network of the folder with the libraries, NAME-HEIGHTxWIDTH.so, opened when they are needed first.
class Network {
public:
  Network(std::string folder, std::string name, unsigned threads);
  ~Network();

  /// The result for an image of 1 x 3 x height x width numbers; stands until the next call. Throws std::runtime_error
  /// if the network is not there for that size.
  const Result &run(const std::vector<float> &image, int64_t height, int64_t width);

private:
  class Library;
  std::string folder, name;
  unsigned threads;
  std::map<std::pair<int64_t, int64_t>, std::unique_ptr<Library>> libraries;
  Result result;
};

} // namespace ocr

#endif
