// A library's outputs beside expected ones.
#ifndef FOVEA_COMPILER_TOOLS_COMPARE_H
#define FOVEA_COMPILER_TOOLS_COMPARE_H

#include "compiler/host/Library.h"
#include "frontend/Npy.h"
#include <cstdint>
#include <string>
#include <vector>

namespace fovea {

/// "NAME=FILE" for each of `arguments`; where there is just one tensor, "FILE" is enough.
std::vector<std::string> withNames(llvm::ArrayRef<std::string> arguments, llvm::ArrayRef<fovea_tensor_info> tensors);

/// The elements of an array of f32 or f64 that was read from `file`.
llvm::Expected<std::vector<double>> numbersOf(const std::string &file, const NpyArray &array);

/// "[1, 16, 8, 8]"
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// "[0, 285]" for the element `index` of a tensor.
std::string indexText(llvm::ArrayRef<int64_t> shape, size_t index);

/// How far `found` is from `expected`. Equal infinities agree, and so do two NaN; anything else that is not finite is
/// wrong without bound.
double errorOf(double found, double expected);

struct CompareOptions {
  std::vector<std::string> inputs, expected; ///< "NAME=FILE.npy", or "FILE.npy" where there is just one tensor
  double tolerance = 1e-4;                   ///< relative to the largest expected element of the output
  uint32_t threads = 1;
};

/// Runs `library` and prints, for each expected output, the largest error and where it is. Outputs are written to
/// `folder` on the way. Returns exitUserError if an error is beyond the tolerance.
int compareLibrary(const std::string &library, const std::string &folder, const CompareOptions &options);

} // namespace fovea

#endif
