// One kernel through Halide, in this process.
#ifndef FOVEA_COMPILER_HALIDE_EMITKERNEL_H
#define FOVEA_COMPILER_HALIDE_EMITKERNEL_H

#include "compiler/halide/Target.h"
#include "dialect/KernOps.h"

namespace fovea::halide {

/// Where the outputs go; an empty path means that the output is not wanted.
struct KernelPaths {
  std::string object, assembly, stmt;
};

struct KernelFacts {
  int64_t scratchBytes = 0, stackBytes = 0;
};

/// Writes the object code of `kernel` as the function `symbol`. On failure `error` says why, without a place.
llvm::LogicalResult emitKernel(kern::FuncOp kernel, llvm::StringRef symbol, const TargetInfo &target,
                               const KernelPaths &paths, KernelFacts &facts, std::string &error);

} // namespace fovea::halide

#endif
