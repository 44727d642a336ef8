// Memory for the inputs and outputs of a library, and its elements as numbers.
#ifndef FOVEA_COMPILER_TOOLS_TENSORBUFFER_H
#define FOVEA_COMPILER_TOOLS_TENSORBUFFER_H

#include "runtime/abi.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace fovea {

/// `f32[n=1, c=3, h=224, w=224]`, `image[h=4096, w=4096]`
std::string typeText(const fovea_tensor_info &tensor);

/// Whether an input takes images of any size up to its shape.
bool isImage(const fovea_tensor_info &tensor);

/// Zeroed memory for one tensor of a library, aligned to a cache line; or an image of `shape`, height, width and 3,
/// with its pixels: their bytes are the elements.
class TensorBuffer {
public:
  /// Fails with exitNoResources when there is no memory. Without a shape an image has 512 x 512 pixels, or as many as
  /// it may.
  static llvm::Expected<TensorBuffer> make(const fovea_tensor_info &tensor, llvm::ArrayRef<int64_t> shape = {});

  const fovea_tensor_info &tensor() const { return *info; }
  /// That of the tensor, or of this image.
  llvm::ArrayRef<int64_t> shape() const { return sizes; }
  /// Of the elements.
  char *data() const { return memory.get(); }
  uint64_t bytes() const;
  fovea_buffer buffer() const;
  uint64_t elements() const;

  /// The element at `index` in row-major order, as a number.
  double element(uint64_t index) const;

  /// Fills the tensor with numbers that depend on `seed` only: floating-point ones between -1 and 1, integers of any
  /// value from 0 to 127.
  void fillPseudoRandom(uint64_t seed);

private:
  struct Free {
    void operator()(char *pointer) const { std::free(pointer); }
  };
  const fovea_tensor_info *info = nullptr;
  llvm::SmallVector<int64_t> sizes;
  std::unique_ptr<char[], Free> memory;
  std::unique_ptr<fovea_image> image; ///< null unless it is one
};

/// Buffers for all of `tensors`.
llvm::Expected<std::vector<TensorBuffer>> makeBuffers(llvm::ArrayRef<fovea_tensor_info> tensors);

/// What a library's run takes.
std::vector<fovea_buffer> asBuffers(llvm::ArrayRef<TensorBuffer> tensors);

} // namespace fovea

#endif
