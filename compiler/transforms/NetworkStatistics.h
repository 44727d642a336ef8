// What a network comes to once its kernels are formed: work, parameters, and data moved for nothing but its place.
#ifndef FOVEA_COMPILER_TRANSFORMS_NETWORKSTATISTICS_H
#define FOVEA_COMPILER_TRANSFORMS_NETWORKSTATISTICS_H

#include "mlir/IR/BuiltinOps.h"
#include <map>
#include <string>
#include <vector>

namespace fovea {

/// A kernel that computes nothing: it brings a tensor into another order in memory, or to another place.
struct CopyKernel {
  std::string ops;    ///< `permute`, `window`, ..., joined by commas
  std::string layer;  ///< name in the `.net` file
  std::string reason; ///< why nothing else could do it on the way
  int64_t bytes;      ///< written
};

struct NetworkStatistics {
  int64_t calls = 0;                        ///< runs of kernels
  int64_t kernels = 0;                      ///< different ones
  double flops = 0;                         ///< a fused multiply-add counts two
  std::map<std::string, int64_t> addresses; ///< ops that move data by addresses alone, in kernels that compute, by kind
  std::vector<CopyKernel> copies;           ///< in the order of the calls
};

/// Of a module at the stage `kernels`.
NetworkStatistics statisticsOf(mlir::ModuleOp module);

} // namespace fovea

#endif
