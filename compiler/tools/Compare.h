// A library's outputs beside expected ones.
#ifndef FOVEA_COMPILER_TOOLS_COMPARE_H
#define FOVEA_COMPILER_TOOLS_COMPARE_H

#include <cstdint>
#include <string>
#include <vector>

namespace fovea {

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
