// `fovea run`: one inference of a compiled library on .npy files.
#ifndef FOVEA_COMPILER_TOOLS_RUN_H
#define FOVEA_COMPILER_TOOLS_RUN_H

#include "compiler/host/Library.h"
#include "compiler/tools/TensorBuffer.h"
#include <cstdint>
#include <string>
#include <vector>

namespace fovea {

struct RunOptions {
  std::string library;              ///< the .so
  std::vector<std::string> inputs;  ///< "NAME=FILE.npy", one for each input
  std::vector<std::string> outputs; ///< "NAME=FILE.npy", for any outputs; none: summaries of all are printed
  uint32_t threads = 1;
  std::string target = {}; ///< whose kernels to run; empty: the best that the CPU has
};

/// The inputs of a library at one of its sizes.
struct RunInputs {
  const fovea_size_info *size;
  std::vector<TensorBuffer> buffers;
};

/// Memory for the inputs of `library`, filled from `files`, "NAME=FILE.npy" each; a file must have its input's element
/// type and shape, which choose the size, the largest that goes with all files. An input without a file is an error, or
/// with `makeUp` gets pseudo-random numbers, always the same.
llvm::Expected<RunInputs> readInputs(const Library &library, llvm::ArrayRef<std::string> files, bool makeUp);

/// Runs the library and writes its outputs, or prints for each of them shape, range, mean and largest elements. Errors
/// go to stderr. Returns the exit code.
int runCommand(const RunOptions &options);

} // namespace fovea

#endif
