// NumPy's .npy files: the tensors that the tools read and write.
#ifndef FOVEA_FRONTEND_NPY_H
#define FOVEA_FRONTEND_NPY_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace fovea {

/// A dense array in C order (last axis fastest), little endian.
struct NpyArray {
  std::vector<int64_t> shape;
  std::string dtype; ///< "f16", "f32", "f64", "i32", "i64" or "u8"
  std::vector<char> data;
};

/// Reads a .npy file of format version 1 or 2 with at most 8 axes. Fortran order, big endian and other element types
/// are refused, and so is a file with fewer or more bytes than its shape says.
llvm::Expected<NpyArray> readNpy(llvm::StringRef path);

/// Writes `array` as format version 1, byte for byte as NumPy does. The same array always gives the same bytes.
llvm::Error writeNpy(llvm::StringRef path, const NpyArray &array);

} // namespace fovea

#endif
