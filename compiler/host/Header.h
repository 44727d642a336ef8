// The public C header of a generated library.
#ifndef FOVEA_COMPILER_HOST_HEADER_H
#define FOVEA_COMPILER_HOST_HEADER_H

#include <cstdint>
#include <string>
#include <vector>

namespace fovea {

/// An input or output as the header describes it.
struct HeaderTensor {
  std::string name;              ///< a C identifier
  std::string type;              ///< "f32", "f64", "f16", "bf16", "i8", "u8", "i32", "i64" or "image"
  std::vector<std::string> axes; ///< names, one for each dimension of `shape`
  std::vector<int64_t> shape;

  bool isImage() const { return type == "image"; }
  /// Number of elements.
  uint64_t elements() const;
  /// Size in bytes of the dense tensor.
  uint64_t bytes() const;
};

/// The inputs and outputs of a network at one value of its parameter `size`.
struct HeaderSize {
  int64_t size = 0; ///< 0 in a library of one size
  std::vector<HeaderTensor> inputs, outputs;
};

/// A size that each call chooses: the length of `axis` of input number `input`.
struct HeaderBound {
  int64_t least, most, step;
  size_t input, axis;
};

/// All that the header states about a network.
struct HeaderInfo {
  std::string name;                 ///< a C identifier, the prefix of every name in the header
  std::vector<std::string> targets; ///< their names, best first
  std::string version;              ///< of the compiler
  std::vector<HeaderSize> sizes;    ///< at least one; of several, the largest is the last
  std::vector<HeaderBound> bounds;  ///< shapes are the largest
  uint64_t arenaBytes = 0;          ///< activations
  uint64_t scratchBytes = 0;        ///< per thread
  uint64_t stackBytes = 0;          ///< largest stack use of a kernel
  bool weightsInFile = false;       ///< a file of their own has the weights
};

/// The text of the header: C99 that is also C++, under 200 lines for a network of a few inputs and outputs and one
/// size. Its types are those of runtime/abi.h under the network's prefix. Names must have been checked to be
/// identifiers.
std::string makeHeader(const HeaderInfo &info);

} // namespace fovea

#endif
