// `fovea run`: one inference of a compiled library on .npy files.
#ifndef FOVEA_COMPILER_TOOLS_RUN_H
#define FOVEA_COMPILER_TOOLS_RUN_H

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

/// Runs the library and writes its outputs, or prints for each of them shape, range, mean and largest elements. Errors
/// go to stderr. Returns the exit code.
int runCommand(const RunOptions &options);

} // namespace fovea

#endif
