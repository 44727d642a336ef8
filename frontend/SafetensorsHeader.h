// The JSON header of a safetensors file; private to the reader.
#ifndef FOVEA_FRONTEND_SAFETENSORSHEADER_H
#define FOVEA_FRONTEND_SAFETENSORSHEADER_H

#include "frontend/Safetensors.h"

namespace fovea {

/// What the header says of one tensor.
struct TensorEntry {
  std::string name;
  DType dtype;
  std::vector<int64_t> shape;
  uint64_t begin, end; ///< bytes, from the end of the header
};

/// Parses `text`, the header of the file `path`. Of each tensor the size is checked against the shape; where it lies is
/// not. `skipped` is as for SafetensorsFile::read.
llvm::Expected<std::vector<TensorEntry>> parseSafetensorsHeader(llvm::StringRef path, llvm::StringRef text,
                                                                std::vector<std::string> *skipped);

} // namespace fovea

#endif
