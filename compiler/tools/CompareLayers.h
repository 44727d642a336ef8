// Which layer is wrong: every layer of a library beside its reference.
#ifndef FOVEA_COMPILER_TOOLS_COMPARELAYERS_H
#define FOVEA_COMPILER_TOOLS_COMPARELAYERS_H

#include "compiler/tools/CompileRequest.h"

namespace fovea {

struct LayerOptions {
  std::vector<std::string> inputs; ///< "[NAME=]FILE.npy"; what is missing is made up
  std::string against;             ///< the library is made from this file instead: `.net`, or a printed stage;
                                   ///< "onnxruntime": what it computes is expected
  std::string againstWeights;      ///< and from these weights
  std::string expected;            ///< folder of NAME.npy for some layers, to compare with instead of the reference
  std::string dump;                ///< folder for the values of all layers; empty: not wanted
  double tolerance = 1e-4;         ///< for expected layers, relative to the largest expected element
  uint32_t threads = 1;
};

/// Compiles the network so that the value of every layer can be seen, into `folder`, and runs it. Each layer is
/// compared with its reference on the library's own values of its inputs, so that errors do not add up: an element may
/// be as far off as rounding explains (compiler/transforms/ErrorBound.h). Prints a line for each layer and names the
/// first that is beyond. Returns exitUserError if there is one.
int compareLayers(const CompileRequest &request, const LayerOptions &options, const std::string &folder);

} // namespace fovea

#endif
